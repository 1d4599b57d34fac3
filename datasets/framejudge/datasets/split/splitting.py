"""Divide a labelled set so that what belongs together stays together.

The unit is the bundle: images of one group and near-duplicates of them, which never part. Every splitter
takes the images' bundles, in an order that does not depend on the labels table's (`Units` sorts by path),
and returns the name of a part for each image.
"""

from __future__ import annotations

import difflib
import math
import warnings
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.near_duplicates import bundles
from framejudge.datasets.table.sample import Dataset, Sample

UNLABELLED = "unlabelled"
"""Stands for the missing label: unlabelled images are spread evenly too, as a class of their own."""


@dataclass(frozen=True, slots=True)
class Units:
    """A set as the splitters see it.

    Attributes
    ----------
    samples
        Sorted by path.
    bundles
        For each sample the index of the first one that it must not be parted from.
    """

    samples: tuple[Sample, ...]
    bundles: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        near_duplicates: Mapping[str, Hashable] | None = None,
    ) -> Units:
        """Bundle a set by group and, where it is given, by the cluster of near-duplicates of each path."""
        samples = tuple(sorted(dataset, key=lambda sample: sample.path))
        groupings: list[list[Hashable]] = [[sample.group for sample in samples]]
        if near_duplicates is not None:
            groupings.append([near_duplicates[sample.path] for sample in samples])
        return cls(samples, bundles(*groupings))

    def __len__(self) -> int:
        return len(self.samples)

    def strata(self, attribute: str | None = None) -> list[tuple[str, ...]]:
        """Return what each image is balanced by: its label, and one attribute beside it if wanted.

        Raises
        ------
        InputError
            When no image has the attribute.
        """
        labels = [sample.label or UNLABELLED for sample in self.samples]
        if attribute is None:
            return [(label,) for label in labels]
        return list(zip(labels, self.attribute(attribute), strict=True))

    def attribute(self, name: str) -> list[str]:
        """Return an attribute of each image, empty where it has none.

        Raises
        ------
        InputError
            When no image has it.
        """
        names = sorted({name for sample in self.samples for name in sample.attributes})
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise InputError(
                f"no image has the attribute {name!r}", fix=f"{hint}there are: {', '.join(names) or 'none'}"
            )
        return [sample.attributes.get(name, "") for sample in self.samples]


def parse_shares(text: str) -> dict[str, float]:
    """Return the parts that a text such as ``train=0.7,validation=0.15,test=0.15`` names, in its order.

    Raises
    ------
    InputError
        When a share is no number above 0, a name is empty or stands twice, or the shares do not add up to 1.
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        try:
            share = float(number)
        except ValueError:
            share = math.nan
        if not name or not equals or not 0 < share <= 1:
            raise InputError(
                f"{part.strip()!r} is no share", where="--shares", fix="for example train=0.7,test=0.3"
            )
        if name in shares:
            raise InputError(f"the part {name!r} stands twice", where="--shares", fix="name each once")
        shares[name] = share
    if not math.isclose(sum(shares.values()), 1, abs_tol=1e-6):
        raise InputError(f"the shares add up to {sum(shares.values()):g}", where="--shares", fix="make it 1")
    return shares


def by_share(
    units: Units, strata: Sequence[tuple[str, ...]], shares: Mapping[str, float], seed: int
) -> list[str]:
    """Deal bundles to named parts so that each part gets its share of the images and of each stratum.

    Bundles go, the largest first and equal ones in random order, each to the part where it brings the counts
    of all strata nearest to the wanted ones, as the sum of squared differences in units of the wanted count.
    That is the greedy rule of scikit-learn's ``StratifiedGroupKFold``, which knows equal folds only.

    Raises
    ------
    InputError
        When there are too few bundles for every part to get one.
    """
    rng = np.random.default_rng(seed)
    first, position = np.unique(units.bundles, return_inverse=True)
    _check_enough(len(first), len(shares), len(units))
    counts = _counts(position, len(first), _pooled(strata, min(shares.values())))
    wanted = np.array(list(shares.values()))[:, None] * counts.sum(axis=0)
    shuffled = rng.permutation(len(first))
    order = shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]
    have = np.zeros_like(wanted)
    part_of_bundle = np.empty(len(first), dtype=np.intp)
    for bundle in order:
        growth = (counts[bundle] * (2 * (have - wanted) + counts[bundle]) / wanted).sum(axis=1)
        part_of_bundle[bundle] = np.argmin(growth)
        have[part_of_bundle[bundle]] += counts[bundle]
    names = list(shares)
    parts = [names[index] for index in part_of_bundle[position]]
    _check_none_empty(parts, names, len(first))
    return parts


def in_folds(units: Units, strata: Sequence[tuple[str, ...]], folds: int, seed: int) -> list[str]:
    """Deal bundles to ``folds`` equal parts named 0, 1, ... by scikit-learn's ``StratifiedGroupKFold``.

    Raises
    ------
    InputError
        When there are too few bundles for every fold to get one.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    _check_enough(len(np.unique(units.bundles)), folds, len(units))
    kinds = ["/".join(stratum) for stratum in _pooled(strata, 1 / folds)]
    parts = np.zeros(len(units), dtype=np.intp)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # It warns of a stratum with fewer images than folds; the table of counts shows which.
        warnings.filterwarnings("ignore", "The least populated class")
        try:
            for fold, (_, test) in enumerate(splitter.split(kinds, kinds, groups=units.bundles)):
                parts[test] = fold
        except ValueError:
            what = f"too few images for {folds} folds: {len(units):,}"
            raise InputError(what, where="--folds", fix="ask for fewer folds") from None
    names = [str(fold) for fold in range(folds)]
    named = [names[fold] for fold in parts]
    _check_none_empty(named, names, len(np.unique(units.bundles)))
    return named


