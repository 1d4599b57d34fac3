"""`bench unframe` on small folders, with a detector that sees a red band."""

from __future__ import annotations

import csv
import os
import re
import selectors
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from framejudge.bench.cli.main import entry_point
from framejudge.bench.unframe import operating_point, unframing
from framejudge.bench.unframe.record import COLUMNS
from framejudge.bench.unframe.single import find_content
from framejudge.bench.unframe.sources import find_sources
from framejudge.datasets.atomic_file import write_new
from framejudge.datasets.table.box import Box
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.registry import BUILT_IN, find

Bench = Callable[..., tuple[int, str, str]]

CNN_EXPORTS = ("cnn-litert", "cnn-litert-int8", "cnn-onnx", "cnn-openvino", "cnn-openvino-bf16")

DETECTORS = '''
import os
from framejudge.datasets.table.box import Box


class Red:
    """Sees the red band at the top; the surer, the redder."""
    threshold = 0.5

    def predict(self, image):
        return float(image[0, 0, 0]) / 255 if image[0, 0, 2] < 100 else 0.1

    def locate(self, image):
        if self.predict(image) < self.threshold:
            return None
        depth = int((image[:, image.shape[1] // 2, 2] < 100).argmin())
        return Box(0, depth, image.shape[1], image.shape[0])


class Blind:
    def predict(self, image):
        return 0.9


class Dying(Red):
    def predict(self, image):
        os._exit(9)
'''


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Run the command line in a folder where ``bands:Red`` can be imported."""
    (tmp_path / "bands.py").write_text(DETECTORS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            entry_point()
        printed = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return int(code), printed.out, printed.err

    return run


def save(file: Path, *, red: int = 0, band: int = 12) -> None:
    """Save a 60x40 picture; with a red band at the top where ``red`` is above 0."""
    pixels = np.full((40, 60, 3), 150, np.uint8)
    pixels[20:, 30:] = 220
    if red:
        pixels[:band] = (red, 10, 10)
    file.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(pixels).save(file)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Five files: two framed, two plain, one broken."""
    folder = tmp_path / "shop"
    save(folder / "a framed.png", red=250)
    save(folder / "deep/er/b framed.png", red=240)
    save(folder / "plain.png")
    save(folder / "<script>.png")
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("not meant")
    save(folder / ".hidden/thing.png")
    return folder


ASKED = ("--detector", "bands:Red", "--threshold", "0.8")


