"""The ``.json`` beside a model file: what was fixed with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_json

MAX_SIZE_PX = 4_096
"""Side of a network's input; ours take 128 and 192 pixels."""


@dataclass(frozen=True, slots=True)
class Description:
    """A threshold in [0, 1], the side of the input in pixels, the model file's SHA-256 where it is known."""

    threshold: float
    size_px: int
    sha256: str | None


def read_description(file: Path, *, fix: str) -> Description:
    """Read what stands beside a model file.

    Parameters
    ----------
    fix
        How to get the file.

    Raises
    ------
    InputError
        Where it is missing, is not JSON, or its threshold or size is none.
    """
    try:
        facts = read_json(file)
        threshold, size_px, sha256 = float(facts["threshold"]), int(facts["size_px"]), facts.get("sha256")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as problem:
        raise InputError(f"no threshold and size can be read ({problem})", where=file, fix=fix) from problem
    if not (math.isfinite(threshold) and 0 <= threshold <= 1):
        raise InputError(f"the threshold {threshold} is not in [0, 1]", where=file, fix=fix)
    if not 1 <= size_px <= MAX_SIZE_PX:
        raise InputError(f"size_px is {size_px}, and 1 to {MAX_SIZE_PX:,} is possible", where=file, fix=fix)
    return Description(threshold, size_px, sha256 if isinstance(sha256, str) else None)
