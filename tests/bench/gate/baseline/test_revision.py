"""``--baseline git:REV``: another commit of the user's repository, in an environment of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from old_version import write_old_version
from programs import needs

from framejudge.bench.gate.baseline.revision import prepare_revision
from framejudge.bench.worker.process import PlacedSpec, WorkerProcess
from framejudge.datasets.errors import InputError
from framejudge.detectors.registry import DetectorSpec, find

pytestmark = needs("git")

SOURCE = """
class Mine:
    threshold = {threshold}

    def predict(self, image):
        return 0.5
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, threshold: float) -> None:
    (folder / "mine.py").write_text(SOURCE.format(threshold=threshold), encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", f"Threshold {threshold}")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "-q")
    commit(place, 0.25)
    git(place, "tag", "first")
    commit(place, 0.75)
    monkeypatch.chdir(place)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return place


def test_the_worker_runs_the_code_of_that_commit(repository: Path, tmp_path: Path) -> None:
    revision = prepare_revision("first", cache=tmp_path / "cache")
    old = revision.place(find("mine:Mine"))
    assert isinstance(old, PlacedSpec) and old.name == "mine:Mine"
    with WorkerProcess(old, threads=1) as process:
        assert process.load().threshold == 0.25
    with WorkerProcess(find("mine:Mine"), threads=1) as process:
        assert process.load().threshold == 0.75

    same = revision.place(find("canny"))
    assert isinstance(same, str) and "does not come from this repository" in same
    new = revision.place(DetectorSpec("later:Detector", "later:Detector"))
    assert isinstance(new, str) and "there is no module 'later'" in new


def test_a_commit_is_prepared_once(repository: Path, tmp_path: Path) -> None:
    first = prepare_revision("first", cache=tmp_path / "cache")
    (first.root / "kept").touch()
    assert prepare_revision("first", cache=tmp_path / "cache") == first
    assert (first.root / "kept").is_file()
    (first.root / "done").unlink()  # as if it had been interrupted
    prepare_revision("first", cache=tmp_path / "cache")
    assert not (first.root / "kept").exists()


def test_an_installation_that_fails_is_told_in_one_line(repository: Path, tmp_path: Path) -> None:
    (repository / "setup.py").touch()
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Make it installable")
    broken = "{python} -c \"raise SystemExit('no compiler')\""
    with pytest.raises(InputError, match=r"cannot be installed: no compiler.*--install-command") as problem:
        prepare_revision("HEAD", install=broken, cache=tmp_path / "cache")
    assert "\n" not in str(problem.value)
    marked = "{python} -c \"open('installed', 'w')\""
    revision = prepare_revision("HEAD", install=marked, cache=tmp_path / "cache")
    assert (revision.root / "worktree" / "installed").is_file()


def test_what_git_does_not_know(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="git knows no revision 'nowhere'; name a branch"):
        prepare_revision("nowhere", cache=tmp_path / "cache")
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.chdir(outside)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(InputError, match="in no git repository"):
        prepare_revision("first", cache=tmp_path / "cache")


def test_pythonpath_moves_with_the_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{repository}:{tmp_path}")
    revision = prepare_revision("first", cache=tmp_path / "cache")
    assert revision.environment == {"PYTHONPATH": f"{revision.root / 'worktree'}:{tmp_path}"}


def test_a_built_in_name_stands_for_what_it_stood_for_at_that_commit(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repository))
    write_old_version(repository)
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "A framejudge whose detectors lay elsewhere")
    old = prepare_revision("HEAD", cache=tmp_path / "cache").place(find("trim"))
    assert isinstance(old, PlacedSpec) and old.target == "framejudge.detectors.trim:TrimDetector"
    with WorkerProcess(old, threads=1) as process:
        assert process.load().threshold == 0.25
