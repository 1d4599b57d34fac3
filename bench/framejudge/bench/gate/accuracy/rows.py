"""What one detector said about each image of a stored run, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from framejudge.bench.engine.scoring import Scores
from framejudge.bench.figures.quality import Truth
from framejudge.bench.run import Run
from framejudge.bench.run.tables import ATTRIBUTE_PREFIX
from framejudge.bench.statistics.interval import Booleans


@dataclass(frozen=True, slots=True)
class Rows:
    """A detector's rows of predictions.parquet in the order of paths; each shape (n,).

    ``scores`` holds NaN where there is no score; ``labels`` an empty text where nobody decided.
    """

    paths: npt.NDArray[np.str_]
    labels: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]
    scores: npt.NDArray[np.float64]
    threshold: float
    slice_values: npt.NDArray[np.str_] | None

    @classmethod
    def of(cls, run: Run, detector: str, attribute: str | None = None) -> Rows:
        """Read a detector's rows, with one attribute where it is asked for and there."""
        table = run.predictions.filter(pc.equal(run.predictions["detector"], detector)).sort_by("path")
        column = None if attribute is None else f"{ATTRIBUTE_PREFIX}{attribute}"
        known = column is not None and column in table.column_names
        return cls(
            paths=_texts(table["path"].to_pylist()),
            labels=_texts(table["label"].to_pylist()),
            groups=_texts(table["group"].to_pylist()),
            scores=np.array(
                [np.nan if one is None else one for one in table["score"].to_pylist()], dtype=float
            ),
            threshold=run.results.detectors[detector].threshold,
            slice_values=_texts(table[column].to_pylist()) if known else None,
        )

    @property
    def framed(self) -> Booleans:
        """True for framed; False for plain, and where nobody decided."""
        return np.asarray(self.labels == "framed", dtype=np.bool_)

    def members(self, metric: str, value: str | None) -> Booleans:
        """Return which images a metric is about: labelled, of the slice, of the class.

        ``value`` is that of the attribute that the rows were read with; None for all images.
        """
        chosen = np.asarray(self.labels != "", dtype=np.bool_)
        if value is not None:
            chosen &= self.slice_values == value if self.slice_values is not None else False
        if metric == "recall":
            chosen &= self.framed
        elif metric == "specificity":
            chosen &= ~self.framed
        return chosen

    def right(self, framed: Booleans) -> Booleans:
        """Return where the detector agrees with the labels; an image without a score is not right."""
        called = np.asarray(self.scores >= self.threshold, dtype=np.bool_)
        return np.asarray(np.isfinite(self.scores) & (called == framed), dtype=np.bool_)

    def judged(self, members: Booleans) -> tuple[Truth, Scores]:
        """Return the chosen images as `framejudge.bench.figures.quality` takes them."""
        truth = Truth(
            decided=members,
            framed=self.framed,
            groups=np.unique(self.groups, return_inverse=True)[1].astype(np.int64),
            attributes={},
        )
        return truth, Scores(self.scores, threshold=self.threshold)


def split_slice(text: str | None) -> tuple[str | None, str | None]:
    """Return the attribute and the value of ``attribute=value``."""
    if text is None:
        return None, None
    name, _, value = text.partition("=")
    return name, value


def _texts(values: Sequence[str | None]) -> npt.NDArray[np.str_]:
    return np.array([one or "" for one in values], dtype=str)