def by_attribute(units: Units, name: str) -> list[str]:
    """Return each image's value of an attribute, its bundle's most frequent one, to leave out one at a time.

    A bundle that spans several values (the same photo at two sources) follows the majority; of equal ones
    the first by alphabet.

    Raises
    ------
    InputError
        When an image has no value, or all have the same.
    """
    values = units.attribute(name)
    empty = [sample.path for sample, value in zip(units.samples, values, strict=True) if not value]
    if empty:
        what = f"{len(empty):,} images have no {name!r} (the first: {empty[0]!r})"
        raise InputError(what, where="--leave-out", fix="fill in the column")
    if len(set(values)) < 2:
        what = f"every image has the same {name!r}: {values[0]!r}"
        raise InputError(what, where="--leave-out", fix="name an attribute with several values")
    votes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for bundle, value in zip(units.bundles.tolist(), values, strict=True):
        votes[bundle][value] += 1
    majority = {
        bundle: min(count, key=lambda value: (-count[value], value)) for bundle, count in votes.items()
    }
    return [majority[bundle] for bundle in units.bundles.tolist()]


def by_exam_bucket(units: Units, sha256_by_path: Mapping[str, str]) -> list[str]:
    """Return the exam's bucket of each image, 0 to 9: that of the smallest SHA-256 of its bundle."""
    smallest: dict[int, str] = {}
    bundle_of_each = units.bundles.tolist()
    for bundle, sample in zip(bundle_of_each, units.samples, strict=True):
        digest = sha256_by_path[sample.path]
        smallest[bundle] = min(digest, smallest.get(bundle, digest))
    return [str(exam.bucket(smallest[bundle])) for bundle in bundle_of_each]


def exam_split(photos: Dataset) -> tuple[Units, list[str]]:
    """Bundle a set of photos as the exam does, by `Materials.read`, and return each one's bucket.

    Raises
    ------
    InputError
        When a photo cannot be read, or the folder's manifest.csv lacks it.
    """
    from framejudge.datasets.drawing.materials import Materials

    known = {photo.name: photo for photo in Materials.read(photos.root).photos}
    missing = sorted(sample.path for sample in photos if sample.path not in known)
    if missing:
        what = (
            f"{len(missing):,} images cannot be read or are not in manifest.csv (the first: {missing[0]!r})"
        )
        raise InputError(
            what, where=photos.root, fix="mend them; `bench dataset audit` lists what is unreadable"
        )
    units = Units.of(photos, {name: photo.group for name, photo in known.items()})
    return units, by_exam_bucket(units, {name: photo.sha256 for name, photo in known.items()})


@dataclass(frozen=True, slots=True)
class PartCount:
    """What one part of a split holds."""

    part: str
    images: int
    framed: int
    plain: int
    unlabelled: int
    bundles: int


def count_parts(units: Units, parts: Sequence[str], order: Iterable[str] = ()) -> list[PartCount]:
    """Count what each part holds: first the parts of ``order``, then others by name."""
    names = dict.fromkeys([*order, *sorted(set(parts))])
    labels: dict[str, Counter[str]] = {name: Counter() for name in names}
    found: dict[str, set[int]] = {name: set() for name in names}
    for sample, bundle, part in zip(units.samples, units.bundles.tolist(), parts, strict=True):
        labels[part][sample.label or UNLABELLED] += 1
        found[part].add(bundle)
    return [
        PartCount(name, count.total(), count["framed"], count["plain"], count[UNLABELLED], len(found[name]))
        for name, count in labels.items()
    ]


def _pooled(strata: Sequence[tuple[str, ...]], smallest_share: float) -> list[tuple[str, ...]]:
    """Merge strata too rare for every part to get an image of into one for each label.

    Balanced one by one, a hundred strata of one image each would all end up in the largest part.
    """
    sizes = Counter(strata)
    return [stratum if sizes[stratum] * smallest_share >= 1 else stratum[:1] for stratum in strata]


def _counts(
    position: npt.NDArray[np.intp], bundles: int, strata: Sequence[tuple[str, ...]]
) -> npt.NDArray[np.float64]:
    """Return images per bundle and stratum, shape (bundles, strata + 1); the last column counts all."""
    kinds = {stratum: index for index, stratum in enumerate(sorted(set(strata)))}
    counts = np.zeros((bundles, len(kinds) + 1))
    np.add.at(counts, (position, np.array([kinds[stratum] for stratum in strata])), 1)
    counts[:, -1] = counts.sum(axis=1)
    return counts


def _check_enough(found: int, parts: int, images: int) -> None:
    if found < parts:
        what = f"{images:,} images in {found:,} groups of near-duplicates are too few for {parts} parts"
        raise InputError(what, fix="ask for fewer parts, or collect more images")


def _check_none_empty(parts: Sequence[str], names: Sequence[str], found: int) -> None:
    empty = sorted(set(names) - set(parts))
    if empty:
        what = f"part {empty[0]!r} gets no image: the {found:,} groups of near-duplicates are too uneven"
        raise InputError(what, fix="ask for fewer parts, or fewer near-duplicate bits")
