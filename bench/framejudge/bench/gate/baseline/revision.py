"""Another commit of the user's repository: a worktree and an environment of its own, cached by commit.

The environment sees the packages of the current one behind its own, so that TensorFlow is not installed
twice: only the repository is installed into it, where it can be installed at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from framejudge.bench.defaults import INSTALL_COMMAND
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.errors import InputError
from framejudge.detectors.registry import DetectorSpec

PREFIX = "git:"
INSTALLABLE = ("pyproject.toml", "setup.py", "setup.cfg")
LAST_LINES = 3

_LOOK_UP = """
import importlib.util, json, os, sys
sys.path.append(os.getcwd())
found = json.loads(sys.argv[1])
try:
    from framejudge.detectors.registry import find
    known = find(found["name"])
    found.update(target=known.target, extra=known.extra, extra_module=known.extra_module)
except Exception:  # a name that is not known there: perhaps its class is, all the same
    pass
try:
    module = importlib.util.find_spec(found["target"].partition(":")[0])
except (ImportError, ValueError):
    module = None
found["file"] = os.path.realpath(module.origin) if module and module.origin else ""
print(json.dumps(found))
"""
"""Run by an environment's own interpreter: what a name stands for in the version that is installed there."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit that is checked out and installed.

    Attributes
    ----------
    folder
        In the worktree, where the user stands in the repository.
    root
        All that belongs to this commit lies below it.
    """

    name: str
    commit: str
    root: Path
    folder: Path
    python: Path
    environment: Mapping[str, str]

    def place(self, spec: DetectorSpec) -> PlacedSpec | str:
        """Return the detector as it was at this commit, or why it is not there."""
        found = self._look_up(spec)
        if not found["file"]:
            module = spec.target.partition(":")[0]
            return f"at {self.name} there is no module {module!r}: a new detector has nothing to lose yet"
        if not Path(found["file"]).is_relative_to(os.path.realpath(self.root)):
            return (
                f"{spec.name} does not come from this repository: at {self.name} it would be the same "
                "installed code, and measuring that against itself proves nothing"
            )
        return PlacedSpec(
            name=spec.name,
            target=found["target"],
            extra=found["extra"],
            extra_module=found["extra_module"],
            origin=f"{self.name} ({self.commit[:12]})",
            python=str(self.python),
            folder=str(self.folder),
            environment=self.environment,
            given=spec.given,
            calibrations=spec.calibrations,
        )

    def _look_up(self, spec: DetectorSpec) -> dict[str, Any]:
        asked = {
            "name": spec.name,
            "target": spec.target,
            "extra": spec.extra,
            "extra_module": spec.extra_module,
        }
        done = subprocess.run(
            [self.python, "-P", "-c", _LOOK_UP, json.dumps(asked)],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
        )
        found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {**asked, "file": ""}
        return found


def prepare_revision(name: str, *, install: str = INSTALL_COMMAND, cache: Path | None = None) -> Revision:
    """Check a commit of the current folder's repository out and install it, or find that done already.

    Parameters
    ----------
    name
        What git understands: a branch, a tag, a commit.
    install
        The command that installs the worktree; ``{python}`` is the interpreter of its environment.

    Raises
    ------
    InputError
        Outside a repository, for a revision that git does not know, and where the installation fails.
    """
    repository = Path(_git(["rev-parse", "--show-toplevel"], "the current folder is in no git repository"))
    commit = _git(
        ["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],
        f"git knows no revision {name!r}",
        "name a branch, tag or commit; a shallow clone has few: fetch more, for example with fetch-depth: 0",
    )
    root = (cache or _default_cache()) / f"{commit[:12]}-{_key(repository, install)}"
    if not _is_done(root):
        _build(root, commit, install)
    folder = root / "worktree" / Path.cwd().resolve().relative_to(repository.resolve())
    if not folder.is_dir():
        raise InputError(
            f"at {name} there is no folder {folder.name!r}", where=folder, fix="run the gate elsewhere"
        )
    (site_packages(root) / "framejudge_gate.pth").write_text(_path_file(folder), encoding="utf-8")
    return Revision(
        name=f"{PREFIX}{name}",
        commit=commit,
        root=root,
        folder=folder,
        python=_python(root),
        environment=_environment(repository, root / "worktree"),
    )


def site_packages(root: Path) -> Path:
    """Return where the environment of a revision keeps its packages."""
    return (
        root / "venv" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    )


def _build(root: Path, commit: str, install: str) -> None:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    _git(["worktree", "prune"], "git cannot forget old worktrees")
    _git(
        ["worktree", "add", "--quiet", "--detach", "--force", os.fspath(root / "worktree"), commit],
        f"commit {commit[:12]} cannot be checked out",
    )
    venv.create(root / "venv", symlinks=True)
    (site_packages(root) / "framejudge_gate.pth").write_text(_path_file(None), encoding="utf-8")
    if any((root / "worktree" / name).is_file() for name in INSTALLABLE):
        _install(root, install)
    (root / "done").write_text(json.dumps({"commit": commit}), encoding="utf-8")


def _install(root: Path, install: str) -> None:
    command = [part.format(python=_python(root)) for part in shlex.split(install)]
    done = subprocess.run(command, cwd=root / "worktree", capture_output=True, text=True)
    if done.returncode:
        last = " | ".join((done.stderr or done.stdout).strip().splitlines()[-LAST_LINES:])
        raise InputError(
            f"the baseline cannot be installed: {last}",
            where=" ".join(command),
            fix="give another --install-command, for example '{python} -m pip install --no-deps .'",
        )


def _path_file(folder: Path | None) -> str:
    """Return a .pth file: after the packages beside it come the worktree and the current packages."""
    lines = [] if folder is None else [os.fspath(folder)]
    lines += [f"import site; site.addsitedir({path!r})" for path in _current_packages()]
    return "\n".join(lines) + "\n"


def _current_packages() -> list[str]:
    return [path for path in site.getsitepackages() if Path(path).is_dir()]


def _environment(repository: Path, worktree: Path) -> dict[str, str]:
    """Return PYTHONPATH with the worktree in place of the repository, where it names it."""
    given = os.environ.get("PYTHONPATH")
    if not given:
        return {}
    moved = []
    for entry in given.split(os.pathsep):
        path = Path(entry).resolve()
        inside = path.is_relative_to(repository.resolve())
        moved.append(os.fspath(worktree / path.relative_to(repository.resolve())) if inside else entry)
    return {"PYTHONPATH": os.pathsep.join(moved)}


def _is_done(root: Path) -> bool:
    return (root / "done").is_file() and (root / "worktree" / ".git").exists() and _python(root).exists()


def _python(root: Path) -> Path:
    return root / "venv" / "bin" / "python"


def _key(repository: Path, install: str) -> str:
    """Return what else the environment depends on, in few letters."""
    facts = [os.fspath(repository), install, sys.prefix, sys.version]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]


def _default_cache() -> Path:
    return Path(platformdirs.user_cache_path("framejudge")) / "revisions"


def _git(arguments: Sequence[str], what: str, fix: str = "give a stored run or a file as --baseline") -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        raise InputError("git is not installed", where="--baseline", fix="install git") from None
    if done.returncode:
        detail = f" ({done.stderr.strip().splitlines()[-1]})" if done.stderr.strip() else ""
        raise InputError(f"{what}{detail}", where="--baseline", fix=fix)
    return done.stdout.strip()
