"""Options that several commands share mean the same in each of them."""

from __future__ import annotations

import pytest
import typer.main

from framejudge.bench.cli import options
from framejudge.bench.cli.main import app

READS_A_SET = ["run", "gate", "train", "sweep"]
READS_A_SET_BELOW = [("tune", "canny"), ("dataset", "audit"), ("dataset", "split"), ("dataset", "convert")]


@pytest.mark.parametrize("words", [*((name,) for name in READS_A_SET), *READS_A_SET_BELOW], ids=" ".join)
def test_a_command_that_reads_a_set_takes_a_part_of_it_and_other_names(words: tuple[str, ...]) -> None:
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    names = {name for parameter in command.params for name in parameter.opts}
    assert {"--where", "--columns", "--labels"} <= names


def test_options_about_a_set_become_the_fields_of_a_request() -> None:
    assert options.of_set(None, None, None, None) == {
        "dataset": None, "where": [], "columns": None, "labels": None
    }  # fmt: skip
    assert options.reading(["a=b"], "path=x", None).where == ("a=b",)
