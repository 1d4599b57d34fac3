"""The one check of a model file, whatever its kind: called before Keras, ONNX Runtime or LiteRT opens it.

It reads headers and sizes, unpacks nothing but a text of bounded length, and needs no runtime. What it cannot
know (whether a sound file has useful weights) stays the runtime's business.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.checked.keras_archive import check_keras_archive
from framejudge.detectors.network.model.checked.onnx_message import check_onnx_message
from framejudge.detectors.network.model.checked.refusal import Refusal
from framejudge.detectors.network.model.checked.tflite_buffer import check_tflite_buffer

MAX_FILE_BYTES = 512 * 2**20
"""A network that judges frames takes a few MB; ours take less than one."""

CHECKS: Mapping[str, Callable[[Path], None]] = {
    ".keras": check_keras_archive,
    ".onnx": check_onnx_message,
    ".tflite": check_tflite_buffer,
}
"""What looks at a file, by its suffix."""


def check_model_file(path: str | PathLike[str]) -> None:
    """Refuse a model file that is damaged, unpacks to too much, or brings code of its own.

    Raises
    ------
    InputError
        For a file that is missing, no regular file, too large, of an unknown kind or truncated, and for one
        that asks for anything but the layers and operations of its runtime.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix not in CHECKS:
        raise InputError(
            f"a {suffix or 'nameless'} file is no model file", where=file, fix=f"give a {_kinds()} file"
        )
    try:
        if not file.is_file():  # a pipe or a device would block for ever
            what = "not a regular file" if os.path.lexists(file) else "there is no such model file"
            raise InputError(what, where=file, fix=f"give a {_kinds()} file")
        size = file.stat().st_size
        if size > MAX_FILE_BYTES:
            raise Refusal(f"it has {size:,} bytes, and {MAX_FILE_BYTES:,} are allowed")
        CHECKS[suffix](file)
    except Refusal as problem:
        raise InputError(
            f"refused, and not opened: {problem}",
            where=file,
            fix="use a file that `bench train` or `bench export` wrote",
        ) from problem
    except OSError as problem:
        raise InputError(
            f"cannot be read: {problem.strerror or problem}", where=file, fix="give another file"
        ) from problem


def _kinds() -> str:
    *first, last = CHECKS
    return f"{', '.join(first)} or {last}"
