"""Files and folders that are written as a whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from framejudge.datasets import atomic_file
from framejudge.datasets.atomic_file import draft_of, new_folder, replace_text, replaced, write_new
from framejudge.datasets.errors import InputError


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("whole")
    with pytest.raises(InputError, match="No space left on device; it is as it was"), replaced(file) as draft:
        draft.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert [path.name for path in tmp_path.iterdir()] == ["labels.csv"]
    assert file.read_text() == "whole"


def test_who_has_an_answer_of_its_own_gets_the_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), draft_of(tmp_path / "labels.csv") as draft:
        draft.write_text("half")
        raise OSError("full")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        replace_text(tmp_path / "nowhere" / "page.html", "text")


def test_a_name_may_take_all_255_bytes(tmp_path: Path) -> None:
    original = tmp_path / "original.jpg"
    original.write_bytes(b"old")
    for name in ("x" * 251 + ".jpg", "\u00e4" * 125 + ".jpg"):
        assert write_new(tmp_path / name, b"new", like=original)
        replace_text(tmp_path / name, "newer")
        assert (tmp_path / name).read_text() == "newer"
    with new_folder(tmp_path / ("y" * 255)) as draft:
        (draft / "file").touch()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_linked_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "labels.csv").symlink_to("real.csv")
    replace_text(tmp_path / "labels.csv", "new")
    assert (tmp_path / "labels.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "shared.csv"
    file.write_text("old")
    file.chmod(0o664)
    replace_text(file, "new")
    assert file.stat().st_mode & 0o777 == 0o664


def is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def test_a_file_and_its_name_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(is_folder(descriptor)))
    replace_text(tmp_path / "a", "text")
    assert synced == [False, True]


def test_a_file_system_that_cannot_sync_a_folder_still_gets_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sync(descriptor: int) -> None:
        if is_folder(descriptor):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", sync)
    replace_text(tmp_path / "a", "text")
    assert (tmp_path / "a").read_text() == "text"


def test_a_new_file_replaces_nothing(tmp_path: Path) -> None:
    like = tmp_path / "original.jpg"
    like.write_bytes(b"original")
    like.chmod(0o640)
    assert write_new(tmp_path / "done" / "a.jpg", b"cropped", like=like)
    assert not write_new(tmp_path / "done" / "a.jpg", b"another", like=like)
    assert [path.name for path in (tmp_path / "done").iterdir()] == ["a.jpg"]
    assert (tmp_path / "done" / "a.jpg").read_bytes() == b"cropped"
    assert (tmp_path / "done" / "a.jpg").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "done" / "a.jpg").stat().st_mtime_ns == like.stat().st_mtime_ns


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), new_folder(tmp_path / "set") as draft:
        (draft / "a").touch()
        raise OSError("full")
    assert not list(tmp_path.iterdir())
    with new_folder(tmp_path / "set") as draft:
        (draft / "a").touch()
        assert not (tmp_path / "set").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["set", "a"]


def test_what_a_killed_process_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    left = atomic_file._beside(tmp_path / "set")
    left.mkdir()
    (left / "half").touch()
    with new_folder(tmp_path / "set") as draft:
        (draft / "a").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["set", "a"]
