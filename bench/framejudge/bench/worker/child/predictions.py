"""What a detector says of images: scores, content boxes, explanations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from .marker import Marker, Stage
from .opened import OpenedDetector, WrongAnswerError, checked_score, describe, one_line
from .tracebacks import Tracebacks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .installed import Image

MAX_LINES = 1_000
MAX_WORDS = 10_000
"""Lines and characters of an explanation: a reader looks at it beside the picture."""

MAX_EXPLANATION = 2**18
"""Characters of its JSON."""


@dataclass
class Predictions:
    """What a detector said of images.

    Attributes
    ----------
    scores
        By the images' positions.
    errors
        Why an image has no score, by position.
    starved
        The positions where memory ran out.
    batch_failure
        Why the batch was not used, if it was not.
    nanoseconds
        What the detector took.
    """

    scores: dict[int, float] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    starved: list[int] = field(default_factory=list)
    batch_failure: str | None = None
    nanoseconds: int = 0


SAME_SCORE = 0.02
"""A batch may round otherwise than a single image, and no more."""

SAMPLE = 4
"""Images of a process's first batch that are scored alone, too: their order shows."""


@dataclass(slots=True)
class Judge:
    """A detector that is asked about images; the marker knows which one it is at.

    Whatever the detector raises is an error of that image, ``SystemExit`` and ``KeyboardInterrupt`` too: the
    worker's terminal is nobody's.
    """

    detector: OpenedDetector
    marker: Marker
    tracebacks: Tracebacks
    batches_are_right: bool | None = None

    def predict_all(self, images: Mapping[int, Image], *, batch: bool) -> Predictions:
        """Score images, by position; in one call where the detector takes batches and ``batch`` is true."""
        found = Predictions()
        start = perf_counter_ns()
        if batch and images and self.detector.takes_batches and self.batches_are_right is not False:
            try:
                self.marker.begin(Stage.BATCH)
                values = self.detector.predict_batch(list(images.values()))
                found.nanoseconds = perf_counter_ns() - start
                if self.batches_are_right is None:
                    self._compare_with_single(images, dict(zip(images, values.tolist(), strict=True)))
                for k, value in zip(images, values, strict=True):
                    self._note(found, k, value, "predict_batch")
                return found
            except BaseException as problem:
                # One bad image fails a whole batch; called one by one, the others keep their scores.
                self.marker.begin(Stage.IDLE)
                self.tracebacks.add(problem)
                found = Predictions(batch_failure=describe(problem))
        start = perf_counter_ns()
        for k, image in images.items():
            self._predict(found, k, image)
        found.nanoseconds = perf_counter_ns() - start
        return found

    def _compare_with_single(self, images: Mapping[int, Image], values: Mapping[int, float]) -> None:
        """Refuse a batch whose scores are not those of its images alone, by a sample: a wrong order, say."""
        by_score = sorted(values, key=values.__getitem__)
        for k in {by_score[len(by_score) * part // SAMPLE] for part in range(SAMPLE)} | {by_score[-1]}:
            self.marker.begin(Stage.PREDICT, k)
            try:
                alone = checked_score(self.detector.raw.predict(images[k]))
            except BaseException:
                self.marker.begin(Stage.IDLE)
                continue  # it is told where the image is scored alone
            if abs(alone - values[k]) > SAME_SCORE:
                self.batches_are_right = False
                raise WrongAnswerError(
                    f"predict_batch gives {values[k]:.4f} where predict gives {alone:.4f}; it has to return "
                    "the scores in the order of the images"
                )
        self.batches_are_right = True

    def _predict(self, found: Predictions, k: int, image: Image) -> None:
        try:
            self.marker.begin(Stage.PREDICT, k)
            score = self.detector.raw.predict(image)
            self._note(found, k, score, "predict")
        except BaseException as problem:
            self.marker.begin(Stage.IDLE)  # a copy of the worker that the detector forked ends here
            self.tracebacks.add(problem, k)
            found.errors[k] = describe(problem)
            if isinstance(problem, MemoryError):
                found.starved.append(k)
        self.marker.begin(Stage.IDLE)

    def _note(self, found: Predictions, k: int, score: Any, of: str) -> None:
        try:
            found.scores[k] = checked_score(score, of)
        except WrongAnswerError as problem:
            found.errors[k] = describe(problem)

    def locate_all(
        self,
        images: Mapping[int, Image],
        scores: npt.NDArray[np.float64],
        wanted: Sequence[int],
        boxes: npt.NDArray[np.int32],
    ) -> str | None:
        """Locate the wanted images that are judged framed.

        Parameters
        ----------
        boxes
            Shape (n, 4), in pixels: gets what is found.

        Returns
        -------
        str or None
            Why the first failed call did; None where none failed.
        """
        failure = None
        framed = scores >= self.detector.threshold
        for k in wanted:
            if not framed[k]:
                continue
            try:
                self.marker.begin(Stage.LOCATE, k)
                box = self.detector.locate(images[k])
                if box is not None:
                    boxes[k] = box
            except BaseException as problem:
                self.marker.begin(Stage.IDLE)
                self.tracebacks.add(problem, k)
                failure = failure or describe(problem)
        self.marker.begin(Stage.IDLE)
        return failure

    def explain(self, position: int, image: Image | None) -> tuple[str | None, str | None]:
        """Return an explanation as JSON, and why there is none; None for neither."""
        if image is None:
            return None, None
        try:
            self.marker.begin(Stage.EXPLAIN, position)
            text = explanation_json(self.detector.explain(image))
        except BaseException as problem:
            self.marker.begin(Stage.IDLE)
            self.tracebacks.add(problem, position)
            return None, describe(problem)
        self.marker.begin(Stage.IDLE)
        return text, None


def explanation_json(explanation: Any) -> str:
    """Return an explanation as the report reads it."""
    lines = [
        [float(line.x0), float(line.y0), float(line.x1), float(line.y1), one_line(str(line.kind))]
        for line in explanation.lines[:MAX_LINES]
    ]
    text = json.dumps({"text": str(explanation.text)[:MAX_WORDS], "lines": lines}, allow_nan=False)
    if len(text) > MAX_EXPLANATION:
        raise WrongAnswerError("explain returned more than anybody reads")
    return text
