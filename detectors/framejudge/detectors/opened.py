"""A detector in use: made and loaded, what it offers, its answers checked, and closed at the end.

This file runs beside an older framejudge too, in a worker: it needs the standard library and numpy, and
imports of framejudge only what every version has, once it is asked for.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from framejudge.detectors.protocol import Explanation, Image


MAX_TEXT = 2_000
"""Characters of what a detector's exception says: a run may have one for each image."""

CUT = " ... (cut)"

_INSTALLED = (Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib")))


class WrongAnswerError(ValueError):
    """A detector returned what it may not return; the text says what it was."""


class OpenedDetector:
    """A detector and what it offers; give it to ``with`` to have it closed.

    Parameters
    ----------
    raw
        The detector itself; for whoever calls it without any check, above all where calls are timed.

    Examples
    --------
    >>> from framejudge.detectors.opening import open_detector
    >>> with open_detector(find("canny")) as canny:                      # doctest: +SKIP
    ...     framed = canny.predict(image) >= canny.threshold
    """

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._loaded = False

    def __enter__(self) -> OpenedDetector:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loaded:
            self.close()

    def has(self, member: str) -> bool:
        """Whether it has a method of this name."""
        return callable(getattr(self.raw, member, None))

    def load(self) -> None:
        """Have the detector load what it needs; to be called before any prediction."""
        if self.has("load"):
            self.raw.load()
        self._loaded = True

    def close(self) -> None:
        """Have the detector give back what it holds."""
        if self.has("close"):
            self.raw.close()

    @property
    def takes_batches(self) -> bool:
        """Whether it scores several images in one call."""
        return self.has("predict_batch")

    @property
    def has_stages(self) -> bool:
        """Whether its prediction is made of two stages, ``prepare`` and ``infer``."""
        return self.has("prepare") and self.has("infer")

    @property
    def locates(self) -> bool:
        """Whether it says where the content inside a frame is."""
        return self.has("locate")

    @property
    def explains(self) -> bool:
        """Whether it says why."""
        return self.has("explain")

    @property
    def own_threshold(self) -> float | None:
        """The threshold that it brings, None where it brings none; a `WrongAnswerError` outside [0, 1]."""
        threshold = getattr(self.raw, "threshold", None)
        if threshold is None:
            return None
        value = float(threshold)
        if not 0 <= value <= 1:
            raise WrongAnswerError(f"its threshold {value} is outside [0, 1]")
        return value

    @property
    def threshold(self) -> float:
        """The score at and above which it means framed: its own threshold, or the default."""
        from framejudge.detectors.protocol import DEFAULT_THRESHOLD

        own = self.own_threshold
        return DEFAULT_THRESHOLD if own is None else own

    def predict(self, image: Image) -> float:
        """Return a score in [0, 1].

        Raises
        ------
        WrongAnswerError
            When it is none. Whatever else the detector raises goes through, here and below.
        """
        return checked_score(self.raw.predict(image))

    def predict_staged(self, image: Image) -> Any:
        """Return what both stages give, unchecked."""
        return self.raw.infer(self.raw.prepare(image))

    def predict_batch(self, images: Sequence[Image]) -> npt.NDArray[np.float64]:
        """Return n scores, unchecked, shape (n,); a `WrongAnswerError` where they are not one an image."""
        found = self.raw.predict_batch(images)
        wanted = f"one float in [0, 1] for each of {len(images)} images, in their order"
        try:
            scores = np.asarray(found, dtype=np.float64)
        except (TypeError, ValueError):
            raise WrongAnswerError(
                f"predict_batch returned {_shortly(found)}; it has to return {wanted}"
            ) from None
        if scores.shape != (len(images),):
            raise WrongAnswerError(f"predict_batch returned shape {scores.shape}; it has to return {wanted}")
        return scores

    def locate(self, image: Image) -> tuple[int, int, int, int] | None:
        """Return the content box (left, top, right, bottom) in pixels; None where the picture has none.

        Raises
        ------
        WrongAnswerError
            When it is no box, or not inside the image.
        """
        box = self.raw.locate(image)
        return None if box is None else _checked_box(box, image)

    def explain(self, image: Image) -> Explanation:
        """Return why the image has its score."""
        explanation: Explanation = self.raw.explain(image)
        return explanation

    def timed_call(self) -> Callable[[Image], Any]:
        """Return the unchecked call whose time counts: both stages where there are two."""
        if self.has_stages:
            return self.predict_staged
        predict: Callable[[Image], Any] = self.raw.predict
        return predict


def checked_score(score: Any, of: str = "predict") -> float:
    """Return a score as a number.

    Parameters
    ----------
    of
        The method that gave it.

    Raises
    ------
    WrongAnswerError
        Where it is no number, NaN or outside [0, 1]; the text says what to return.
    """
    if isinstance(score, str | bytes) or score is None or np.ndim(score):
        raise WrongAnswerError(f"{of} returned {_shortly(score)}; it has to return a float in [0, 1]")
    try:
        value = float(score)
    except (TypeError, ValueError):
        raise WrongAnswerError(
            f"{of} returned {_shortly(score)}; it has to return a float in [0, 1]"
        ) from None
    if not 0 <= value <= 1:
        raise WrongAnswerError(f"its score {value} is outside [0, 1]")
    return value


def _shortly(value: Any) -> str:
    """Return a value in a few words."""
    if value is None:
        return "None"
    kind = type(value).__name__
    if np.ndim(value):
        return f"{kind} of shape {np.shape(value)}"
    return f"{kind} {one_line(repr(value))[:80]}" if isinstance(value, str | bytes) else kind


def describe(problem: BaseException) -> str:
    """Return an exception in one line; a wrong answer and an input error of ours speak for themselves.

    Nothing that a detector raises makes this fail, and no text of it is longer than `MAX_TEXT`.
    """
    kind = one_line(type(problem).__name__)
    try:
        text = one_line(str(problem))
    except BaseException as another:
        return f"{kind}, which cannot say what it means: its __str__ raised {type(another).__name__}"
    if kind in ("InputError", "WrongAnswerError"):
        return text
    return one_line(f"{kind}: {text}" if text else kind)


def describe_with_place(problem: BaseException) -> str:
    """Return an exception in one line, with the file and line of somebody's code that it came from."""
    place = where_raised(problem)
    return describe(problem) + (f" ({place})" if place else "")


def where_raised(problem: BaseException) -> str:
    """Return the file and line of somebody's code that an exception came from; empty where there is none.

    It is the innermost frame outside of framejudge, and of installed packages where there is one.
    """
    if isinstance(problem, SyntaxError) and problem.filename:
        return f"{problem.filename}:{problem.lineno}"
    theirs = installed = ""
    trace = problem.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix and "framejudge" not in file.parts:
            place = f"{file}:{trace.tb_lineno}"
            if any(file.is_relative_to(folder) for folder in _INSTALLED):
                installed = place
            else:
                theirs = place
        trace = trace.tb_next
    return theirs or installed


def one_line(text: str) -> str:
    """Return a text in one line of at most `MAX_TEXT` characters, control characters written as escapes."""
    line = " ".join(text[: 2 * MAX_TEXT].split())
    if not line.isprintable():
        line = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
    if len(line) <= MAX_TEXT and len(text) <= 2 * MAX_TEXT:
        return line
    return f"{line[: MAX_TEXT - len(CUT)]}{CUT}"


def _checked_box(box: Any, image: Image) -> tuple[int, int, int, int]:
    sides = np.array(tuple(box), dtype=np.float64)
    if sides.shape != (4,) or not np.isfinite(sides).all():
        raise WrongAnswerError(f"locate returned {box!r}, not four sides in pixels")
    left, top, right, bottom = sides
    height, width = image.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise WrongAnswerError(
            f"its box {left:g},{top:g}-{right:g},{bottom:g} is not inside {width}x{height}"
        )
    left, top, right, bottom = np.rint(sides).astype(int).tolist()
    return left, top, right, bottom
