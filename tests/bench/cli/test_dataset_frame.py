"""`bench dataset frame`: a labelled set from photos, and what happens when something is in the way."""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from drawn_library import draw_library
from killed_drawer import Killed
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.datasets.drawing import writing
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.recipe import load_recipe
from framejudge.datasets.drawing.writing import RecipeDrawer, write_set
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.reading import read_dataset

PHOTOS = 12


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder of small photos in two pools."""
    folder = tmp_path / "my photos"
    for number in range(PHOTOS):
        rng = np.random.default_rng(number)
        coarse = rng.integers(0, 256, (5, 5, 3), dtype=np.uint8)
        path = folder / f"pool{number % 2}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(coarse).resize((160, 120), PIL.Image.Resampling.BICUBIC).save(path)
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def images(folder: Path) -> list[str]:
    return sorted(f"images/{path.name}" for path in (folder / "images").iterdir())


def frame(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["dataset", "frame", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_photos_become_a_set_that_reads_back(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    told = frame(photos, "--out", out, "--count", 40)
    assert "40 images" in told
    assert "left out for want of cutouts: " in told
    dataset = read_dataset(out)
    assert len(dataset) == 40
    assert [row["path"] for row in rows(out)] == images(out)
    names = {f"pool{number % 2}/{number}.jpg" for number in range(PHOTOS)}
    for sample in dataset:
        with PIL.Image.open(dataset.locate(sample)) as image:
            width, height = image.size
        assert 100 <= max(width, height) <= 400
        if sample.label == "framed":
            box = sample.content_box
            assert 0 <= box.left < box.right <= width
            assert 0 <= box.top < box.bottom <= height
            assert sample.attributes["sides"] in set("1234")
        assert sample.group in names or sample.group.startswith("drawn-")
    assert {sample.label for sample in dataset} == {"framed", "plain"}


def test_same_seed_same_bytes_and_another_seed_others(photos: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        frame(photos, "--out", tmp_path / name, "--count", 12, "--seed", seed)
    contents = {
        name: [(tmp_path / name / path).read_bytes() for path in images(tmp_path / name)] for name in "abc"
    }
    assert contents["a"] == contents["b"]
    assert contents["a"] != contents["c"]
    assert (tmp_path / "a/labels.csv").read_bytes() == (tmp_path / "b/labels.csv").read_bytes()


def test_description_tells_how_the_set_was_drawn(photos: Path, tmp_path: Path) -> None:
    frame(photos, "--out", tmp_path / "set", "--count", 10, "--seed", 3, "--recipe", "training")
    description = json.loads((tmp_path / "set/dataset.json").read_text())
    assert description["complete"] is True
    assert description["recipe"]["name"] == "training"
    assert description["recipe"]["seed"] == 3
    assert description["framed"] + description["plain"] == description["count"] == 10
    assert "numpy" in description["versions"]


def test_every_photo_in_its_turn(photos: Path, tmp_path: Path) -> None:
    frame(photos, "--out", tmp_path / "set", "--per-photo", 3)
    written = rows(tmp_path / "set")
    assert len(written) == 3 * PHOTOS
    for number, photo in enumerate(Materials.read(photos).photos):
        of_photo = written[3 * number : 3 * number + 3]
        assert {row["group"] for row in of_photo if row["content"] == "photo"} <= {photo.group}
    assert sum(row["content"] == "photo" for row in written) > PHOTOS


def test_blank_photos_and_banners_do_not_stop_it(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for name, size in (("blank.png", (90, 90)), ("banner.png", (900, 40)), ("dot.png", (3, 3))):
        PIL.Image.new("RGB", size, (128, 128, 128)).save(folder / name)
    frame(folder, "--out", tmp_path / "set", "--per-photo", 30)
    assert len(rows(tmp_path / "set")) == 60  # the dot is too small to count as a photo


def test_masks_cover_the_frame_and_nothing_of_plain_pictures(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    frame(photos, "--out", out, "--count", 30, "--masks")
    assert {row["label"] for row in rows(out)} == {"framed", "plain"}
    for row in rows(out):
        with PIL.Image.open(out / "masks" / f"{Path(row['path']).stem}.png") as stored:
            mask = np.asarray(stored)
        with PIL.Image.open(out / row["path"]) as image:
            assert mask.shape == (image.height, image.width)
        assert set(np.unique(mask)) <= {0, 255}
        assert mask.any() == (row["label"] == "framed")


def test_buckets_choose_the_photos(photos: Path, tmp_path: Path) -> None:
    seen: dict[str, set[str]] = {}
    for name in ("0-4", "5-9"):
        frame(photos, "--out", tmp_path / name, "--count", 40, "--buckets", name)
        seen[name] = {row["group"] for row in rows(tmp_path / name) if not row["group"].startswith("drawn-")}
    assert seen["0-4"]
    assert seen["5-9"]
    assert not seen["0-4"] & seen["5-9"]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the installed command: what a shell sees, exit code and streams."""
    script = "import sys; from framejudge.bench.cli.main import entry_point; entry_point()"
    command = [sys.executable, "-c", script, "dataset", "frame", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda folder: None, "holds no photo"),
        (lambda folder: (folder / "a.jpg").write_bytes(b"no picture"), "no photo here can be read"),
        (
            lambda folder: (folder / "manifest.csv").write_text("path,sha256\n../a.jpg," + 64 * "0" + "\n"),
            "../a.jpg leaves the folder",
        ),
    ],
)
def test_photos_that_cannot_be_used_are_told_in_one_line(
    tmp_path: Path, make: Callable[[Path], object], what: str
) -> None:
    (tmp_path / "photos").mkdir()
    make(tmp_path / "photos")
    finished = run(tmp_path / "photos", "--out", tmp_path / "set")
    assert finished.returncode == 2
    assert what in finished.stderr
    assert finished.stderr.count("\n") == 1
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--buckets", "11"], "no buckets '11'"),
        (["--recipe", "exm"], "no recipe 'exm'"),
        (["--force", "--resume"], "exclude each other"),
        (["--cutouts", "nowhere"], "no folder of cut-outs"),
    ],
)
def test_bad_options_are_told_in_one_line(
    photos: Path, tmp_path: Path, arguments: list[str], what: str
) -> None:
    finished = run(photos, "--out", tmp_path / "set", *arguments)
    assert finished.returncode == 2
    assert what in finished.stderr
    assert finished.stderr.count("\n") == 1
    assert not (tmp_path / "set").exists()


