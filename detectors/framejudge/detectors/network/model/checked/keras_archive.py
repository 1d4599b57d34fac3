"""A ``.keras`` file: a zip archive of a description (JSON) and weights (HDF5), judged by its declared sizes.

Python's ``zipfile`` never unpacks more of a part than the archive's directory declares, so that the declared
sizes bound what Keras will hold. HDF5 declares sizes of its own, and they are bounded too.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framejudge.detectors.network.model.checked.refusal import Refusal

MAX_UNPACKED_BYTES = 512 * 2**20
"""Of all parts of the archive together, and of all arrays of its weights together."""

MAX_PARTS = 1_000
MAX_DESCRIPTION_BYTES = 16 * 2**20
MAX_SIDE = 65_536
"""Units of a layer, sides of a picture, ...: a larger number in the description asks for memory only."""

_DESCRIPTION, _WEIGHTS = "config.json", "model.weights.h5"
_CODE = frozenset({"Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})
"""Layers that run code which the file brings or names."""

_NO_SIZES = frozenset({"shared_object_id", "seed", "name"})
"""Entries of the description whose numbers are no sizes."""


def check_keras_archive(file: Path) -> None:
    """Look at a ``.keras`` file's directory, description and array shapes.

    Raises
    ------
    Refusal
        For no archive, one that unpacks to too much, or a description with more than Keras' own layers.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_directory(archive)
            _check_description(archive.read(_DESCRIPTION))
            _check_weights(archive.read(_WEIGHTS))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as problem:
        raise Refusal(f"it is no whole zip archive, as a .keras file is ({problem})") from problem
    except KeyError as problem:
        raise Refusal(f"it holds no {_DESCRIPTION} or no {_WEIGHTS}") from problem
    except Exception as problem:
        if type(problem).__module__ != "zlib":
            raise
        raise Refusal(f"a part of it is damaged ({problem})") from problem


def _check_directory(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise Refusal(f"it has {len(parts):,} parts, and {MAX_PARTS:,} are allowed")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES:
        raise Refusal(f"it unpacks to {unpacked:,} bytes, and {MAX_UNPACKED_BYTES:,} are allowed")
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise Refusal("two of its parts have one name")
    for part in parts:
        path = Path(part.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in part.filename:
            raise Refusal(f"its part {part.filename!r} would lie outside of it")
        if stat.S_ISLNK(part.external_attr >> 16):
            raise Refusal(f"its part {part.filename!r} is a link")


def _check_description(text: bytes) -> None:
    if len(text) > MAX_DESCRIPTION_BYTES:
        raise Refusal(f"its {_DESCRIPTION} has {len(text):,} bytes")
    try:
        description = json.loads(text)
    except RecursionError:
        raise Refusal(f"its {_DESCRIPTION} is nested too deeply") from None
    except ValueError as problem:
        raise Refusal(f"its {_DESCRIPTION} is not JSON ({problem})") from None
    for key, value in _entries(description):
        if key == "class_name" and value in _CODE:
            raise Refusal(f"it brings code of its own (a {value} layer)")
        if key == "module" and not _of_keras(value):
            raise Refusal(f"it asks for code of the module {value!r}")
        if isinstance(value, int | float) and key not in _NO_SIZES and abs(value) > MAX_SIDE:
            raise Refusal(f"it asks for a {key} of {value:,}, and {MAX_SIDE:,} is allowed")


def _of_keras(module: object) -> bool:
    return module is None or (isinstance(module, str) and f"{module}.".startswith(("keras.", "builtins.")))


def _entries(description: object) -> Iterator[tuple[str, Any]]:
    """Yield each scalar of a JSON document with the key that it stands below, without recursion."""
    ahead: list[tuple[str, object]] = [("", description)]
    while ahead:
        key, value = ahead.pop()
        if isinstance(value, dict):
            ahead += value.items()
        elif isinstance(value, list):
            ahead += [(key, one) for one in value]
        else:
            yield key, value


def _check_weights(data: bytes) -> None:
    """Add up the arrays that HDF5 declares: a few bytes of it may stand for any size."""
    import h5py

    total = 0
    try:
        with h5py.File(io.BytesIO(data), "r") as weights:
            ahead = [weights]
            while ahead:
                group = ahead.pop()
                for name in group:
                    kind = group.get(name, getlink=True)
                    if not isinstance(kind, h5py.HardLink):
                        raise Refusal(f"its weights link to another place ({name!r})")
                    part = group[name]
                    if isinstance(part, h5py.Group):
                        ahead.append(part)
                        continue
                    if part.external or part.is_virtual:
                        raise Refusal(f"its weights lie in another file ({name!r})")
                    total += part.size * part.dtype.itemsize
                    if total > MAX_UNPACKED_BYTES:
                        raise Refusal(
                            f"its weights unpack to more than {MAX_UNPACKED_BYTES:,} bytes, which are allowed"
                        )
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise Refusal(f"its weights are damaged ({problem})") from problem
