"""`bench tune canny`: from a labelled set to a parameters file that the detector reads."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from framejudge.bench.cli.main import entry_point
from framejudge.detectors.canny import CannyDetector, fitting
from framejudge.detectors.protocol import Image

GROWTHS = ("LINE_GROWTH", "CONTEXT_GROWTH", "PICTURE_GROWTH")
Bench = Callable[..., tuple[int, str, str]]


def _photo(seed: int) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (96, 120, 3)), (0, 0), 4)
    return np.clip(110 + 35 * blurred / blurred.std(), 0, 255).astype(np.uint8)


def _write_set(folder: Path, *, photos: int, boxes: bool = True) -> Path:
    """Write each photo once plain and once with a band of its own width and colour."""
    folder.mkdir()
    rows: list[tuple[object, ...]] = []
    for number in range(photos):
        image, width = _photo(number), 4 + number % 9
        cv2.imwrite(str(folder / f"{number}-plain.png"), image)
        rows.append((f"{number}-plain.png", "plain", number, "", "", "", ""))
        framed = np.full_like(image, (30, 20 + number, 220))
        framed[width:-width, width:-width] = image[width:-width, width:-width]
        cv2.imwrite(str(folder / f"{number}-framed.png"), framed)
        box = (width, width, 120 - width, 96 - width) if boxes else ("",) * 4
        rows.append((f"{number}-framed.png", "framed", number, *box))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "group", "left", "top", "right", "bottom"))
        writer.writerows(rows)
    return folder


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grow a tenth of the trees: these pictures are easy."""
    for name in GROWTHS:
        growth = getattr(fitting, name)
        monkeypatch.setattr(fitting, name, growth._replace(trees=growth.trees // 10))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Run the command in an empty folder; return its exit code, output and error output."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as stop:
            entry_point()
        shown = capsys.readouterr()
        return int(stop.value.code or 0), shown.out, shown.err

    return run


def test_tuned_parameters_are_read_back_and_say_where_they_come_from(bench: Bench, tmp_path: Path) -> None:
    folder = _write_set(tmp_path / "set", photos=40)
    (folder / "0-plain.png").write_bytes(b"damaged")
    code, out, err = bench("tune", "canny", "--dataset", "set", "--out", "own.json")
    assert code == 0
    assert "auc" in out
    assert "0-plain.png" in err
    provenance = json.loads((tmp_path / "own.json").read_text())["provenance"]
    assert (provenance["images"], provenance["framed"], provenance["groups"]) == (79, 40, 40)
    assert len(provenance["images_fingerprint"]) == len(provenance["labels_fingerprint"]) == 64
    assert provenance["cross_validation"]["auc"] > 0.95
    detector = CannyDetector(tmp_path / "own.json")
    unseen = _photo(1000)
    framed = np.full_like(unseen, (10, 90, 200))
    framed[8:-8, 8:-8] = unseen[8:-8, 8:-8]
    assert detector.predict(framed) >= detector.threshold > detector.predict(unseen)


def test_the_same_set_and_seed_give_the_same_file(bench: Bench, tmp_path: Path) -> None:
    _write_set(tmp_path / "set", photos=6)
    for name in ("one.json", "two.json"):
        assert bench("tune", "canny", "--dataset", "set", "--out", name)[0] == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_set_that_cannot_be_tuned_on_is_refused(bench: Bench, tmp_path: Path) -> None:
    _write_set(tmp_path / "no boxes", photos=8, boxes=False)
    code, _, err = bench("tune", "canny", "--dataset", "no boxes", "--out", "own.json")
    assert code == 2
    assert "left, top, right and bottom" in err
    _write_set(tmp_path / "few", photos=2)
    code, _, err = bench("tune", "canny", "--dataset", "few", "--out", "own.json")
    assert code == 2
    assert "2 groups" in err
    assert not (tmp_path / "own.json").exists()


def test_nothing_is_overwritten_without_force(bench: Bench, tmp_path: Path) -> None:
    _write_set(tmp_path / "set", photos=8)
    (tmp_path / "own.json").write_text("mine")
    code, _, err = bench("tune", "canny", "--dataset", "set", "--out", "own.json")
    assert code == 2
    assert "--force" in err
    assert (tmp_path / "own.json").read_text() == "mine"
    code, _, err = bench("tune", "canny", "--dataset", "set", "--out", "no/such/own.json")
    assert code == 2
    assert "no such folder" in err


def test_a_folder_that_may_not_be_written_to_is_refused_before_the_fit(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may write anywhere
    code, _, err = bench("tune", "canny", "--dataset", tmp_path / "none", "--out", tmp_path / "p.json")
    assert code == 2
    assert "may not be written" in err
