"""Other people's programs that tests run: found on the PATH, and asked what they are before they are used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

import pytest

ANSWERS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """How a program is found and recognised.

    Attributes
    ----------
    names
        What it may be called; the first that answers as it should is taken.
    asked
        The option with which it says what it is.
    says
        Pattern in its answer. Another program of the same name does not match.
    package
        Debian's package that holds it.
    variable
        Environment variable that may hold its path.
    """

    names: tuple[str, ...]
    asked: str
    says: str
    package: str
    variable: str | None = None


PROGRAMS = {
    # Version 7 is called `magick`. Other packages ship a `convert` too.
    "ImageMagick": Program(("magick", "convert"), "-version", "ImageMagick", "imagemagick"),
    "ffmpeg": Program(("ffmpeg",), "-version", "^ffmpeg version", "ffmpeg"),
    "git": Program(("git",), "--version", "^git version", "git"),
    "Node.js": Program(("node", "nodejs"), "--version", r"^v\d+\.", "nodejs"),
    "Chromium": Program(
        ("chromium",), "--version", "Chromium|Google Chrome", "chromium", "FRAMEJUDGE_CHROMIUM"
    ),
}


def found(name: str) -> str | None:
    """Return the path of one of `PROGRAMS`, or None where it is not installed."""
    program = PROGRAMS[name]
    given = os.environ.get(program.variable) if program.variable else None
    candidates = (given,) if given else map(shutil.which, program.names)
    return next((path for path in candidates if path and _says(path, program.asked, program.says)), None)


def missing(name: str) -> str:
    """Return why a test of the program is skipped."""
    program = PROGRAMS[name]
    also = f", or {program.variable} with its path" if program.variable else ""
    return f"needs {name} (apt-get install {program.package}{also})"


def required(name: str) -> str:
    """Return the program's path; the test is skipped where it is not installed."""
    path = found(name)
    if path is None:
        pytest.skip(missing(name))
    return path


def needs(name: str) -> pytest.MarkDecorator:
    """Return the mark that skips tests where the program is not installed."""
    return pytest.mark.skipif(found(name) is None, reason=missing(name))


@cache
def _says(path: str, asked: str, pattern: str) -> bool:
    try:
        done = subprocess.run(
            [path, asked],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWERS_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return re.search(pattern, done.stdout + done.stderr, re.MULTILINE) is not None
