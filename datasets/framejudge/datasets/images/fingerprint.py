"""What a run was measured on, as two hashes: the pixels, and the truth about them.

Both are SHA-256 over an unambiguous text (JSON lines in ASCII, sorted by path), so they are the same
on every platform and do not depend on how the set was stored or in which order it was read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from framejudge.datasets.drawing.picture import Image
    from framejudge.datasets.table.sample import Dataset

UNREADABLE = "unreadable"
"""Stands for the digest of an image that could not be decoded."""


def image_digest(image: Image) -> str:
    """Hash the decoded pixels of one image, shape (H, W, 3), uint8, with its shape.

    The file's own bytes do not matter: the same picture stored losslessly in another format has the
    same digest, and a decoder that returns other pixels gives another one.
    """
    digest = hashlib.sha256("x".join(map(str, image.shape)).encode("ascii") + b"\n")
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()


def images_fingerprint(digests: Iterable[tuple[str, str]]) -> str:
    """Hash (path, digest) pairs; an image that could not be decoded has the digest ``UNREADABLE``."""
    return _hash_lines(sorted(digests))


def labels_fingerprint(dataset: Dataset) -> str:
    """Hash what the figures are judged by: each sample's path, label, group and content box.

    Attributes are left out: they name slices, and adding a column changes no figure over the whole set.
    """
    return _hash_lines(
        [sample.path, sample.label, sample.group, sample.content_box]
        for sample in sorted(dataset, key=lambda sample: sample.path)
    )


def contradictions(labels: Sequence[str | None], digests: Iterable[str | None]) -> list[tuple[int, int]]:
    """Return pairs of images with the same pixels and two labels, by position: the first, and each other one.

    Parameters
    ----------
    labels
        One an image; None where it has none.
    digests
        Of the decoded pixels of each; None or `UNREADABLE` where nobody knows them.
    """
    first: dict[str, int] = {}
    found = []
    for position, (label, digest) in enumerate(zip(labels, digests, strict=True)):
        if digest and digest != UNREADABLE and label:
            before = first.setdefault(digest, position)
            if labels[before] != label:
                found.append((before, position))
    return found


def _hash_lines(values: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for value in values:
        digest.update(json.dumps(value).encode("ascii") + b"\n")
    return digest.hexdigest()
