"""What the commands made of odd pictures: who crashed, who hung, which reasons are not true."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from framejudge.datasets.images.decode import UnreadableImage, decode_image

if TYPE_CHECKING:
    from odd_pictures import Odd

ENTRY = "from framejudge.bench.cli.main import entry_point; entry_point()"


@dataclass(frozen=True, slots=True)
class Seen:
    """A command's line of the table; ``problems`` are what must not be."""

    command: str
    code: int | str
    seconds: float
    read: int
    unreadable: int
    problems: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Return the line."""
        more = "; ".join(self.problems[:5]) or "none"
        return (
            f"| {self.command} | {self.code} | {self.seconds:.0f} s | {self.read:,} | {self.unreadable:,} | "
            f"{more} |"
        )


def through_decoder(files: Mapping[str, Odd], folder: Path) -> tuple[dict[str, str], list[str]]:
    """Decode each file in this process; return the reasons by name, and what must not be."""
    reasons: dict[str, str] = {}
    problems = []
    for name, one in files.items():
        try:
            image = decode_image(folder / name)
        except UnreadableImage as problem:
            reasons[name] = problem.what
            problems += untrue(one, problem.what, (folder / name).name)
            if len(str(problem).splitlines()) != 1:
                problems.append(f"{name}: more than a line")
            continue
        if one.readable is False:
            problems.append(f"{name}: read, and it is no picture")
        if one.colour is not None:
            found = image.reshape(-1, 3).mean(axis=0)
            if np.abs(found - one.colour).max() > 14:
                problems.append(f"{name}: its colour is {found.round()}")
    return reasons, problems


def untrue(one: Odd, reason: str, name: str) -> list[str]:
    """Return what is not true of a reason that a file cannot be read."""
    found = []
    if one.readable:
        found.append(f"{name}: a sound picture is {reason}")
    if one.family in ("pillow", "opencv") and (
        "truncated" in reason or ("damaged" in reason and "or damaged" not in reason)
    ):
        found.append(f"{name}: a whole file is called {reason}")
    kinds = ("which is not supported", "which is no picture", "to read it: pip")
    if one.family == "truncated" and any(words in reason for words in kinds):
        found.append(f"{name}: a file of a known kind that was cut is called {reason}")
    if one.family == "no file" and "file" not in reason and "link" not in reason:
        found.append(f"{name}: what is no file is called {reason}")
    return found


def through_commands(
    files: Mapping[str, Odd], apart: set[str], place: Path, detector: str, hang_s: float
) -> list[Seen]:
    """Send the pictures through run, audit, predict and unframe.

    ``apart`` are no rows of the set's table, which would be refused for them: a name that no table of ours
    can hold, and a link that leads out of the folder.
    """
    images, here = place / "set" / "images", place / "set"
    start = time.monotonic()
    reasons, problems = through_decoder(files, images)
    listed = reasons.keys() - apart
    seen = [Seen("decoder", 0, time.monotonic() - start, len(files) - len(reasons), len(reasons), problems)]

    code, spent, _, err = bench(
        hang_s, "run", "--detectors", detector, "--dataset", here, "--out", place / "run", "--no-timing"
    )
    told = _results(place / "run")
    seen.append(_compared(Seen("run", code, spent, 0, 0), told, listed, len(files), "images/", (0,), err))

    code, spent, _, err = bench(
        hang_s, "dataset", "audit", here, "--out", place / "audit", "--near-bits", "0"
    )
    told = _findings(place / "audit" / "findings.csv")
    seen.append(_compared(Seen("audit", code, spent, 0, 0), told, listed, len(files), "images/", (1,), err))

    paths = [images / name for name in files]
    code, spent, out, err = bench(hang_s, "predict", "--detector", detector, *paths)
    lines = len(out.splitlines())
    found = [] if code == 2 and lines == len(files) - len(reasons) else [f"{lines} lines, exit code {code}"]
    found += [] if len(err.splitlines()) == len(reasons) else [f"{len(err.splitlines())} lines of errors"]
    seen.append(Seen("predict", code, spent, lines, len(err.splitlines()), found))

    code, spent, _, err = bench(
        hang_s, "unframe", images, "--out", place / "unframed", "--detector", detector
    )
    told = _record(place / "unframed" / "unframe.csv")
    missed = {name for name in reasons if (images / name).is_dir()}  # a folder is no file of a folder
    seen.append(
        _compared(Seen("unframe", code, spent, 0, 0), told, set(reasons) - missed, len(files), "", (0,), err)
    )
    return seen


def bench(hang_s: float, *arguments: object) -> tuple[int | str, float, str, str]:
    """Run a command; return its exit code, seconds, output and errors."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-c", ENTRY, *map(str, arguments)],
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=hang_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return "hung", time.monotonic() - start, "", ""
    return done.returncode, time.monotonic() - start, done.stdout, done.stderr


def _compared(
    seen: Seen,
    told: Mapping[str, str],
    expected: set[str],
    files: int,
    prefix: str,
    codes: tuple[int, ...],
    err: str,
) -> Seen:
    names = {name.removeprefix(prefix) for name in told}
    problems = [] if seen.code in codes else [f"exit code {seen.code}: {err.strip()[-300:]}"]
    problems += [f"not listed: {name}" for name in sorted(expected - names)]
    problems += [f"listed, and the decoder reads it: {name}" for name in sorted(names - expected)]
    return Seen(seen.command, seen.code, seen.seconds, files - len(names), len(names), problems)


def _results(run: Path) -> dict[str, str]:
    if not (run / "results.json").is_file():
        return {}
    content = json.loads((run / "results.json").read_text(encoding="utf-8"))
    return {one["path"]: one["message"] for one in content["unreadable"]}


def _findings(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    with file.open(newline="", encoding="utf-8") as lines:
        return {
            row["path"]: row["message"]
            for row in csv.DictReader(lines)
            if row["check"] in ("unreadable", "missing-file")
        }


def _record(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    with file.open(newline="", encoding="utf-8", errors="surrogateescape") as lines:
        return {row["path"]: row["reason"] for row in csv.DictReader(lines) if row["action"] == "unreadable"}