def test_taken_folder_is_kept_unless_forced(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    frame(photos, "--out", out, "--count", 6)
    before = (out / "labels.csv").read_bytes()
    finished = run(photos, "--out", out, "--count", 8)
    assert finished.returncode == 2
    assert "--force" in finished.stderr
    assert (out / "labels.csv").read_bytes() == before
    (out / "notes.txt").write_text("mine")
    frame(photos, "--out", out, "--count", 8, "--force")
    assert len(images(out)) == 8
    assert (out / "notes.txt").read_text() == "mine"


def test_folder_with_something_else_is_never_replaced(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    finished = run(photos, "--out", tmp_path / "thesis", "--force")
    assert finished.returncode == 2
    assert "something else" in finished.stderr
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "mine"


@pytest.mark.parametrize("description", ['{"name": "my shop"}', "{", "[]"])
@pytest.mark.parametrize("option", ["--force", "--resume"])
def test_a_labelled_set_of_ones_own_is_never_replaced(
    photos: Path, tmp_path: Path, description: str, option: str
) -> None:
    mine = tmp_path / "mine"
    (mine / "images").mkdir(parents=True)
    (mine / "images" / "one.jpg").write_bytes(b"a photo")
    (mine / "labels.csv").write_text("path,label\nimages/one.jpg,plain\n")
    (mine / "dataset.json").write_text(description)
    finished = run(photos, "--out", mine, option)
    assert finished.returncode == 2
    assert "something else" in finished.stderr
    assert (mine / "images" / "one.jpg").read_bytes() == b"a photo"
    assert (mine / "labels.csv").exists()


def drawer() -> RecipeDrawer:
    return RecipeDrawer(load_recipe("exam"), Materials())


def fill_the_disk_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """Let so many images be written; the next one gets half of its bytes and the error of a full disk."""
    left = [writes]

    def write(path: Path, contents: bytes) -> None:
        if not left[0]:
            path.write_bytes(contents[: len(contents) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        left[0] -= 1
        path.write_bytes(contents)

    monkeypatch.setattr(writing, "_write_bytes", write)


def test_full_disk_leaves_a_valid_set_and_resume_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 4)
    write_set(tmp_path / "whole", drawer(), 20, description={"seed": 1})
    with monkeypatch.context() as full:
        fill_the_disk_after(full, 10)
        with pytest.raises(InputError, match=r"disk is full after 8 of 20 images.*--resume"):
            write_set(tmp_path / "set", drawer(), 20, description={"seed": 1})
    assert [row["path"] for row in rows(tmp_path / "set")] == images(tmp_path / "set")
    assert len(read_dataset(tmp_path / "set")) == 8
    written = write_set(tmp_path / "set", drawer(), 20, description={"seed": 1}, resume=True)
    assert written.images == 20
    for name in ("labels.csv", "dataset.json", *images(tmp_path / "whole")):
        assert (tmp_path / "set" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_no_room_for_the_table_costs_images_not_validity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 4)
    real = writing.write_samples
    refusals = [2]

    def write_samples(file: Path, samples: list[object]) -> None:
        if refusals[0]:
            refusals[0] -= 1
            raise OSError(errno.ENOSPC, "full")
        real(file, samples)

    monkeypatch.setattr(writing, "write_samples", write_samples)
    fill_the_disk_after(monkeypatch, 18)
    with pytest.raises(InputError, match="after 8 of 30"):
        write_set(tmp_path / "set", drawer(), 30, description={})
    assert [row["path"] for row in rows(tmp_path / "set")] == images(tmp_path / "set")


def test_full_disk_before_the_first_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        fill_the_disk_after(full, 0)
        with pytest.raises(InputError, match="after 0 of 5"):
            write_set(tmp_path / "set", drawer(), 5, description={})
    assert write_set(tmp_path / "set", drawer(), 5, description={}, resume=True).images == 5


def test_no_room_for_the_finished_table_is_no_finished_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 4)
    real = writing.write_samples

    def write_samples(file: Path, samples: list[object]) -> None:
        if len(samples) == 12:
            raise OSError(errno.ENOSPC, "full")
        real(file, samples)

    with monkeypatch.context() as full:
        full.setattr(writing, "write_samples", write_samples)
        with pytest.raises(InputError, match="disk is full after 8 of 12"):
            write_set(tmp_path / "set", drawer(), 12, description={})
    assert json.loads((tmp_path / "set/dataset.json").read_text())["complete"] is False
    assert len(rows(tmp_path / "set")) == len(images(tmp_path / "set")) == 8
    assert write_set(tmp_path / "set", drawer(), 12, description={}, resume=True).images == 12


def test_a_killed_process_leaves_a_valid_set_and_resume_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SMALLEST_PARALLEL_SET", 10)
    monkeypatch.setattr(writing, "CHUNK", 4)
    with pytest.raises(InputError, match=r"process was killed.*of 40 images; these are complete; .*--resume"):
        write_set(tmp_path / "set", Killed(at=30), 40, description={}, processes=2)
    done = images(tmp_path / "set")
    assert [row["path"] for row in rows(tmp_path / "set")] == done
    assert len(done) < 40
    assert write_set(tmp_path / "set", drawer(), 40, description={}, resume=True).images == 40


class Called:
    """Progress that calls a function as pictures are done."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self.advance = advance

    def begin(self, what: str, total: int) -> None:
        pass


def test_a_photo_that_vanishes_is_told_and_what_is_drawn_stays(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 1)
    materials = Materials.read(photos)

    def lose_photos(done: int) -> None:
        for photo in materials.photos if done else ():
            photo.path.unlink(missing_ok=True)

    drawing = RecipeDrawer(load_recipe("exam"), materials, per_photo=1)
    with pytest.raises(InputError, match="no such file"):
        write_set(tmp_path / "set", drawing, PHOTOS, description={}, progress=Called(lose_photos))
    assert [row["path"] for row in rows(tmp_path / "set")] == images(tmp_path / "set")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written: Not a directory"):
        write_set(tmp_path / "file" / "set", drawer(), 4, description={})


def test_resume_refuses_another_set(tmp_path: Path) -> None:
    write_set(tmp_path / "set", drawer(), 4, description={"seed": 1})
    with pytest.raises(InputError, match="another seed"):
        write_set(tmp_path / "set", drawer(), 4, description={"seed": 2}, resume=True)


def test_interrupted_set_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 4)
    reports: list[int] = []

    def stop(done: int) -> None:
        reports.append(done)
        if len(reports) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_set(tmp_path / "set", drawer(), 40, description={}, progress=Called(stop))
    assert [row["path"] for row in rows(tmp_path / "set")] == images(tmp_path / "set")
    assert len(rows(tmp_path / "set")) == 12


def test_processes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SMALLEST_PARALLEL_SET", 10)
    monkeypatch.setattr(writing, "CHUNK", 4)
    for name, processes in (("one", 1), ("two", 2)):
        write_set(tmp_path / name, drawer(), 14, description={}, processes=processes)
    assert images(tmp_path / "one") == images(tmp_path / "two")
    for name in ("labels.csv", *images(tmp_path / "one")):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_many_hands_draw_a_set(photos: Path, tmp_path: Path) -> None:
    library = draw_library(tmp_path / "library", each=6)
    recipe = tmp_path / "mine.toml"
    recipe.write_text(
        "seed = 1\n[hands]\npillow = 1\ntexture = 1\n[grounds]\nphoto = 1\npackshot = 1\n"
        "[plain]\ntwin = 1\nother = 1\n[others]\nscene = 1\n",
        encoding="utf-8",
    )
    out = tmp_path / "set"
    told = frame(photos, "--assets", library, "--recipe", recipe, "--count", 16, "--out", out)
    assert "16 images, 8 framed and 8 plain" in told
    assert {row["hand"] for row in rows(out)} == {"none", "pillow", "texture"}
    described = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    assert described["tools"] == {"pillow": PIL.__version__}
    assert len(read_dataset(out)) == 16


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--recipe", "exam-2"], "--assets: recipe exam-2 draws on a library"),
        (["--assets", "x"], "--assets is for recipes of many hands; use exam-2"),
        (["--recipe", "exam-2", "--assets", "x", "--masks"], "--masks: recipe exam-2 has no such choice"),
        (["--recipe", "training-2", "--assets", "x", "--sealed"], "recipe training-2 has no sealed part"),
    ],
)
def test_options_that_do_not_fit_the_recipe_are_refused(
    photos: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    with pytest.raises(InputError) as problem:
        frame(photos, "--out", tmp_path / "set", *options)
    assert said in str(problem.value)
