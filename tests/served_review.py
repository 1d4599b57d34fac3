"""A proposed set drawn in a moment, and the review server on it in a thread: for browsers and benchmarks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import uvicorn

from framejudge.datasets.review.decisions import JOURNAL_NAME, Journal
from framejudge.datasets.review.server import HOST, create_app, listen, new_token
from framejudge.datasets.table.reading import read_dataset


@dataclass(frozen=True)
class Review:
    """A set under review."""

    root: Path
    address: str

    @property
    def journal(self) -> Journal:
        return Journal(self.root / JOURNAL_NAME)

    def verdicts(self, reviewer: str = "ann") -> dict[str, str]:
        return {
            path: by_reviewer[reviewer].verdict
            for path, by_reviewer in self.journal.standing().items()
            if reviewer in by_reviewer
        }


def draw_proposals(
    root: Path, proposals: Sequence[str], extra_rows: str = "", size_px: tuple[int, int] = (40, 30)
) -> Path:
    """Draw an image a proposal, 0000.jpg and on, in two sources and with rising scores."""
    root.mkdir()
    rng = np.random.default_rng(0)
    lines = ["path,label,proposed,score,source"]
    for number, proposed in enumerate(proposals):
        rough = PIL.Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8))
        rough.resize(size_px, PIL.Image.Resampling.BICUBIC).save(root / f"{number:04}.jpg", quality=88)
        lines.append(f"{number:04}.jpg,,{proposed},{number / len(proposals):.4f},{'ab'[number % 2]}")
    (root / "labels.csv").write_text("\n".join(lines) + "\n" + extra_rows)
    return root


@contextmanager
def served(root: Path) -> Iterator[Review]:
    """Serve a set until the block ends, to a reviewer called ann."""
    token, listener = new_token(), listen(0)
    app = create_app(read_dataset(root), Journal(root / JOURNAL_NAME), token=token, reviewer="ann")
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Review(root, f"http://{HOST}:{listener.getsockname()[1]}/{token}/")
    finally:
        server.should_exit = True
        thread.join()
