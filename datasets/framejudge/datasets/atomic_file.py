"""Replace a file as a whole: a reader, and a crash, sees the old one or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from framejudge.datasets.errors import InputError


@contextmanager
def replaced(file: Path) -> Iterator[Path]:
    """Give a draft to write in place of ``file``, and put it there when the block ends well.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written; the file is then as it was.
    """
    target = file.resolve()  # a link to the table stays a link
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield draft
        if target.exists():
            shutil.copymode(target, draft)
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        what = f"cannot be written: {error.strerror}; it is as it was"
        raise InputError(
            what, where=file, fix="make room or give the right to write, and try again"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
