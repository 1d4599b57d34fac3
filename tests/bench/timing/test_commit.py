"""What a run records about the commit that it was made at."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from programs import needs

from framejudge.bench.timing.commit import describe_commit

pytestmark = needs("git")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    (place / "detector.py").write_text("threshold = 1\n", encoding="utf-8")
    git(place, "add", "detector.py")
    git(place, "commit", "-q", "-m", "First")
    return place


def test_a_clean_checkout(repository: Path) -> None:
    found = describe_commit(repository)
    assert found["commit"] == git(repository, "rev-parse", "HEAD")
    assert found["commit_branch"] == "main"
    assert found["commit_dirty"] is False
    assert str(found["commit_time"]).startswith("20")


def test_a_changed_file_and_a_detached_head(repository: Path) -> None:
    (repository / "detector.py").write_text("threshold = 2\n", encoding="utf-8")
    git(repository, "checkout", "-q", "--detach")
    found = describe_commit(repository)
    assert (found["commit_branch"], found["commit_dirty"]) == (None, True)


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert describe_commit(tmp_path) == {}


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert describe_commit(repository) == {}
