"""Proposals for a folder of images: the unsure first, resumable, nothing lost."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.cli import main
from framejudge.datasets import InputError, Sample
from framejudge.datasets.progress import Silence
from framejudge.datasets.review.proposals import Proposer, prelabel, unsure_first
from framejudge.datasets.table.labels_table import read_samples
from framejudge.datasets.table.reading import read_dataset


def brightness(image: np.ndarray) -> float:
    return float(image.mean() / 255)


BRIGHT = Proposer("bright", brightness, 0.5)


def draw(folder: Path, **levels: int) -> Path:
    for name, level in levels.items():
        file = folder / f"{name.replace('_', '/')}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.new("RGB", (4, 4), (level, level, level)).save(file)
    return folder


def rows(table: Path) -> list[tuple[str, str | None, str, str]]:
    return [
        (x.path, x.label, x.attributes.get("proposed", ""), x.attributes.get("score", ""))
        for x in read_samples(table)
    ]


def test_the_unsure_come_first(tmp_path: Path) -> None:
    draw(tmp_path, sure=255, shop_unsure=130, plain=10, nearly=100)
    done = prelabel(tmp_path, tmp_path / "labels.csv", BRIGHT)
    assert rows(done.table) == [
        ("shop/unsure.png", None, "framed", "0.509804"),
        ("nearly.png", None, "plain", "0.392157"),
        ("plain.png", None, "plain", "0.039216"),
        ("sure.png", None, "framed", "1.000000"),
    ]
    assert (done.framed, done.plain, done.scored, done.kept) == (2, 2, 4, 0)
    assert len(read_dataset(tmp_path)) == 4
    assert not list(tmp_path.glob("*.partial"))


def test_what_cannot_be_scored_is_listed_last_and_in_the_table(tmp_path: Path) -> None:
    draw(tmp_path, good=100, nan=200, white=255)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text <script>.png").write_text("no picture")

    def score(image: np.ndarray) -> float:
        if image.mean() > 220:
            raise ValueError("too bright")
        return float("nan") if image.mean() > 150 else 0.2

    done = prelabel(tmp_path, tmp_path / "labels.csv", Proposer("odd", score, 0.5))
    assert {x.path: x.problem for x in done.problems} == {
        "empty.jpg": "the file is empty (0 bytes)",
        "nan.png": "the detector failed: its score is nan, not in [0, 1]",
        "text <script>.png": "not a picture of any kind that is known",
        "white.png": "the detector failed: ValueError: too bright",
    }
    samples = read_samples(done.table)
    assert samples[0].path == "good.png"
    assert samples[1].attributes == {"problem": "the file is empty (0 bytes)"}


def test_a_killed_prelabelling_goes_on_where_it_was(tmp_path: Path) -> None:
    draw(tmp_path, a=10, b=20, c=30)
    seen: list[float] = []

    def dies_at(number: int) -> Callable[[np.ndarray], float]:
        def score(image: np.ndarray) -> float:
            if len(seen) == number:
                raise KeyboardInterrupt
            seen.append(brightness(image))
            return seen[-1]

        return score

    with pytest.raises(KeyboardInterrupt):
        prelabel(tmp_path, tmp_path / "labels.csv", Proposer("bright", dies_at(2), 0.5))
    partial = tmp_path / "labels.csv.partial"
    with partial.open("a") as stream:
        stream.write('["c.png", 0.9')  # the kill tore the last line
    done = prelabel(tmp_path, tmp_path / "labels.csv", Proposer("bright", dies_at(99), 0.5))
    assert seen == [10 / 255, 20 / 255, 30 / 255]
    assert done.scored == 3
    assert not partial.exists()


def test_an_unfinished_one_of_another_detector_is_not_mixed_in(tmp_path: Path) -> None:
    draw(tmp_path, a=10)
    (tmp_path / "labels.csv.partial").write_text(json.dumps({"detector": "cnn", "threshold": 0.5}) + "\n")
    with pytest.raises(InputError, match="unfinished prelabelling by 'cnn'"):
        prelabel(tmp_path, tmp_path / "labels.csv", BRIGHT)


def test_a_table_is_continued(tmp_path: Path) -> None:
    draw(tmp_path, decided=200, old=100)
    prelabel(tmp_path, tmp_path / "labels.csv", BRIGHT)
    text = (tmp_path / "labels.csv").read_text()
    (tmp_path / "labels.csv").write_text(text.replace("decided.png,,", "decided.png,plain,"))
    draw(tmp_path, new=140)
    again = prelabel(tmp_path, tmp_path / "labels.csv", BRIGHT)
    assert (again.scored, again.kept) == (1, 2)
    assert [(x[0], x[1]) for x in rows(again.table)] == [
        ("new.png", None),
        ("old.png", None),
        ("decided.png", "plain"),
    ]
    other = prelabel(tmp_path, tmp_path / "labels.csv", Proposer("dark", lambda image: 0.1, 0.5))
    assert (other.scored, other.kept) == (2, 1)
    assert {x[2] for x in rows(other.table) if x[1] is None} == {"plain"}


def test_rows_of_a_parents_table_outside_the_folder_are_kept(tmp_path: Path) -> None:
    draw(tmp_path, old_a=10, new_b=200)
    (tmp_path / "labels.csv").write_text("path,label,shop\nold/a.png,framed,x\n")
    done = prelabel(tmp_path / "new", tmp_path / "labels.csv", BRIGHT)
    assert [(x[0], x[1]) for x in rows(done.table)] == [("new/b.png", None), ("old/a.png", "framed")]
    assert read_samples(done.table)[1].attributes == {"shop": "x"}


@pytest.mark.parametrize(
    ("make", "out", "complaint"),
    [
        (lambda folder: None, "labels.csv", "no image below"),
        (
            lambda folder: (folder / "a.jpg").write_text("no"),
            "labels.csv",
            "none of 1 images could be scored",
        ),
        (lambda folder: draw(folder, framed_a=1, plain_b=2), "labels.csv", "are labels already"),
        (lambda folder: draw(folder, a=1), "labels.parquet", "written as CSV"),
        (lambda folder: draw(folder, a=1), "sub/labels.csv", "do not lie below it"),
        (lambda folder: (draw(folder, a=1) / "metadata.csv").touch(), "labels.csv", "of another kind"),
    ],
)
def test_what_cannot_work_is_told(
    tmp_path: Path, make: Callable[[Path], object], out: str, complaint: str
) -> None:
    make(tmp_path)
    with pytest.raises(InputError, match=complaint):
        prelabel(tmp_path, tmp_path / out, BRIGHT)


def test_a_full_disk_is_told_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path, a=10, b=20, c=30)
    seen: list[float] = []

    def score(image: np.ndarray) -> float:
        seen.append(brightness(image))
        return seen[-1]

    class FillTheDisk(Silence):
        def advance(self, steps: int) -> None:
            if len(seen) == 2:
                raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InputError, match=r"No space left on device; make room .* goes on where it was"):
        prelabel(tmp_path, tmp_path / "labels.csv", Proposer("bright", score, 0.5), FillTheDisk())
    assert prelabel(tmp_path, tmp_path / "labels.csv", Proposer("bright", score, 0.5)).scored == 3
    assert seen == [10 / 255, 20 / 255, 30 / 255]


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0, 1))
def test_order_is_by_distance_to_the_threshold(scores: list[float], threshold: float) -> None:
    samples = [
        Sample(f"{number}.png", None, "g", {"score": f"{score:.6f}"}) for number, score in enumerate(scores)
    ]
    distances = [abs(float(x.attributes["score"]) - threshold) for x in unsure_first(samples, threshold)]
    assert distances == sorted(distances)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prelabel_toy.py").write_text(
        "class Bright:\n    threshold = 0.7\n    def predict(self, image):\n"
        "        return float(image.mean() / 255)\n"
    )
    images = draw(tmp_path / "images", a=250, b=170)
    (images / "bad.jpg").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(
        "sys.argv", ["bench", "dataset", "prelabel", "images", "--detector", "prelabel_toy:Bright"]
    )
    with pytest.raises(SystemExit) as stopped:
        main.entry_point()
    assert stopped.value.code == 0
    told = capsys.readouterr()
    assert "images/labels.csv: 1 proposed framed, 1 plain\n" in told.out
    assert "cannot be scored: bad.jpg: the file is empty (0 bytes)" in told.err
