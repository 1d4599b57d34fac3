"""A hundred mistakes of a user, each answered in one line: what is wrong, where, and how to fix it.

The table is mistakes.txt. A message that changes is changed there, and read aloud.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from command_line import bench
from made.world_of_mistakes import build


class Mistake(NamedTuple):
    code: int
    command: str
    message: str


def mistakes() -> Iterator[Mistake]:
    text = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8")
    for group in text.split("\n\n")[1:]:
        if group.strip():
            code, command, message = group.strip().split("\n")
            yield Mistake(int(code), command, message)


MISTAKES = list(mistakes())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("world"))


def state_of(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_there_are_a_hundred() -> None:
    assert len(MISTAKES) >= 100
    assert len({one.command for one in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.command)
def test_one_line_says_what_is_wrong(world: Path, mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world)
    before = state_of(world)
    _, *arguments = shlex.split(mistake.command)
    said = bench(*arguments)
    wanted = ".*".join(map(re.escape, mistake.message.split("*")))
    assert re.fullmatch(f"{wanted}\n", said.err), said.err
    assert said.code == mistake.code
    assert said.out == ""
    after = state_of(world)
    assert {path for path in after if after[path] != before.get(path)} == set()
    assert not list(world.rglob(".draft-*"))
