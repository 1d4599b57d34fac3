"""A folder has one owner at a time, whoever was killed before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from framejudge.datasets.errors import InputError
from framejudge.datasets.folder_lock import LOCK_FILE, is_free, owned

HOLD = """
import sys
from pathlib import Path
from framejudge.datasets.folder_lock import owned
with owned(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_made_locked_and_left_as_it_was_filled(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with owned(folder):
        assert is_free(folder) and (folder / LOCK_FILE).is_file()
        (folder / "x").touch()
        assert not is_free(folder)
    assert [path.name for path in folder.iterdir()] == ["x"]


def test_a_folder_that_stays_empty_goes_again(tmp_path: Path) -> None:
    with owned(tmp_path / "a"):
        pass
    assert not (tmp_path / "a").exists()
    with owned(tmp_path):  # was there before
        pass
    assert tmp_path.is_dir()


def test_a_second_command_is_refused_in_one_line_that_names_the_first(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(InputError) as refused, owned(tmp_path):
        pass
    assert f"process {os.getpid()} on " in str(refused.value) and "\n" not in str(refused.value)


def test_what_a_killed_command_left_holds_nobody_off(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(InputError, match=f"process {holder.pid} on "), owned(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert (tmp_path / LOCK_FILE).is_file()
    with owned(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"), owned(tmp_path / "file" / "below"):
        pass
