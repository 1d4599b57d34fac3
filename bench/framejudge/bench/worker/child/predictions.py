"""What a detector says of images: scores, content boxes, explanations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from .checks import checked_batch, checked_box, checked_score, checked_threshold, describe
from .installed import default_threshold

if TYPE_CHECKING:
    import numpy.typing as npt

    from .installed import Image


def predict_all(detector: Any, images: Sequence[Image]) -> tuple[list[float | str], str | None, int]:
    """Return a score for each image or why it has none, why the batch was not used, and the nanoseconds."""
    start = perf_counter_ns()
    batch_failure = None
    if images and hasattr(detector, "predict_batch"):
        try:
            values = checked_batch(detector.predict_batch(images), len(images))
            return [checked_score(value) for value in values], None, perf_counter_ns() - start
        except Exception as problem:
            # One bad image fails a whole batch; called one by one, the others keep their scores.
            batch_failure = describe(problem)
    start = perf_counter_ns()
    scores = [_predict(detector, image) for image in images]
    return scores, batch_failure, perf_counter_ns() - start


def _predict(detector: Any, image: Image) -> float | str:
    try:
        return checked_score(detector.predict(image))
    except Exception as problem:
        return describe(problem)


def locate_all(
    detector: Any, images: Mapping[int, Image], scores: npt.NDArray[np.float64], wanted: Sequence[int]
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
    threshold = checked_threshold(detector)
    framed = scores >= (default_threshold() if threshold is None else threshold)
    for k in wanted:
        if not framed[k]:
            continue
        try:
            box = detector.locate(images[k])
            if box is not None:
                boxes[k] = checked_box(box, images[k])
        except Exception as problem:
            failure = failure or describe(problem)
    return boxes, failure


def explain(detector: Any, image: Image | None) -> str | None:
    """Return an explanation as JSON, None where there is none."""
    if image is None:
        return None
    try:
        explanation = detector.explain(image)
        lines = [[line.x0, line.y0, line.x1, line.y1, line.kind] for line in explanation.lines]
        return json.dumps({"text": explanation.text, "lines": lines}, allow_nan=False)
    except Exception:  # an explanation is a help for the reader and decides nothing
        return None
