"""The recipes of docs/ci.md: YAML that parses, and commands whose options there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from framejudge.bench.cli.main import app

TEXT = (Path(__file__).parents[1] / "docs" / "ci.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    return [content for name, content in fenced if name == language]


def commands() -> Iterator[list[str]]:
    for block in blocks("yaml") + blocks(""):
        for line in block.splitlines():
            found = re.match(r"[\s-]*(bench [^|]*)", line)
            if found:
                yield shlex.split(found[1])


def test_there_are_commands_to_check() -> None:
    assert {words[1] for words in commands()} == {"gate", "run", "history"}


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_option_exists(words: list[str]) -> None:
    command = typer.main.get_command(app).commands[words[1]]  # type: ignore[attr-defined]
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("block", blocks("yaml"))
def test_the_recipes_are_yaml(block: str) -> None:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML")
    content = yaml.safe_load(block)
    job = content["jobs"]["gate"] if "jobs" in content else content["gate"]
    assert "bench gate" in str(job)


def test_the_pages_that_it_links_to_are_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (Path(__file__).parents[1] / "docs" / link).exists(), link
