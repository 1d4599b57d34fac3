"""Every command has a method, which gives the answer that the command's type names."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest

from framejudge.bench.worker.child import commands
from framejudge.bench.worker.child.commands import ANSWERS, COMMANDS, Answer, Command, Failed
from framejudge.bench.worker.child.worker import METHODS


def test_every_message_may_come_through_the_pipe() -> None:
    classes = [one for one in vars(commands).values() if isinstance(one, type)]
    assert set(COMMANDS.values()) == {one for one in classes if issubclass(one, Command)} - {Command}
    assert set(ANSWERS.values()) == {one for one in classes if issubclass(one, Answer)} - {Answer}
    assert set(METHODS) == set(COMMANDS.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_method_answers_as_its_command_says(name: str) -> None:
    (base,) = COMMANDS[name].__orig_bases__  # type: ignore[attr-defined]
    (answer,) = get_args(base)
    signature = inspect.signature(METHODS[COMMANDS[name]])
    assert (signature.parameters["command"].annotation, signature.return_annotation) == (
        name,
        answer.__name__,
    )
    assert answer in ANSWERS.values() and answer is not Failed
