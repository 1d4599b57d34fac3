"""The tutorial's commands, in the order of the page, each as it is printed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs/tutorial/first-decision.md"

EXIT_CODES = {"gate": 4}
"""What the page says that a command ends with; 0 where it says nothing."""


def commands() -> list[list[str]]:
    lines = re.findall(r"^    bench (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [shlex.split(line) for line in lines]


def test_every_step_of_the_page_works(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(.+?)```", text, flags=re.DOTALL)
    (tmp_path / "corner.py").write_text(source, encoding="utf-8")
    assert len(commands()) >= 7
    # Python's safe path would hide corner.py, which lies where the user is.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    for words in commands():
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from framejudge.bench.cli.main import entry_point; entry_point()",
                *words,
            ],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == EXIT_CODES.get(words[0], 0), f"bench {words}\n{done.stdout}{done.stderr}"
    for run in ("first", "second"):
        assert (tmp_path / "runs" / run / "report.html").is_file()


@pytest.mark.parametrize("word", ["run", "check", "compare", "report", "gate", "doctor"])
def test_the_page_shows_each_step(word: str) -> None:
    assert word in {words[0] for words in commands()}
