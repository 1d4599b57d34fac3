"""The command line in this process: what it prints, and its exit code, as a shell would see them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import typer
from typer.core import TyperGroup

from framejudge.bench.cli import main

_COMMAND = typer.main.get_command(main.app)


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def bench(*arguments: str) -> Said:
    """Run a command."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(main, "app", _COMMAND),  # built once: it takes longer than most commands
    ):
        code = main.carry_out(arguments)
    return Said(int(code), out.getvalue(), err.getvalue())


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the words of each command, and the command."""
    ahead: list[tuple[tuple[str, ...], Any]] = [((), _COMMAND)]
    while ahead:
        words, command = ahead.pop()
        if isinstance(command, TyperGroup):
            ahead += [((*words, name), below) for name, below in command.commands.items()]
        else:
            yield words, command


@dataclass(frozen=True, slots=True)
class Number:
    """An option that takes a number, and the limits that it states."""

    command: tuple[str, ...]
    option: str
    whole: bool
    least: float | None
    most: float | None

    def __str__(self) -> str:
        return f"{' '.join(self.command)} {self.option}"


def numbers() -> list[Number]:
    """Return every option of every command that takes a number."""
    found = []
    for words, command in commands():
        for parameter in command.params:
            kind = _kind_of(parameter)
            if kind in (int, float):
                limited: Any = getattr(parameter, "type", parameter)
                least, most = getattr(limited, "min", None), getattr(limited, "max", None)
                found.append(Number(words, parameter.opts[0], kind is int, least, most))
    return sorted(found, key=str)


def given(command: Mapping[str, Any] | Any) -> list[str]:
    """Return what a command cannot do without, all of it about files that are not there."""
    words = []
    for parameter in command.params:
        if getattr(parameter, "required", False):
            words += [] if parameter.param_type_name == "argument" else [parameter.opts[0]]
            words.append("metadata" if parameter.name == "to" else "nowhere")
    return words


def _kind_of(parameter: Any) -> type | None:
    described = getattr(parameter, "type_descriptor", None)
    if described is not None:
        found = described.annotation
        return found if isinstance(found, type) else None
    name = type(parameter.type).__name__
    return int if name.startswith("Int") else float if name.startswith("Float") else None