def rows(file: Path) -> dict[str, dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        assert tuple(reader.fieldnames or ()) == COLUMNS
        return {row["path"]: row for row in reader}


def test_framed_pictures_are_cropped_and_the_others_copied(shop: Path, tmp_path: Path, bench: Bench) -> None:
    os.utime(shop / "plain.png", ns=(10**18, 10**18))
    code, told, problems = bench("unframe", shop, "--out", "done", *ASKED)
    assert code == 0
    assert "2 cropped, 2 copied, 0 skipped, 1 unreadable" in told
    assert "bench: broken.jpg: unreadable: not a picture" in problems
    done = tmp_path / "done"
    assert PIL.Image.open(done / "a framed.png").size == (60, 28)
    assert PIL.Image.open(done / "deep/er/b framed.png").size == (60, 28)
    assert (done / "plain.png").read_bytes() == (shop / "plain.png").read_bytes()
    assert (done / "plain.png").stat().st_mtime_ns == 10**18
    record = rows(done / "unframe.csv")
    assert sorted(record) == [
        "<script>.png",
        "a framed.png",
        "broken.jpg",
        "deep/er/b framed.png",
        "plain.png",
    ]
    framed = record["a framed.png"]
    assert [framed[name] for name in COLUMNS[1:7]] == ["cropped", "0.9804", "0", "12", "60", "40"]
    assert framed["reason"] == "frame removed: top 12 px"
    assert [record["plain.png"][name] for name in ("action", "score", "left")] == ["copied", "0.1000", ""]
    assert {path.name for path in done.iterdir() if path.is_file()} == {
        "a framed.png", "plain.png", "<script>.png", "unframe.csv", "unframe.json",
    }  # fmt: skip


def test_a_stopped_run_goes_on_and_overwrites_nothing(shop: Path, tmp_path: Path, bench: Bench) -> None:
    done = tmp_path / "done"
    bench("unframe", shop, "--out", done, *ASKED)
    lines = (done / "unframe.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    # As if it had been killed: one result gone, one not yet in the record, a line cut short.
    (done / "plain.png").unlink()
    kept = [line for line in lines if "a framed" not in line]
    (done / "unframe.csv").write_text("".join(kept) + "deep/er/b", encoding="utf-8")
    times = {path: path.stat().st_mtime_ns for path in done.rglob("*.png")}
    code, told, _ = bench("unframe", shop, "--out", done, *ASKED)
    assert code == 0
    assert "1 cropped, 1 copied, 0 skipped, 1 unreadable, 2 done before" in told
    assert (done / "plain.png").read_bytes() == (shop / "plain.png").read_bytes()
    assert times.items() <= {path: path.stat().st_mtime_ns for path in done.rglob("*.png")}.items()
    record = rows(done / "unframe.csv")
    assert record["a framed.png"]["action"] == "cropped"
    assert len((done / "unframe.csv").read_text(encoding="utf-8").splitlines()) == 1 + len(record) == 6


def test_another_file_at_the_target_stays(shop: Path, tmp_path: Path, bench: Bench) -> None:
    (tmp_path / "done").mkdir()
    (tmp_path / "done/plain.png").write_bytes(b"mine")
    code, told, problems = bench("unframe", shop, "--out", "done", *ASKED)
    assert code == 0
    assert "2 cropped, 1 copied, 1 skipped" in told
    assert "plain.png: skipped: another file is at the target, and stays" in problems
    assert (tmp_path / "done/plain.png").read_bytes() == b"mine"


def test_one_folder_takes_one_threshold(shop: Path, bench: Bench) -> None:
    bench("unframe", shop, "--out", "done", *ASKED)
    code, _, told = bench("unframe", shop, "--out", "done", "--detector", "bands:Red", "--threshold", "0.9")
    assert code == 2
    assert "was begun with --detector bands:Red --threshold 0.8" in told


def test_a_dry_run_writes_its_record_and_no_picture(shop: Path, tmp_path: Path, bench: Bench) -> None:
    for _ in range(2):
        code, told, _ = bench("unframe", shop, "--out", "dry", *ASKED, "--dry-run", "--review")
        assert code == 0
        assert "would be: 2 cropped, 2 copied" in told
    assert {path.name for path in (tmp_path / "dry").iterdir()} == {"dry-run.csv", "dry-run.html"}
    assert len((tmp_path / "dry/dry-run.csv").read_text(encoding="utf-8").splitlines()) == 6
    assert bench("unframe", shop, "--out", "dry", *ASKED)[1].startswith("2 cropped, 2 copied")


def test_the_review_page_shows_before_and_after_and_runs_nothing(
    shop: Path, tmp_path: Path, bench: Bench
) -> None:
    save(shop / "<img src=x onerror=alert(1)>.png", red=245)
    _, told, _ = bench("unframe", shop, "--out", "done", *ASKED, "--review")
    assert "review: done/review.html" in told
    page = (tmp_path / "done/review.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 6
    assert "default-src 'none'" in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.png" in page
    assert re.findall(r"<bdi>(.)", page) == ["d", "&", "a"]  # the least sure first: 240, 245, 250
    assert 'y="30.00"' in page


def test_a_changed_detector_says_that_its_threshold_is_old(
    shop: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating_point, "own_files", lambda spec: {})
    code, _, problems = bench("unframe", shop, "--out", "done")
    assert code == 0
    assert "canny has changed since its threshold for cropping was chosen" in problems


def test_a_stricter_threshold_leaves_doubtful_frames(shop: Path, tmp_path: Path, bench: Bench) -> None:
    bench("unframe", shop, "--out", "done", "--detector", "bands:Red", "--threshold", "0.96")
    assert rows(tmp_path / "done/unframe.csv")["deep/er/b framed.png"]["reason"] == "no frame"


def test_a_threshold_below_the_detectors_own_is_obeyed(tmp_path: Path, bench: Bench) -> None:
    save(tmp_path / "pale.png", red=110)
    _, told, _ = bench(
        "unframe", "pale.png", "--out", "done", "--detector", "bands:Red", "--threshold", "0.4"
    )
    assert told.startswith("1 cropped")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("shop", "--out", "shop/done", *ASKED), "the output folder lies among the pictures"),
        (("shop", "--out", "shop", *ASKED), "the output folder lies among the pictures"),
        (("nowhere", "--out", "done", *ASKED), "nowhere: there is no such file or folder"),
        (("empty", "--out", "done", *ASKED), "no picture files"),
        (("shop/plain.png", "other/plain.png", "--out", "done", *ASKED), "would go to one place, plain.png"),
        (("shop", "--out", "done", "--detector", "bands:Red"), "no threshold for cropping is stored with"),
        (("shop", "--out", "done", "--detector", "no.such:Class"), "there is no module 'no.such'"),
        (("shop", "--out", "done", "--detector", "bands:Blind", "--threshold", "0.9"), "does not say where"),
        (("shop", "--out", "bands.py/done", *ASKED), "bands.py/done: cannot be written: Not a directory"),
        (("shop", "--out", "done", "--threshold", "1.5"), "--threshold"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...], told: str, shop: Path, tmp_path: Path, bench: Bench
) -> None:
    (tmp_path / "empty").mkdir()
    save(tmp_path / "other/plain.png")
    code, _, problems = bench("unframe", *arguments)
    assert code == 2
    assert told in problems
    assert len(problems.splitlines()) == 1


def test_a_damaged_record_is_one_line(shop: Path, tmp_path: Path, bench: Bench) -> None:
    bench("unframe", shop, "--out", "done", *ASKED)
    record = tmp_path / "done/unframe.csv"
    record.write_text(record.read_text(encoding="utf-8").replace(",cropped,", ",chopped,"), encoding="utf-8")
    code, _, problems = bench("unframe", shop, "--out", "done", *ASKED)
    assert code == 2
    assert "unframe.csv, line 3: not what `bench unframe` writes ('chopped'" in problems
    assert len(problems.splitlines()) == 1


def test_the_told_threshold_goes_on_where_it_was_begun(shop: Path, bench: Bench) -> None:
    asked = ("--detector", "bands:Red", "--threshold")
    bench("unframe", shop, "--out", "done", *asked, "0.8712345678901")
    code, _, problems = bench("unframe", shop, "--out", "done", *asked, "0.9")
    assert code == 2
    told = problems.partition("--threshold ")[2].partition(";")[0]
    code, _, _ = bench("unframe", shop, "--out", "done", *asked, told)
    assert code == 0


def test_a_full_disk_is_one_line_and_the_next_run_goes_on(
    shop: Path, tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def write_until_full(target: Path, data: bytes, like: Path) -> bool:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(target)
        return write_new(target, data, like=like)

    with monkeypatch.context() as patch:
        patch.setattr("framejudge.bench.unframe.single.write_new", write_until_full)
        code, _, problems = bench("unframe", shop, "--out", "done", *ASKED)
    assert code == 2
    assert problems == (
        "bench: done: cannot be written: No space left on device; "
        "make room or mend the permissions, and run again: it goes on where it stopped\n"
    )
    code, told, _ = bench("unframe", shop, "--out", "done", *ASKED)
    assert (code, told.split(" (")[0]) == (0, "2 cropped, 2 copied, 0 skipped, 1 unreadable")


def test_many_pictures_go_to_processes_and_stay_in_order(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(70):
        save(tmp_path / f"shop/{number:03}.png", red=250 * (number % 3 == 0))
    monkeypatch.setattr(unframing, "WORTH_PROCESSES", 50)
    code, told, _ = bench("unframe", "shop", "--out", "done", *ASKED, "--processes", "2")
    assert code == 0
    assert told.startswith("24 cropped, 46 copied, 0 skipped, 0 unreadable")
    assert list(rows(tmp_path / "done/unframe.csv")) == [f"{number:03}.png" for number in range(70)]


def test_a_killed_process_is_one_line(shop: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unframing, "WORTH_PROCESSES", 2)
    code, _, problems = bench(
        "unframe",
        shop,
        "--out",
        "done",
        "--detector",
        "bands:Dying",
        "--threshold",
        "0.8",
        "--processes",
        "2",
    )
    assert code == 2
    assert "a process was ended, perhaps for want of memory" in problems
    assert "fewer --processes" in problems


class Said:
    """Says what it is told to say."""

    def __init__(self, score: float, box: object) -> None:
        self.score = score
        self.box = box

    def predict(self, image: object) -> float:
        return self.score

    def locate(self, image: object) -> object:
        return self.box


@pytest.mark.parametrize(
    ("score", "box", "reason"),
    [
        (0.7, None, "no frame"),
        (0.9, None, "framed, but the detector does not say where"),
        (0.9, Box(0, 0, 100, 50), "framed, but the content box is the whole picture"),
        (0.9, Box(0, 0, 101, 50), "the detector failed: its box 0,0-101,50 is not inside 100x50"),
        (0.9, Box(5, 5, 5, 40), "the detector failed: its box 5,5-5,40 is not inside 100x50"),
        (0.9, Box(0, 0, 39, 50), "framed, but too little would be left: 39x50 of 100x50"),
        (float("nan"), None, "the detector failed: its score nan is outside [0, 1]"),
        (0.9, ("a", 1, 2, 3), "the detector failed: ValueError"),
    ],
)
def test_a_box_that_cannot_be_right_leaves_the_picture_alone(score: float, box: object, reason: str) -> None:
    _, found, why = find_content(OpenedDetector(Said(score, box)), 0.8, np.zeros((50, 100, 3), np.uint8))
    assert found is None
    assert why.startswith(reason)


def test_sources_of_a_folder_come_in_order_and_files_by_their_names(shop: Path, tmp_path: Path) -> None:
    found = [source.path for source in find_sources([shop, shop / "deep/er/b framed.png"], tmp_path / "out")]
    assert found == [
        "<script>.png",
        "a framed.png",
        "broken.jpg",
        "deep/er/b framed.png",
        "plain.png",
        "b framed.png",
    ]


def test_no_two_detectors_share_a_stored_threshold() -> None:
    files = [operating_point.stored_file(find(name)) for name in BUILT_IN]
    stored = [file for file in files if file is not None]
    assert len(set(stored)) == len(stored) > 5


@pytest.mark.parametrize("name", ["canny", "canny-skimage", "cnn", *CNN_EXPORTS])
def test_the_shipped_detectors_bring_a_stricter_threshold(name: str) -> None:
    point = operating_point.read_operating_point(find(name))
    assert point is not None
    assert point.plain_cut <= operating_point.PLAIN_CUT_AT_MOST
    assert 0.5 < point.threshold <= 1


ENDLESS = """
import os, threading


class Endless:
    def load(self):
        os.open("alive", os.O_WRONLY)

    def predict(self, image):
        threading.Event().wait()

    def locate(self, image):
        return None
"""


def test_processes_do_not_outlive_a_killed_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    (tmp_path / "shop").mkdir()
    for number in range(unframing.WORTH_PROCESSES):
        PIL.Image.new("RGB", (8, 8)).save(tmp_path / "shop" / f"{number}.png")
    os.mkfifo("alive")
    alive = os.open("alive", os.O_RDONLY | os.O_NONBLOCK)
    command = [sys.executable, "-m", "framejudge.bench", "unframe", "shop", "--out", "out"]
    command += ["--detector", "endless:Endless", "--threshold", "0.5", "--processes", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        # Until a process of the pool holds the pipe, reading it finds no writer: that is its end, too.
        while process.poll() is None and not _is_held("alive"):
            pass
        assert process.poll() is None, process.communicate()
        process.kill()
    with selectors.DefaultSelector() as selector:
        selector.register(alive, selectors.EVENT_READ)
        assert selector.select(timeout=60) and os.read(alive, 1) == b""
    os.close(alive)


def _is_held(fifo: str) -> bool:
    """Whether some process but this one has a fifo open."""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        if folder.parent.name == str(os.getpid()):
            continue
        try:
            if any(str(link.readlink()) == os.path.realpath(fifo) for link in folder.iterdir()):
                return True
        except OSError:
            continue
    return False
