"""`bench predict` on files, with our detector and with someone's own."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from framejudge.bench.cli.main import entry_point

OWN_DETECTORS = """
class Bright:
    def predict(self, image):
        return float(image.mean() / 255)

class Wild:
    def predict(self, image):
        return float("nan")
"""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run the command in an empty folder; return its exit code, output and error output."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as stop:
            entry_point()
        shown = capsys.readouterr()
        return int(stop.value.code or 0), shown.out, shown.err

    return run


def _write(path: Path, *, framed: bool) -> None:
    rng = np.random.default_rng(5)
    image = cv2.GaussianBlur(rng.integers(0, 256, (200, 240, 3)).astype(np.uint8), (0, 0), 4)
    if framed:
        image = cv2.copyMakeBorder(
            image[12:-12, 12:-12], 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=(200, 30, 90)
        )
    assert cv2.imwrite(str(path), image)


def test_predict_tells_a_framed_picture_from_a_plain_one(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _write(tmp_path / "with frame ü.png", framed=True)
    _write(tmp_path / "plain.png", framed=False)
    code, out, _ = bench("predict", "with frame ü.png", "plain.png")
    first, second = out.splitlines()
    assert code == 0
    assert first.startswith("framed") and first.endswith("content 12,12-228,188  with frame ü.png")
    assert second.startswith("plain") and second.endswith("plain.png") and "content" not in second


def test_explain_names_the_sides_and_gives_the_lines_in_pixels(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _write(tmp_path / "a.png", framed=True)
    code, out, _ = bench("predict", "a.png", "--explain")
    assert code == 0
    assert "left side: band of 12 px" in out and "solid" in out
    assert "  band 12,0 - 12,200" in out.splitlines()


def test_an_unreadable_picture_is_told_and_the_others_are_judged(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _write(tmp_path / "a.png", framed=True)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    code, out, err = bench("predict", "broken.jpg", "missing.jpg", "a.png")
    assert code == 2
    assert len(out.splitlines()) == 1 and out.startswith("framed")
    assert "broken.jpg" in err and "missing.jpg" in err and "Traceback" not in err


def test_someone_s_own_detector_without_optional_methods(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "own_for_predict.py").write_text(OWN_DETECTORS)
    _write(tmp_path / "a.png", framed=False)
    code, out, _ = bench("predict", "a.png", "--detector", "own_for_predict:Bright")
    assert code == 0 and out.endswith("a.png\n")
    code, _, err = bench("predict", "a.png", "--detector", "own_for_predict:Bright", "--explain")
    assert code == 2 and "cannot explain" in err
    code, _, err = bench("predict", "a.png", "--detector", "own_for_predict:Wild")
    assert code == 3 and "nan" in err


def test_an_unknown_detector_is_answered_with_the_nearest(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _write(tmp_path / "a.png", framed=False)
    code, _, err = bench("predict", "a.png", "--detector", "cany")
    assert code == 2 and "did you mean 'canny'" in err
