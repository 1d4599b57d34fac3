"""What a detector says of images: scores, content boxes, explanations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING

import numpy as np

from .opened import WrongAnswerError, checked_score, describe

if TYPE_CHECKING:
    import numpy.typing as npt

    from .installed import Image
    from .opened import OpenedDetector


def predict_all(
    detector: OpenedDetector, images: Sequence[Image]
) -> tuple[list[float | str], str | None, int]:
    """Return a score for each image or why it has none, why the batch was not used, and the nanoseconds."""
    start = perf_counter_ns()
    batch_failure = None
    if images and detector.takes_batches:
        try:
            values = detector.predict_batch(images)
            return [_score_or_reason(value) for value in values], None, perf_counter_ns() - start
        except Exception as problem:
            # One bad image fails a whole batch; called one by one, the others keep their scores.
            batch_failure = describe(problem)
    start = perf_counter_ns()
    scores = [_predict(detector, image) for image in images]
    return scores, batch_failure, perf_counter_ns() - start


def _predict(detector: OpenedDetector, image: Image) -> float | str:
    try:
        return detector.predict(image)
    except Exception as problem:
        return describe(problem)


def _score_or_reason(score: float) -> float | str:
    try:
        return checked_score(score)
    except WrongAnswerError as problem:
        return str(problem)


def locate_all(
    detector: OpenedDetector,
    images: Mapping[int, Image],
    scores: npt.NDArray[np.float64],
    wanted: Sequence[int],
) -> tuple[npt.NDArray[np.int32], str | None]:
    """Locate the wanted images that are judged framed.

    Returns
    -------
    boxes
        Shape (n, 4), in pixels, -1 where there is none.
    failure
        Why the first failed call did; None where none failed.
    """
    boxes = np.full((len(scores), 4), -1, dtype=np.int32)
    failure = None
    framed = scores >= detector.threshold
    for k in wanted:
        if not framed[k]:
            continue
        try:
            box = detector.locate(images[k])
            if box is not None:
                boxes[k] = box
        except Exception as problem:
            failure = failure or describe(problem)
    return boxes, failure


def explain(detector: OpenedDetector, image: Image | None) -> str | None:
    """Return an explanation as JSON, None where there is none."""
    if image is None:
        return None
    try:
        explanation = detector.explain(image)
        lines = [[line.x0, line.y0, line.x1, line.y1, line.kind] for line in explanation.lines]
        return json.dumps({"text": explanation.text, "lines": lines}, allow_nan=False)
    except Exception:  # an explanation is a help for the reader and decides nothing
        return None
