"""Whether what a detector returned is what it may return, and what its exceptions come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from .installed import Image


def describe(problem: Exception) -> str:
    """Return an exception in one line; our own input errors speak for themselves."""
    text = " ".join(str(problem).split())
    if type(problem).__name__ == "InputError":
        return text
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def checked_threshold(detector: Any) -> float | None:
    """Return a detector's threshold, None where it brings none; a ValueError where it is outside [0, 1]."""
    threshold = getattr(detector, "threshold", None)
    if threshold is None:
        return None
    value = float(threshold)
    if not 0 <= value <= 1:
        raise ValueError(f"its threshold {value} is outside [0, 1]")
    return value


def checked_score(score: Any) -> float | str:
    """Return a score, or why it is none."""
    value = float(score)
    return value if 0 <= value <= 1 else f"its score {value} is outside [0, 1]"


def checked_batch(scores: Any, expected: int) -> npt.NDArray[np.float64]:
    """Return the scores of a batch, (expected,); a ValueError where they are not one each."""
    values = np.asarray(scores, dtype=np.float64)
    if values.shape != (expected,):
        raise ValueError(f"predict_batch returned shape {values.shape} for {expected} images")
    return values


def checked_box(box: Any, image: Image) -> npt.NDArray[np.float64]:
    """Return the four sides of a detector's box in whole pixels; a ValueError where it is none inside."""
    sides = np.array(tuple(box), dtype=np.float64)
    if sides.shape != (4,) or not np.isfinite(sides).all():
        raise ValueError(f"locate returned {box!r}, not four sides in pixels")
    left, top, right, bottom = sides
    height, width = image.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(f"its box {left:g},{top:g}-{right:g},{bottom:g} is not inside {width}x{height}")
    return np.rint(sides)
