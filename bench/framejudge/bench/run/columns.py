"""The per-image table in memory: what detectors said of a set's images, as columns.

Everything that looks at scores starts from `Columns`: judging a fresh run or a stored one, comparing, gating,
history, reports. A column is a numpy array or an Arrow array; there is no Python object per image.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

FRAMED, PLAIN, UNLABELLED = 1, 0, -1
LABELS = {"framed": FRAMED, "plain": PLAIN}
LABEL_NAMES = {code: name for name, code in LABELS.items()}

DEFAULT_THRESHOLD = 0.5
"""For a detector that brings no threshold of its own."""

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

BoxArray = npt.NDArray[np.float64]
"""Shape (n, 4): left, top, right, bottom in pixels, half-open; NaN where there is no box."""

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """A column of texts that repeat: ``values[codes[i]]`` is image i's.

    Attributes
    ----------
    codes
        Shape (n,), int32; -1 where an image has none.
    values
        The texts, in ascending order where `of` made them.
    """

    codes: npt.NDArray[np.int32]
    values: pa.StringArray

    @classmethod
    def of(cls, texts: pa.Array | pa.ChunkedArray) -> Categories:
        """Encode texts, shape (n,); null where an image has none."""
        codes, values = encoded(texts)
        order = pc.sort_indices(values).to_numpy()
        rank = np.full(len(values) + 1, -1, dtype=np.int32)
        rank[order] = np.arange(len(values), dtype=np.int32)
        return cls(rank[codes], values.take(pa.array(order)))

    def take(self, positions: Positions) -> Categories:
        """Return the images at some positions; -1 stands for an image without a text."""
        return Categories(_taken(self.codes, positions, -1), self.values)

    def is_in(self, value: str) -> Booleans:
        """Return which images have a text, shape (n,)."""
        code = pc.index(self.values, value).as_py()
        return np.asarray((self.codes == code) & (code >= 0))

    def text(self, image: int) -> str | None:
        """Return an image's text, None where it has none."""
        code = int(self.codes[image])
        return None if code < 0 else str(self.values[code])

    def texts(self) -> pa.StringArray:
        """Return the column of texts, shape (n,)."""
        return self.values.take(pa.array(self.codes, mask=self.codes < 0))


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What one detector said of each image.

    Attributes
    ----------
    name
        As it was asked for.
    scores
        Shape (n,), in [0, 1]; NaN where it gave none.
    threshold
        A score at or above it means framed.
    threshold_source
        ``"tuned"`` where the detector brought its threshold, ``"default"`` where 0.5 was assumed.
    failure
        Why it could not go on while it scored; None where it could.
    errors
        Shape (n,): why a labelled image has no score, null elsewhere. None where no image has such a text.
    boxes
        The content boxes that it found. None for a detector that was not asked for any.
    explanations
        Shape (n,): JSON ``{"text", "lines": [[x0, y0, x1, y1, kind]]}``, null where it was not asked. None
        where no image has one.
    """

    name: str
    scores: Floats
    threshold: float = DEFAULT_THRESHOLD
    threshold_source: Literal["tuned", "default"] = "default"
    failure: str | None = None
    errors: pa.StringArray | None = None
    boxes: BoxArray | None = None
    explanations: pa.StringArray | None = None

    @property
    def scored(self) -> Booleans:
        """Shape (n,): where there is a score."""
        return np.isfinite(self.scores)

    @property
    def says_framed(self) -> Booleans:
        """Shape (n,): where the score reaches the threshold."""
        return np.asarray(self.scores >= self.threshold)

    def take(self, positions: Positions) -> Answers:
        """Return the answers at some positions; -1 stands for an image that has none."""
        return replace(
            self,
            scores=_taken(self.scores, positions, np.nan),
            errors=_taken_texts(self.errors, positions),
            boxes=None if self.boxes is None else _taken(self.boxes, positions, np.nan),
            explanations=_taken_texts(self.explanations, positions),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """A set's images, what is known of each, and what every detector said of it.

    Attributes
    ----------
    paths
        One an image, in the run's order.
    labels
        Shape (n,), int8: `FRAMED`, `PLAIN` or `UNLABELLED`.
    groups
        The source photo of each image.
    sizes
        Shape (n, 2), int32: width and height in pixels; 0 where they are not known.
    true_boxes
        The content boxes of framed images whose labels say so.
    located
        Shape (n,): where detectors were asked for boxes: framed images with a true one, and the plain ones
        beside them. Other labels, given later, do not change it.
    attributes
        The set's further columns by name.
    unreadable
        Shape (n,): why an image could not be decoded, null where it could. None where all could be.
    detectors
        In the run's order.
    """

    paths: pa.StringArray
    labels: npt.NDArray[np.int8]
    groups: Categories
    sizes: npt.NDArray[np.int32]
    true_boxes: BoxArray
    located: Booleans
    attributes: Mapping[str, Categories] = field(default_factory=dict)
    unreadable: pa.StringArray | None = None
    detectors: tuple[Answers, ...] = ()

    @classmethod
    def of_images(
        cls,
        *,
        paths: Iterable[str],
        labels: Iterable[str | None],
        groups: Iterable[str],
        boxes: Mapping[int, Sequence[int]] | None = None,
        attributes: Mapping[str, Iterable[str | None]] | None = None,
    ) -> Columns:
        """Collect what labels say of a set's images, before any detector has seen them.

        Parameters
        ----------
        boxes
            Content boxes (left, top, right, bottom) by position; those of framed images count.
        """
        codes = np.array([LABELS.get(label or "", UNLABELLED) for label in labels], dtype=np.int8)
        true_boxes = np.full((len(codes), 4), np.nan)
        for position, box in (boxes or {}).items():
            if codes[position] == FRAMED:
                true_boxes[position] = box
        return cls(
            paths=pa.array(paths, pa.string()),
            labels=codes,
            groups=Categories.of(pa.array(groups, pa.string())),
            sizes=np.zeros((len(codes), 2), dtype=np.int32),
            true_boxes=true_boxes,
            located=where_located(codes, true_boxes),
            attributes={
                name: Categories.of(pa.array(values, pa.string()))
                for name, values in (attributes or {}).items()
            },
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def labelled(self) -> Booleans:
        """Shape (n,): where somebody has given a label."""
        return np.asarray(self.labels != UNLABELLED)

    @property
    def framed(self) -> Booleans:
        """Shape (n,): where the label is framed."""
        return np.asarray(self.labels == FRAMED)

    @property
    def plain(self) -> Booleans:
        """Shape (n,): where the label is plain."""
        return np.asarray(self.labels == PLAIN)

    @property
    def boxed(self) -> Booleans:
        """Shape (n,): framed images with a true box to compare a detector's with."""
        return np.asarray(self.located & self.framed & np.isfinite(self.true_boxes[:, 0]))

    def path(self, image: int) -> str:
        """Return the path of the image at a position."""
        return str(self.paths[image])

    def detector(self, name: str) -> Answers:
        """Return what the detector of a name said; KeyError where there is none."""
        for answers in self.detectors:
            if answers.name == name:
                return answers
        raise KeyError(name)

    def judged(self, answers: Answers) -> Booleans:
        """Return where an image has a label and a detector's score, shape (n,)."""
        return np.asarray(self.labelled & answers.scored)

    def wrong(self, answers: Answers) -> Booleans:
        """Return where a detector's answer differs from the label, shape (n,)."""
        return np.asarray(self.judged(answers) & (answers.says_framed != self.framed))

    def errors_of(self, answers: Answers) -> dict[int, str]:
        """Return why a detector gave no score of images that could be read, by position.

        A detector that failed gave none from then on; those images are not listed.
        """
        nobody_s = by_position(self.unreadable)
        return {
            position: why
            for position, why in by_position(answers.errors).items()
            if position not in nobody_s and why != answers.failure
        }

    def positions_of(self, paths: pa.StringArray) -> Positions:
        """Return where images stand, by path, shape (m,); -1 for one that is not among these."""
        found = pc.fill_null(pc.index_in(paths, value_set=self.paths), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)

    def take(self, positions: Positions) -> Columns:
        """Return the images at some positions, in their order; -1 stands for one that is not among these."""
        return replace(
            self,
            paths=self.paths.take(pa.array(positions, mask=positions < 0)),
            labels=_taken(self.labels, positions, UNLABELLED),
            groups=self.groups.take(positions),
            sizes=_taken(self.sizes, positions, 0),
            true_boxes=_taken(self.true_boxes, positions, np.nan),
            located=_taken(self.located, positions, False),
            attributes={name: column.take(positions) for name, column in self.attributes.items()},
            unreadable=_taken_texts(self.unreadable, positions),
            detectors=tuple(answers.take(positions) for answers in self.detectors),
        )

    def by_path(self) -> Columns:
        """Return the images in ascending order of their paths."""
        return self.take(pc.sort_indices(self.paths).to_numpy().astype(np.int64))

    def only(self, images: Booleans) -> Columns:
        """Return the same images of which none but some, shape (n,), count as labelled."""
        return replace(self, labels=np.where(images, self.labels, UNLABELLED).astype(np.int8))

    def relabelled(self, labels: Columns) -> Columns:
        """Return the same answers beside the labels, groups, boxes and attributes of another table.

        Parameters
        ----------
        labels
            Of the same images in the same order.
        """
        return replace(labels, sizes=self.sizes, unreadable=self.unreadable, located=self.located).answered(
            self.detectors
        )

    def answered(self, detectors: Iterable[Answers]) -> Columns:
        """Return the same images with these detectors' answers."""
        return replace(self, detectors=tuple(detectors))


