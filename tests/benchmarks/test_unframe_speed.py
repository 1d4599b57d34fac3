"""How many pictures a second `bench unframe` takes: 300x300 JPEGs, half of them framed, with canny.

``python tests/benchmarks/test_unframe_speed.py [COUNT] [DETECTOR] [PROCESSES]`` draws them first, then times
the command as a user gives it, from the start of its process to the end. Asked for: 150 a second on 2 cores.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import pytest

SIDE_PX = 300
ASKED_PER_SECOND = 150


def draw(folder: Path, count: int, different: int = 200) -> None:
    """Save drawn products as JPEGs, every second one with a frame; ``different`` ones, over and over."""
    from framejudge.datasets.drawing.frames import draw_frame
    from framejudge.datasets.drawing.products import draw_product

    folder.mkdir()
    files = []
    for number in range(min(count, different)):
        rng = np.random.default_rng(number)
        image = draw_product(rng, SIDE_PX)
        framed = draw_frame(image, rng) if number % 2 else None
        image = framed.image if framed else image
        image = cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        _, encoded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
        files.append(encoded.tobytes())
    for number in range(count):
        (folder / f"{number:06}.jpg").write_bytes(files[number % len(files)])


def pictures_per_second(count: int, detector: str, processes: int | None = None) -> tuple[float, str]:
    """Return the figure, and what the command said."""
    with tempfile.TemporaryDirectory() as scratch:
        pictures, out = Path(scratch, "pictures"), Path(scratch, "out")
        draw(pictures, count)
        command = [sys.executable, "-c", "from framejudge.bench.cli.main import entry_point; entry_point()"]
        command += ["unframe", str(pictures), "--out", str(out), "--detector", detector]
        command += [] if processes is None else ["--processes", str(processes)]
        start = perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return count / (perf_counter() - start), done.stdout


@pytest.mark.parametrize("detector", ["canny"])
def test_pictures_per_second(detector: str) -> None:
    speed, told = pictures_per_second(3000, detector)
    print(f"\n{speed:.0f} pictures a second with {detector}\n{told}")
    assert speed >= ASKED_PER_SECOND


if __name__ == "__main__":
    asked = [*sys.argv[1:], *("3000", "canny")[len(sys.argv) - 1 :]][:2]
    workers = int(sys.argv[3]) if len(sys.argv) > 3 else None
    found, output = pictures_per_second(int(asked[0]), asked[1], workers)
    print(f"{found:.0f} pictures a second with {asked[1]}\n{output}", end="")
