"""What a command does when nobody can read what it prints: a process, with descriptors of all kinds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = "from framejudge.bench.cli.main import entry_point; entry_point()"


def bench(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``bench ...`` in a shell that has a function of this name."""
    script = f"""bench() {{ "{sys.executable}" -c '{ENTRY}' "$@"; }}\n{command}\n"""
    environment = {**os.environ, **variables}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("streams")


def test_a_reader_that_leaves_early_costs_nothing(folder: Path) -> None:
    done = bench('bench detectors | head -1; echo "${PIPESTATUS[0]}"', folder)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_the_exit_code_stays_the_commands_own_when_the_reader_has_gone(folder: Path) -> None:
    done = bench('bench predict nowhere.jpg 2>&1 | exec 0<&-; echo "${PIPESTATUS[0]}"', folder)
    assert done.stdout == "2\n"


@pytest.mark.parametrize(
    ("redirection", "why"),
    [(">/dev/full", "No space left on device"), (">&-", "it is closed")],
)
def test_output_that_cannot_be_written_is_one_line_and_not_success(
    folder: Path, redirection: str, why: str
) -> None:
    done = bench(f"bench detectors {redirection}", folder)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"bench: standard output cannot be written: {why}; ")


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_an_error_that_nobody_can_read_keeps_its_code(folder: Path, redirection: str) -> None:
    assert bench(f"bench predict nowhere.jpg {redirection}", folder).returncode == 2


def test_a_file_that_is_opened_later_never_becomes_standard_output(folder: Path) -> None:
    (folder / "set").mkdir(exist_ok=True)
    done = bench("bench dataset make --out drawn --count 2 --force >&-", folder)
    assert done.returncode == 2
    assert b"drawn images" not in b"".join(
        file.read_bytes() for file in (folder / "drawn").rglob("*") if file.is_file()
    )


def test_a_name_cannot_steer_the_terminal(folder: Path) -> None:
    name = "a\x1b[2J\nb\u202e.jpg"
    (folder / name).touch()
    done = bench("bench predict a*.jpg; bench predict a*.jpg 2>&1 | od -c | grep -c 033", folder)
    assert done.stderr == "bench: a\\x1b[2J\\nb\\u202e.jpg: the file is empty (0 bytes)\n"
    assert done.stdout == "0\n"


def test_an_ascii_terminal_gets_what_one_types(folder: Path) -> None:
    (folder / "caf\u00e9.jpg").touch()
    done = bench("bench predict caf*.jpg", folder, PYTHONIOENCODING="ascii")
    assert done.stderr == "bench: caf\\xe9.jpg: the file is empty (0 bytes)\n"
    assert done.returncode == 2
