"""Going on with a run: the same bytes as if nothing had happened, and nothing else than the same run."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drawn_set import draw_set
from PIL import Image

from framejudge.bench import api
from framejudge.bench.engine import running
from framejudge.bench.parts import writer
from framejudge.bench.run import Request, Run
from framejudge.bench.run.folder import read_manifest, write_manifest
from framejudge.datasets.errors import InputError
from framejudge.datasets.folder_lock import owned

COUNTING = """
import os

class Counting:
    threshold = 0.4

    def predict(self, image):
        with open("calls", "a") as calls:
            calls.write("x")
        return min(1.0, max(0.0, float(image[0, :, 0].mean() - image[0, :, 2].mean()) / 255))


class Explaining(Counting):
    def explain(self, image):
        with open("explained", "a") as calls:
            calls.write("x")
        return Explanation("because")

    def predict(self, image):
        return float(image[-1, -1, 1]) / 255


class Explanation:
    def __init__(self, text):
        self.text, self.lines = text, ()
"""
REQUEST = Request(detectors=["counting:Counting"], dataset="set", calls=0, timeout_s=60)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for a run, in a current folder with a set of 150 images: three blocks."""
    draw_set(tmp_path / "set", framed=75, plain=75)
    (tmp_path / "counting.py").write_text(COUNTING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / "run"


def calls() -> int:
    """Count the images that were scored since the last call."""
    try:
        return len(Path("calls").read_text())
    finally:
        Path("calls").unlink(missing_ok=True)


def parts(place: Path) -> list[Path]:
    return sorted((place / "parts").rglob("[0-9]*.arrow"))


def figures(place: Path) -> dict[str, Any]:
    """Return results.json without what another moment changes."""
    found: dict[str, Any] = json.loads((place / "results.json").read_text())
    for detector in found["detectors"].values():
        del detector["images_per_second"]
    del found["environment"], found["run_id"]
    return found


def as_if_killed(place: Path, *gone: Path) -> None:
    """Leave what a run leaves that was killed before it wrote some parts."""
    for path in gone:
        path.unlink()
    for name in ("results.json", "predictions.parquet", "thumbnails.parquet", "images.parquet"):
        (place / name).unlink()
    write_manifest(place, replace(read_manifest(place), finished=None, images_fingerprint=""))


def test_a_run_that_goes_on_does_what_is_missing_and_ends_with_the_same_bytes(place: Path) -> None:
    api.run(REQUEST, place)
    whole, predictions = figures(place), (place / "predictions.parquet").read_bytes()
    assert calls() == 150 and len(parts(place)) == 6
    kept = parts(place)
    facts, answers = kept[1], kept[5] if kept[5].parent != kept[1].parent else kept[2]
    as_if_killed(place, facts, answers)
    (place / "parts" / "images" / ".0000001.draft.999").write_bytes(b"half a part")
    with pytest.raises(InputError, match=r"bench run --resume "):
        Run.open(place)
    resumed = api.resume(place)
    assert isinstance(resumed, Run)
    assert calls() in (64, 22)  # of the one block without answers
    assert (place / "predictions.parquet").read_bytes() == predictions
    assert figures(place) == whole and parts(place) == kept
    assert list((place / "parts").rglob(".*")) == []
    api.resume(place)  # of a run that is done: nothing is scored, and nothing changes
    assert not Path("calls").exists() and figures(place) == whole


def test_a_damaged_part_counts_as_missing(place: Path) -> None:
    api.run(REQUEST, place)
    whole = figures(place)
    for part in parts(place)[::2]:
        part.write_bytes(part.read_bytes()[:-1])
    api.resume(place)
    assert figures(place) == whole


def test_a_full_disk_is_one_line_and_the_run_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    write_all = writer.write_all

    def full(files: Mapping[Path, bytes]) -> None:
        if len(written) >= 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.extend(files)
        write_all(files)

    monkeypatch.setattr(writer, "MOST_TOGETHER", 1)
    monkeypatch.setattr(writer, "write_all", full)
    with pytest.raises(InputError, match=r"parts cannot be written: No space left .*`bench run --resume"):
        api.run(REQUEST, place)
    assert len(parts(place)) == 2 and list((place / "parts").rglob(".*")) == []
    monkeypatch.undo()
    os.chdir(place.parent)
    resumed = api.resume(place)
    assert isinstance(resumed, Run) and resumed.results.detectors["counting:Counting"].accuracy.value == 1.0


def test_a_run_killed_while_it_was_timed_keeps_its_scores(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    request = replace(REQUEST, calls=10)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt) as ended:
        patched.setattr(running, "time_in_turns", killed)
        api.run(request, place)
    assert ended.value.__notes__ == [f"go on with: bench run --resume {place}"]
    scored = calls()
    assert scored == 150
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(running, "make_thumbnails", killed)
        api.resume(place)
    timed = calls()
    assert 10 <= timed < 150 * 3 and not (place / "results.json").exists()
    resumed = api.resume(place)
    assert not Path("calls").exists()
    assert isinstance(resumed, Run)
    latency = resumed.results.detectors["counting:Counting"].latency_ms
    assert latency is not None and latency.calls == 10


def test_explanations_are_asked_for_once(place: Path) -> None:
    api.run(replace(REQUEST, detectors=["counting:Explaining"]), place)
    predictions = (place / "predictions.parquet").read_bytes()
    asked = len(Path("explained").read_text())
    assert asked > 50
    as_if_killed(place)
    api.resume(place)
    assert len(Path("explained").read_text()) == asked
    assert (place / "predictions.parquet").read_bytes() == predictions


def change_image() -> None:
    Image.new("RGB", (9, 9)).save("set/images/003.png")


def change_labels() -> None:
    table = Path("set/labels.csv")
    table.write_text(table.read_text().replace("003.png,framed", "003.png,plain"))


def change_slices() -> None:
    table = Path("set/labels.csv")
    table.write_text(table.read_text().replace("style-1", "style-7"))


def fewer_images() -> None:
    table = Path("set/labels.csv")
    table.write_text(table.read_text().rsplit("\n", 2)[0] + "\n")


def change_detector() -> None:
    with Path("counting.py").open("a") as source:
        source.write("\n# changed\n")


def other_version() -> None:
    record = read_manifest(Path("run"))
    write_manifest(Path("run"), replace(record, environment={**record.environment, "version.numpy": "1.0"}))


def earlier_version() -> None:
    write_manifest(Path("run"), replace(read_manifest(Path("run")), run_id=""))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a set, a detector and a finished run over them."""
    home = tmp_path_factory.mktemp("finished")
    draw_set(home / "set", framed=4, plain=4)
    (home / "counting.py").write_text(COUNTING, encoding="utf-8")
    here = Path.cwd()
    os.chdir(home)
    try:
        api.run(REQUEST, Path("run"))
    finally:
        os.chdir(here)
    return home


@pytest.mark.parametrize(
    ("change", "given", "said"),
    [
        (None, {"seed": 7}, "--seed: this run was asked for 0, and not for 7"),
        (None, {"calls": 40}, "--calls: this run was asked for 0, and not for 40"),
        (None, {"detectors": ["canny"]}, "--detectors: this run was asked for counting:Counting, and not"),
        (None, {"dataset": "elsewhere"}, "--dataset: this run was asked for"),
        (change_image, {}, "images/003.png has changed since it was scored"),
        (
            change_labels,
            {},
            "the labelled set has changed: label of images/003.png is 'plain', and was 'framed'",
        ),
        (change_slices, {}, "the labelled set has changed: style of images/001.png is 'style-7'"),
        (fewer_images, {}, "the labelled set has changed: it has 7 images, and had 8"),
        (change_detector, {}, "counting:Counting has changed: counting.py"),
        (other_version, {}, "and was 1.0"),
        (earlier_version, {}, "an earlier version wrote it"),
    ],
)
def test_what_is_not_the_same_run_is_refused_in_one_line(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, given: Any, said: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(finished, home, copy_function=shutil.copy2)
    record = read_manifest(home / "run")
    write_manifest(home / "run", replace(record, dataset_root=str(home / "set")))
    monkeypatch.chdir(home)
    monkeypatch.syspath_prepend(str(home))  # before the folders that other tests ran in
    if change is not None:
        change()
    before = {path: path.stat().st_mtime_ns for path in Path("run").rglob("*") if path.is_file()}
    with pytest.raises(InputError) as refused:
        api.resume("run", given)
    assert said in str(refused.value) and "\n" not in str(refused.value)
    assert {path: path.stat().st_mtime_ns for path in Path("run").rglob("*") if path.is_file()} == before


def test_options_that_are_as_they_were_may_be_given(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    again = api.resume("run", {"dataset": "set", "detectors": ["counting:Counting"], "calls": 0})
    assert isinstance(again, Run)


def test_two_commands_on_one_folder_are_told_apart(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    before = figures(Path("run"))
    with owned(Path("run")):
        for second in (lambda: api.resume("run"), lambda: api.run(REQUEST, "run", force=True)):
            with pytest.raises(
                InputError, match=f"another command writes to this folder .process {os.getpid()}"
            ):
                second()
    assert figures(Path("run")) == before


def test_files_of_two_runs_are_no_run(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished)
    other = tmp_path / "other"
    api.run(REQUEST, other)
    for name in ("results.json", "predictions.parquet"):
        mixed = tmp_path / f"mixed-{name}"
        shutil.copytree("run", mixed)
        shutil.copy(other / name, mixed / name)
        with pytest.raises(InputError, match=f"{name} and run.json are of two runs"):
            Run.open(mixed).predictions  # noqa: B018 - reading is what is tested


def test_an_unfinished_run_is_reported_with_the_scores_that_there_are(place: Path) -> None:
    api.run(REQUEST, place)
    gone = [path for path in parts(place) if path.parent.name != "images"][1:]
    as_if_killed(place, *gone)
    before = sorted(path.name for path in place.iterdir())
    so_far = api.open_so_far(place)
    assert so_far.folder == place / "so-far"
    assert sorted(path.name for path in place.iterdir()) == sorted([*before, "so-far"])
    found = so_far.results.detectors["counting:Counting"]
    assert found.status == "complete" and found.errors == []
    assert found.confusion is not None and (found.confusion.tp, found.confusion.tn) == (64, 0)
    assert any(
        "has scored 64 of 150 labelled images; `bench run --resume" in one for one in so_far.results.warnings
    )
    with pytest.raises(InputError, match=r"there is no results\.json"):
        Run.open(place)
    finished = api.resume(place)
    assert isinstance(finished, Run)
    assert not any("has scored" in one for one in finished.results.warnings)
    assert not (place / "so-far").exists() and api.open_so_far(place).folder == place
