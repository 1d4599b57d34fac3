"""Which commit of the user's repository a run was made at: asked of git, where there is one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from framejudge.bench.run.results import Scalar

GIT_TIMEOUT_S = 10.0


def describe_commit(folder: str | os.PathLike[str] | None = None) -> dict[str, Scalar]:
    """Return facts about the commit that is checked out around a folder, by name; none outside a repository.

    ``commit`` is the full hash, ``commit_time`` when it was made (ISO 8601), ``commit_branch`` None where
    HEAD is detached, and ``commit_dirty`` whether tracked files differ from it.

    Parameters
    ----------
    folder
        The current one without it: detectors of the user's own are found from there too.
    """
    place = Path(folder or ".")
    found = _git(place, "log", "-1", "--format=%H %cI")
    if found is None:
        return {}
    commit, _, time = found.partition(" ")
    branch = _git(place, "symbolic-ref", "--short", "--quiet", "HEAD")
    changes = _git(place, "status", "--porcelain", "--untracked-files=no")
    return {
        "commit": commit,
        "commit_time": time,
        "commit_branch": branch,
        "commit_dirty": None if changes is None else changes != "",
    }


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git says; None where it fails, is not installed or does not answer."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},  # looking must not disturb a git at work
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
