"""A fixed labelled set at a network's size, split by photo: what the published experiments trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.split.splitting import Units, by_share, in_folds
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.network.model.detector import resize
from framejudge.detectors.network.train.plan import BATCH
from framejudge.detectors.network.train.stream import NO_SIDES, Shard

LEAST_PICTURES = 2 * BATCH
"""Two batches: with fewer, an epoch would be hardly more than one step."""


@dataclass(frozen=True, slots=True)
class LabelledPictures:
    """Pictures of a labelled set, labelled images only, in the order of their paths.

    Attributes
    ----------
    shard
        Pictures, labels and depths of the frames' sides.
    groups
        Source photo of each, (n,) text.
    fingerprint
        SHA-256 over pictures and labels.
    """

    shard: Shard
    groups: npt.NDArray[np.str_]
    fingerprint: str

    def __len__(self) -> int:
        return len(self.groups)

    def part(self, chosen: npt.NDArray[np.bool_]) -> LabelledPictures:
        """Return the pictures at which ``chosen``, (n,), is true."""
        shard = Shard(self.shard.pictures[chosen], self.shard.framed[chosen], self.shard.sides[chosen])
        return LabelledPictures(shard, self.groups[chosen], self.fingerprint)

    @property
    def origin(self) -> Mapping[str, object]:
        """What a model file says of the pictures it was trained on."""
        return {"images": len(self), "pictures_sha256": self.fingerprint}

    @property
    def together(self) -> int:
        """How many pictures in a row belong into one batch: each stands alone."""
        return 1

    def window(self, first: int, length: int, *, ahead: int = 0) -> Sequence[Shard]:
        """Return all pictures, whichever window of a stream is asked for: every epoch sees each once."""
        return [self.shard]


def read_pictures(dataset: Dataset, size_px: int, cache: Path | None = None) -> LabelledPictures:
    """Decode and resize the labelled images of a set.

    ``cache`` is a folder that keeps the result, so that the next training of this size does not decode again.

    Raises
    ------
    InputError
        When the set is too small, or an image cannot be read: a training must not leave images out unsaid.
    """
    samples = sorted((each for each in dataset if each.label is not None), key=lambda each: each.path)
    if len(samples) < LEAST_PICTURES or len({each.label for each in samples}) < 2:
        raise InputError(
            f"{len(samples)} labelled images are too few to train on, or all of one label",
            where=dataset.root,
            fix=f"give at least {LEAST_PICTURES}, framed and plain",
        )
    kept = None if cache is None else cache / f"{size_px}-{_fingerprint_of_files(dataset)}.npz"
    if kept is not None and kept.exists():
        with np.load(kept) as arrays:
            shard = Shard(arrays["pictures"], arrays["framed"], arrays["sides"])
            return LabelledPictures(shard, arrays["groups"], str(arrays["fingerprint"]))
    pictures = np.empty((len(samples), size_px, size_px, 3), np.uint8)
    sides = np.zeros((len(samples), 4), np.float32)
    for row, sample in enumerate(samples):
        image = decode_image(dataset.locate(sample))
        pictures[row] = resize(image, size_px)
        if sample.label == "framed":
            height, width = image.shape[:2]
            box = sample.content_box
            sides[row] = (
                NO_SIDES
                if box is None
                else (box[0] / width, box[1] / height, 1 - box[2] / width, 1 - box[3] / height)
            )
    framed = np.array([each.label == "framed" for each in samples], np.float32)
    groups = np.array([each.group for each in samples])
    fingerprint = hashlib.sha256(pictures.tobytes() + framed.tobytes()).hexdigest()
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with replaced(kept) as draft, draft.open("wb") as stream:
            np.savez(
                stream, pictures=pictures, framed=framed, sides=sides, groups=groups, fingerprint=fingerprint
            )
    return LabelledPictures(Shard(pictures, framed, sides), groups, fingerprint)


def validation_parts(
    dataset: Dataset, *, folds: int | None, share: float, seed: int
) -> list[npt.NDArray[np.bool_]]:
    """Return which pictures validate: one mask a fold, or a single one that holds ``share`` of them.

    All pictures of a photo (of a ``group``) fall on the same side. Masks follow the order of `read_pictures`.

    Raises
    ------
    InputError
        When there are too few photos, or a side of the split lacks a label or is less than a batch.
    """
    labelled = Dataset(
        dataset.name,
        dataset.root,
        tuple(each for each in dataset if each.label is not None),
        dataset.generated,
    )
    units = Units.of(labelled)
    if folds is not None:
        parts = np.array(in_folds(units, units.strata(), folds, seed))
        masks = [parts == str(fold) for fold in range(folds)]
    else:
        parts = np.array(by_share(units, units.strata(), {"train": 1 - share, "validation": share}, seed))
        masks = [parts == "validation"]
    framed = np.array([each.label == "framed" for each in units.samples])
    for validation in masks:
        _check_sides(framed[~validation], framed[validation], dataset)
    return masks


def _check_sides(
    training: npt.NDArray[np.bool_], validation: npt.NDArray[np.bool_], dataset: Dataset
) -> None:
    """Refuse a split with a side of one label; labels of either side, framed or not."""
    for what, framed in (("train on", training), ("validate on", validation)):
        if framed.all() or not framed.any():
            raise InputError(
                f"{len(framed)} images are left to {what}, all of one label",
                where=dataset.root,
                fix="label more of the other, from more photos",
            )
    if len(training) < BATCH:  # not a single step
        raise InputError(
            f"{len(training)} images are left to train on",
            where=dataset.root,
            fix=f"give so many photos that at least {BATCH} are",
        )


def _fingerprint_of_files(dataset: Dataset) -> str:
    """Return a short hash over the set's table, and sizes and times of its files; none is opened."""
    digest = hashlib.sha256()
    for sample in sorted(dataset, key=lambda each: each.path):
        try:
            status = dataset.locate(sample).stat()
        except OSError as problem:
            raise InputError(
                f"cannot be read: {problem.strerror}", where=dataset.locate(sample), fix="correct the set"
            ) from problem
        facts = (sample.path, sample.label, sample.group, sample.content_box)
        digest.update(repr((*facts, status.st_size, status.st_mtime_ns)).encode())
    return digest.hexdigest()[:16]
