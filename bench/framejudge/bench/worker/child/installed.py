"""What the worker uses of the framejudge of its environment, wherever that version keeps it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]

DECODE = ("framejudge.datasets.images.decode", "framejudge.datasets.decode")
FINGERPRINT = ("framejudge.datasets.images.fingerprint", "framejudge.datasets.fingerprint")
"""Modules, the newest place first: a baseline's version may be years old."""


def registry() -> Any:
    """Return the module that makes detectors: its `create` of its `DetectorSpec`."""
    return importlib.import_module("framejudge.detectors.registry")


def try_rule(detector: Any, rule: str) -> list[Any]:
    """Return what trying a rule of the interface shows."""
    findings: list[Any] = importlib.import_module("framejudge.detectors.contract").try_rule(detector, rule)
    return findings


def settings(given: Sequence[str], calibrations: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the files that were given with a detector's name as arguments of `DetectorSpec`.

    Raises
    ------
    ValueError
        Where there are some, and this environment's version does not know what to do with them.
    """
    named = {"given": tuple(given), "calibrations": tuple(calibrations)}
    wanted = {name: files for name, files in named.items() if files}
    known = {field.name for field in fields(registry().DetectorSpec)}
    if not wanted.keys() <= known:
        raise ValueError("the framejudge that is installed there takes no settings after a detector's name")
    return wanted


@cache
def decoder() -> tuple[Callable[[str], Image], type[Exception]]:
    """Return the function that decodes a file, and what it raises for one that it cannot read."""
    module = _import_first(DECODE)
    return module.decode_image, module.UnreadableImage


def image_pixels(path: str) -> int:
    """Return how many pixels a file's header claims; 0 where it claims none that anybody understands."""
    width, height = _size_reader()(path) or (0, 0)
    return width * height


@cache
def _size_reader() -> Callable[[str], tuple[int, int] | None]:
    """Return the function that reads a file's header; an older version has none."""
    return getattr(_import_first(DECODE), "read_size", _read_size)


def _read_size(path: str) -> tuple[int, int] | None:
    import PIL.Image

    try:
        with PIL.Image.open(path) as image:
            return image.size
    except Exception:
        return None


@cache
def digester() -> Callable[[Image], str]:
    """Return the function that gives the digest of an image's pixels."""
    digest: Callable[[Image], str] = _import_first(FINGERPRINT).image_digest
    return digest


def _import_first(names: tuple[str, ...]) -> Any:
    """Import the first of these modules that there is."""
    *newer, oldest = names
    for name in newer:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as problem:
            if problem.name is None or not f"{name}.".startswith(f"{problem.name}."):
                raise  # the module is there, and lacks something else
    return importlib.import_module(oldest)
