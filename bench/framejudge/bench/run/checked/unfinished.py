"""What is said of a run that ended early: it goes on from its parts."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from framejudge.datasets.errors import InputError

PARTS_FOLDER = "parts"
"""Below a run's folder: what every other file is collected from, see `framejudge.bench.parts`."""


def resume_command(folder: Path) -> str:
    """Return the command that goes on with the run in a folder."""
    return f"bench run --resume {shlex.quote(os.fspath(folder))}"


def cut_short(path: Path) -> InputError:
    """Return the error for a file that a run has not written: one that has parts can go on."""
    fix = "run it again"
    if (path.parent / PARTS_FOLDER).is_dir():
        fix = f"go on with `{resume_command(path.parent)}`"
    return InputError(f"there is no {path.name}: the run was cut short", where=path.parent, fix=fix)
