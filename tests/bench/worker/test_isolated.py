"""A detector whose process ends on some images: what each costs, and what is said of it."""

from __future__ import annotations

import os
import selectors
from pathlib import Path

import numpy as np
import pytest
from drawn_set import draw_set
from PIL import Image

from framejudge.bench.worker.child.commands import Decode, Score, Scored
from framejudge.bench.worker.isolated import IsolatedWorker
from framejudge.bench.worker.limits import Limits
from framejudge.detectors.registry import DetectorSpec

SOURCE = """
import os


def number(image):
    return int(image[-1, -1, 1]) - 100


class Crashing:
    def predict(self, image):
        if number(image) in (2, 5, 6):
            os.abort()
        return 0.5


class OnceOnly:
    def predict(self, image):
        if number(image) == 3 and not os.path.exists("crashed"):
            open("crashed", "w").close()
            os.abort()
        return 0.5


class BadBatch:
    def predict(self, image):
        return 0.25

    def predict_batch(self, images):
        os.abort()


class Daemon:
    def load(self):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.open("alive", os.O_WRONLY)
                import threading
                threading.Event().wait()
            os._exit(0)
        os.wait()

    def predict(self, image):
        return 0.5
"""


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Eight images; the detectors lie in the current folder."""
    draw_set(tmp_path / "set", framed=4, plain=4)
    (tmp_path / "ending.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return [str(path) for path in sorted((tmp_path / "set" / "images").iterdir())]


def worker(name: str, **limits: int) -> IsolatedWorker:
    return IsolatedWorker(DetectorSpec(name, f"ending:{name}"), threads=1, limits=Limits(**limits))


def score(one: IsolatedWorker, paths: list[str]) -> Scored:
    one.load()
    return one.score(Score(paths, decode_threads=1, digests=True))


def test_each_image_that_crashes_costs_itself(paths: list[str]) -> None:
    with worker("Crashing") as one:
        scored = score(one, paths)
    assert np.flatnonzero(np.isnan(scored.scores)).tolist() == [2, 5, 6]
    assert all("SIGABRT in predict" in (scored.errors[k] or "") for k in (2, 5, 6))
    assert one.failure is None and one.crashes == 3
    assert [trace.path for trace in one.traces] == [paths[k] for k in (2, 5, 6)]
    assert scored.digests is not None
    assert [k for k, digest in enumerate(scored.digests) if digest is None] == [2, 5, 6]


def test_after_so_many_such_images_the_detector_fails_with_what_it_has(paths: list[str]) -> None:
    with worker("Crashing", crashes=2) as one:
        scored = score(one, paths)
    assert one.failure is not None and one.failure.startswith(
        f"2 images ended its process, at last {paths[5]}: "
    )
    assert np.isfinite(scored.scores).tolist() == [True, True, False, True, True, False, False, False]


def test_what_does_not_happen_twice_is_not_held_against_the_image(paths: list[str]) -> None:
    with worker("OnceOnly") as one:
        scored = score(one, paths)
    assert np.isfinite(scored.scores).all() and one.failure is None and one.crashes == 1


def test_a_batch_that_crashes_is_scored_one_by_one_and_batches_are_left(paths: list[str]) -> None:
    with worker("BadBatch") as one:
        scored = score(one, paths)
        again = one.score(Score(paths[:2], decode_threads=1, digests=False))
    assert (scored.scores == 0.25).all() and "SIGABRT in predict_batch" in (scored.batch_failure or "")
    assert (again.scores == 0.25).all() and again.batch_failure is None and one.crashes == 0


def test_a_daemon_with_a_session_of_its_own_ends_with_the_detector(paths: list[str]) -> None:
    os.mkfifo("alive")
    alive = os.open("alive", os.O_RDONLY | os.O_NONBLOCK)
    with worker("Daemon") as one:
        score(one, paths)
    with selectors.DefaultSelector() as selector:
        selector.register(alive, selectors.EVENT_READ)
        assert selector.select(timeout=30) and os.read(alive, 1) == b""
    os.close(alive)


def test_a_worker_that_only_decodes_tells_what_it_sees(paths: list[str]) -> None:
    Path(paths[1]).write_bytes(b"")
    with IsolatedWorker(None, threads=1) as one:
        seen = one.decode(Decode(paths))
    assert [why is not None for why in seen.unreadable] == [False, True] + [False] * 6
    assert seen.starved == [] and (seen.sizes[0] == (32, 24)).all()


def test_large_pictures_are_decoded_in_several_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from framejudge.bench.worker.child import decoding
    from framejudge.bench.worker.child.marker import SIZE, Marker

    for k, side in enumerate((10, 30, 30, 10, 50)):
        Image.new("RGB", (side, side)).save(tmp_path / f"{k}.png")
    (tmp_path / "5.png").write_bytes(b"none")
    paths = [str(tmp_path / f"{k}.png") for k in range(6)]
    with (tmp_path / "page").open("w+b") as page:
        page.truncate(SIZE)
        marker = Marker(page.fileno())
    monkeypatch.setattr(decoding, "CHUNK_PIXELS", 1_000)
    assert decoding.chunks(paths, marker) == [range(2), range(2, 4), range(4, 5), range(5, 6)]
