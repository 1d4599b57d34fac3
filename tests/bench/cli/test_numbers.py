"""Numbers that no command can work with: every numeric option of every command, as the typer tree has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Number, bench, commands, given, numbers

NUMBERS = numbers()
HUGE = "9" * 5_000

each_option = pytest.mark.parametrize("option", NUMBERS, ids=str)


def refused(option: Number, text: str) -> str:
    command = dict(commands())[option.command]
    words = [word for word in given(command) if word != option.option]
    said = bench(*option.command, f"{option.option}={text}", *words)
    assert said.code == 2, (text, said)
    assert said.out == "" and said.err.count("\n") == 1, (text, said)
    assert len(said.err) < 800
    return said.err


def test_the_options_are_found() -> None:
    assert len(NUMBERS) > 35
    assert {"run --calls", "run --timeout", "train --learning-rate", "dataset split --folds"} <= set(
        map(str, NUMBERS)
    )


@each_option
def test_every_number_has_limits_that_are_stated(option: Number) -> None:
    assert option.least is not None and option.most is not None
    assert float("-inf") < option.least < option.most < float("inf")


@each_option
def test_what_is_outside_of_the_limits_is_one_line_with_the_limits(
    option: Number, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert option.least is not None and option.most is not None
    wrong = ["nan", "inf", "-inf", "1e400", "-1e400", HUGE, f"-{HUGE}", "", " ", "one", "0x10", "1_0_", "1\0"]
    wrong += [str(int(option.most) + 1), str(int(option.least) - 2), "1" + "0" * 30]
    wrong += ["1.5", "1e12"] if option.whole else ["1e308"]
    for text in wrong:
        said = refused(option, text)
        assert f"'{option.option}'" in said or option.option in said, (text, said)
        assert "; possible: " in said, (text, said)
    assert list(tmp_path.iterdir()) == []
