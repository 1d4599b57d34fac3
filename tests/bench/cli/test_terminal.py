"""What the commands print: names as they are, whatever the terminal library reads into them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.markup import escape
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.bench.cli.terminal.output import plain_console
from framejudge.bench.cli.terminal.progress_bar import shown_progress

NAME = "frames:x: [red]"


def test_a_name_is_no_markup_and_no_emoji(capsys: pytest.CaptureFixture[str]) -> None:
    plain_console().print(escape(NAME))
    assert capsys.readouterr().out == f"{NAME}\n"


def test_a_name_in_a_progress_bar() -> None:
    screen = io.StringIO()
    with shown_progress(Console(file=screen, force_terminal=True, width=80)) as progress:
        progress.begin(f"scoring {NAME}", 10)
        progress.describe(f"scored {NAME}")
    assert f"scoring {NAME}" in screen.getvalue() and f"scored {NAME}" in screen.getvalue()


def test_a_pipe_gets_a_hundred_columns(capsys: pytest.CaptureFixture[str]) -> None:
    plain_console().print("word " * 40)
    first = capsys.readouterr().out.splitlines()[0]
    assert 90 < len(first.rstrip()) <= 100


def test_detectors_are_listed_with_what_they_need() -> None:
    listed = CliRunner().invoke(app, ["detectors"]).output
    for name, extra in (("cnn-2016", "tensorflow"), ("cnn-onnx", "onnx"), ("cnn-openvino-bf16", "openvino")):
        assert f" {name} " in listed and f"framejudge[{extra}])" in listed
