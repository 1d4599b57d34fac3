"""Commands that write where nothing can be written: one line, no temporary file, and what was there stays."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import Said, bench
from drawn_set import draw_set
from made.small_run import write_made_run

WRITING = (
    "report run --markdown new.md",
    "report run --tables new",
    "report run --charts new",
    "history run --html new.html",
    "compare run run --csv new.csv",
    "gate run --rules rules.toml",
    "dataset make --out new --count 2",
    "dataset split set --folds 2 --out new.csv",
    "dataset convert set --to metadata",
    "dataset audit set --out new",
    "dataset prelabel set/images --detector trim",
    "unframe set/images --out new --detector trim --threshold 0.5",
    "run --detectors trim --dataset set --no-timing --out new",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("disk") / "whole"
    draw_set(folder / "set")
    write_made_run(folder / "run")
    text = '[[rule]]\ndetector = "canny"\nmetric = "accuracy"\nmin = 0.5\n'
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 10 bytes: the system answers as on a full disk, but for a word."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(said: Said) -> None:
    assert said.code == 2, said
    assert said.err.count("\n") == 1, said
    assert "Traceback" not in said.err and "bug of framejudge" not in said.err


@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk_is_one_line_and_costs_nothing_that_was_there(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    place = Path(shutil.copytree(whole, tmp_path / "place"))
    monkeypatch.chdir(place)
    before = contents(place)
    with full_disk():
        said = bench(*command.split())
    refused(said)
    after = contents(place)
    assert {name: data for name, data in before.items() if after.get(name) != data} == {}
    assert [name for name in after if ".draft-" in name] == []


@pytest.mark.parametrize("command", [one for one in WRITING if " new" in one and "report" not in one])
def test_a_file_where_a_folder_should_be_is_one_line(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    place = Path(shutil.copytree(whole, tmp_path / "place"))
    (place / "file").touch()
    monkeypatch.chdir(place)
    said = bench(*command.replace(" new", " file/new").split())
    refused(said)
    assert (place / "file").read_bytes() == b""
