"""Every module imports, also where modules of Unix are missing, as on Windows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import import_all

UNIX_ONLY = ("fcntl", "resource", "pwd", "grp", "termios")


def test_there_are_modules_to_import() -> None:
    assert len(list(import_all.modules())) > 200


def test_every_module_imports_without_the_modules_of_unix() -> None:
    hidden = f"import sys; sys.modules.update(dict.fromkeys({UNIX_ONLY!r}));"
    folder = str(Path(import_all.__file__).parent)
    code = f"{hidden} sys.path.insert(0, {folder!r}); import import_all; print(import_all.import_all())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
