"""Write a file or a folder as a whole: a reader, and a crash, sees the old one or the new one."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from framejudge.datasets.errors import InputError

_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF})


@contextmanager
def replaced(file: Path) -> Iterator[Path]:
    """Give a draft to write in place of ``file``, and put it there when the block ends well.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written; the file is then as it was.
    """
    try:
        with draft_of(file) as draft:
            yield draft
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}; it is as it was"
        raise InputError(
            what, where=file, fix="make room or give the right to write, and try again"
        ) from error


def replace_text(file: Path, text: str, *, errors: str = "strict") -> None:
    """Write a file as a whole, in UTF-8; ``errors`` is that of `str.encode`.

    Raises
    ------
    InputError
        As `replaced`.
    """
    with replaced(file) as draft:
        draft.write_text(text, encoding="utf-8", errors=errors, newline="\n")


@contextmanager
def draft_of(file: Path) -> Iterator[Path]:
    """Do what `replaced` does, for who has an answer of its own to the `OSError` of a full disk.

    The mode of a file that is replaced stays; a link stays a link.
    """
    target = file.resolve()
    draft = _beside(target)
    try:
        yield draft
        if target.exists():
            shutil.copymode(target, draft)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_new(file: Path, data: bytes, *, like: Path) -> bool:
    """Write a file that was not there before, whole or not at all; False where something is there by now.

    Times and permissions are those of the file ``like``. Nothing is synced: it is one of thousands of
    pictures that are made from originals, and waiting for the disk would take longer than making it.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = _beside(file)
    try:
        draft.write_bytes(data)
        facts = like.stat()
        draft.chmod(facts.st_mode & 0o777)
        os.utime(draft, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        try:
            os.link(draft, file)  # unlike a rename, it replaces nothing
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            if file.exists():
                return False
            draft.rename(file)
        return True
    finally:
        draft.unlink(missing_ok=True)


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files that nobody changes afterwards, each whole or not at all; then all of them are on the disk.

    Folders are made where they are missing, and each is synced once.

    Raises
    ------
    OSError
        When one cannot be written; no half of a file is left behind.
    """
    for folder in {file.parent for file in files}:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
    for file, data in files.items():
        draft = _beside(file)
        try:
            with draft.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(file)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    for folder in {file.parent for file in files}:
        sync_folder(folder)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to fill in place of ``folder``, and put it there when the block ends well.

    Raises
    ------
    OSError
        When it cannot be written, or ``folder`` is there by now and is not empty; nothing is left behind.
    """
    draft = _beside(folder)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        yield draft
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the file system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows opens no folders, and syncs their entries with the file
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def _beside(target: Path) -> Path:
    """Return a temporary name beside a file: short, whatever the file's own name takes of the 255 bytes."""
    known = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]
    return target.with_name(f".draft-{known}-{os.getpid()}")