def by_position(texts: pa.StringArray | None) -> dict[int, str]:
    """Return the texts of a column that few images have one in."""
    if texts is None:
        return {}
    positions = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
    return dict(zip(positions.tolist(), texts.take(pa.array(positions)).to_pylist(), strict=True))


def texts_at(texts: Mapping[int, str], images: int) -> pa.StringArray | None:
    """Return texts by position as a column of a number of images; None where there are no texts."""
    if not texts:
        return None
    where = np.full(images, -1, dtype=np.int64)
    where[list(texts)] = np.arange(len(texts))
    return pa.array(texts.values(), pa.string()).take(pa.array(where, mask=where < 0))


def encoded(texts: pa.Array | pa.ChunkedArray) -> tuple[Positions, pa.StringArray]:
    """Return each text's position among the distinct ones, -1 for null, and these as they first occur."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    found = whole.dictionary_encode()
    codes = pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), found.dictionary


def where_located(labels: npt.NDArray[np.int8], true_boxes: BoxArray) -> Booleans:
    """Return the images that a detector is asked for boxes of, shape (n,); none without a true box."""
    framed = np.isfinite(true_boxes[:, 0])
    return np.asarray(framed | ((labels == PLAIN) & framed.any()))


def _taken(values: npt.NDArray[Number], positions: Positions, missing: float) -> npt.NDArray[Number]:
    """Return values at positions; ``missing`` where a position is -1."""
    found = np.full((len(positions), *values.shape[1:]), missing, dtype=values.dtype)
    there = positions >= 0
    found[there] = values[positions[there]]
    return found


def _taken_texts(texts: pa.StringArray | None, positions: Positions) -> pa.StringArray | None:
    return None if texts is None else texts.take(pa.array(positions, mask=positions < 0))
