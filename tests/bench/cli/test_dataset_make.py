"""`bench dataset make` and the built-in set: drawn once, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.datasets.drawing import builtin
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.reading import read_dataset

COUNT = 20


@pytest.fixture(autouse=True)
def small_set_in_a_cache_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(builtin, "BUILT_IN_COUNT", COUNT)
    draw = builtin.make_generated_set
    monkeypatch.setattr(
        builtin, "make_generated_set", lambda folder, **more: draw(folder, **{"count": COUNT, **more})
    )


def make(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["dataset", "make", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "dataset.json"
    }


def test_the_command_draws_a_set_marked_as_generated(tmp_path: Path) -> None:
    output = make("--out", tmp_path / "set", "--count", 24)
    assert "24 drawn images" in " ".join(output.split())
    dataset = read_dataset(tmp_path / "set")
    assert dataset.generated
    assert len(dataset) == 24
    assert {sample.label for sample in dataset} == {"framed", "plain"}
    assert len({sample.group for sample in dataset}) == 24
    assert all(dataset.locate(sample).is_file() for sample in dataset)
    hard = [
        sample for sample in dataset if sample.label == "plain" and sample.attributes.get("hard") == "yes"
    ]
    assert hard


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 4), ("again", 4), ("other", 5)):
        make("--out", tmp_path / name, "--count", COUNT, "--seed", seed)
    assert contents(tmp_path / "one") == contents(tmp_path / "again")
    assert contents(tmp_path / "one") != contents(tmp_path / "other")


def test_a_set_is_replaced_only_when_forced(tmp_path: Path) -> None:
    make("--out", tmp_path / "set", "--count", 4)
    with pytest.raises(InputError, match=r"not empty.*--force"):
        make("--out", tmp_path / "set", "--count", 6)
    make("--out", tmp_path / "set", "--count", 6, "--force")
    assert len(read_dataset(tmp_path / "set")) == 6


def test_force_and_resume_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exclude each other"):
        make("--out", tmp_path / "set", "--force", "--resume")


class Steps:
    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done = 0

    def begin(self, what: str, total: int) -> None:
        self.begun.append(what)

    def advance(self, steps: int) -> None:
        self.done += steps


def test_the_built_in_set_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps()
    first = builtin.built_in_dataset(progress=steps)
    assert (first.name, first.generated, len(first)) == ("built-in", True, COUNT)
    assert (steps.begun, steps.done) == (["drawing built-in"], COUNT)
    assert first.root.name == f"built-in-{builtin.version_hash()}"

    def fail(folder: Path, **more: object) -> None:
        raise AssertionError("drawn twice")

    monkeypatch.setattr(builtin, "make_generated_set", fail)
    assert builtin.built_in_dataset(progress=steps) == first
    assert (steps.begun, steps.done) == (["drawing built-in"], COUNT)


def test_a_drawing_that_is_stopped_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop(folder: Path, **more: object) -> None:
        (folder / "images").mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(builtin, "make_generated_set", stop)
        with pytest.raises(KeyboardInterrupt):
            builtin.built_in_dataset()
    assert not list((tmp_path / "cache" / "framejudge").iterdir())
    assert len(builtin.built_in_dataset()) == COUNT


def test_a_faster_process_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    draw = builtin.make_generated_set
    cache = tmp_path / "cache" / "framejudge"
    place = cache / f"built-in-{builtin.version_hash()}"

    def draw_while_another_finishes(folder: Path, **more: object) -> object:
        written = draw(folder, **more)
        draw(place, name="built-in")
        return written

    monkeypatch.setattr(builtin, "make_generated_set", draw_while_another_finishes)
    assert builtin.built_in_dataset().root == place
    assert [entry.name for entry in cache.iterdir()] == [place.name]


def test_a_cache_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocker = tmp_path / "blocker"
    blocker.write_text("a file where the cache folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(blocker))
    with pytest.raises(InputError, match=r"built-in set cannot be kept here.*bench dataset make"):
        builtin.built_in_dataset()


def test_the_hash_follows_what_decides_over_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = builtin.version_hash()
    assert builtin.version_hash() == before
    monkeypatch.setattr(builtin, "BUILT_IN_SEED", 1)
    assert builtin.version_hash() != before


@pytest.mark.parametrize(
    ("file", "decides"),
    [
        ("drawing/frames/even.py", True),
        ("drawing/negatives/props.py", True),
        ("drawing/exam.toml", True),
        ("images/decode.py", True),
        ("table/labels_table.py", True),
        ("review/server.py", False),
        ("audit/checks.py", False),
        ("split/splitting.py", False),
    ],
)
def test_the_hash_follows_what_draws_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, copied_datasets: Path, file: str, decides: bool
) -> None:
    monkeypatch.syspath_prepend(copied_datasets)
    before = builtin.version_hash()
    edited = copied_datasets / "framejudge" / "datasets" / file
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert (builtin.version_hash() != before) == decides


@pytest.fixture(scope="module")
def copied_datasets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("copy")
    root = Path(builtin.__file__).parents[3]
    shutil.copytree(root, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return place
