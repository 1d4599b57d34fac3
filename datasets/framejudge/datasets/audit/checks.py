"""The checks: each a function from what is known about a set to what is wrong with it.

None of them opens a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import PIL.Image

from framejudge.datasets.audit.facts import FileFacts
from framejudge.datasets.audit.findings import Finding
from framejudge.datasets.codes import Severity
from framejudge.datasets.images.near_duplicates import look_alike
from framejudge.datasets.images.perceptual_hash import NEAR_DUPLICATE_BITS
from framejudge.datasets.table.sample import LABELS, Sample

TINY_SIDE_PX = 32
HUGE_SIDE_PX = 4096
SPLIT_COLUMNS = ("split", "fold", "left_out", "bucket")
"""Attributes that are taken for the parts of a split."""

SMALL_SHARE = 0.2
"""A class below this share of the labelled images is worth a warning."""

_SAME_FORMAT = {"MPO": "JPEG"}
"""A camera's JPEG with previews behind it is still a JPEG."""


def unreadable(facts: Iterable[FileFacts]) -> Iterator[Finding]:
    """Files that are not there, and files that are no picture or not a whole one."""
    for fact in facts:
        if fact.missing:
            suggestion = "put the file there, or remove its row"
            absent = fact.problem in (None, "no such file")
            what = "the table lists it, but there is no such file" if absent else f"it is {fact.problem}"
            yield Finding(fact.path, "missing-file", Severity.ERROR, what, suggestion)
        elif fact.problem:
            yield Finding(fact.path, "unreadable", Severity.ERROR, fact.problem, "replace or remove it")


def wrong_extension(facts: Iterable[FileFacts]) -> Iterator[Finding]:
    """Files whose name promises another format than they have."""
    PIL.Image.init()
    known = PIL.Image.registered_extensions()
    for fact in facts:
        if not fact.readable:
            continue
        found = _SAME_FORMAT.get(fact.header.format, fact.header.format)
        suffix = PurePosixPath(fact.path).suffix
        if known.get(suffix.lower()) != found:
            message = (
                f"its contents are {found}, its name ends in {suffix!r}"
                if suffix
                else f"a {found} without an extension"
            )
            yield Finding(fact.path, "wrong-extension", Severity.WARNING, message, "rename it")


def odd_size(facts: Iterable[FileFacts]) -> Iterator[Finding]:
    """Pictures too small to show a frame, or far larger than any thumbnail."""
    for fact in facts:
        size = f"{fact.width} x {fact.height} pixels"
        if fact.readable and min(fact.width, fact.height) < TINY_SIDE_PX:
            yield Finding(fact.path, "tiny", Severity.WARNING, size, "remove it, or get it in its full size")
        elif fact.readable and max(fact.width, fact.height) > HUGE_SIDE_PX:
            yield Finding(
                fact.path, "huge", Severity.WARNING, size, "store it at the size that the shop shows"
            )


def animated(facts: Iterable[FileFacts]) -> Iterator[Finding]:
    """Animations, of which detectors see the first frame only."""
    for fact in facts:
        if fact.header.animated:
            message = f"an animated {fact.header.format}: detectors see its first frame only"
            yield Finding(fact.path, "animated", Severity.WARNING, message, "store the frame that is meant")


def unlisted(listed: Collection[str], found: Iterable[str]) -> Iterator[Finding]:
    """Images in the folder that the labels table does not name."""
    known = set(listed)
    for path in sorted(set(found) - known):
        yield Finding(
            path,
            "unlisted",
            Severity.WARNING,
            "in the folder, but not in the labels table",
            "add a row, or remove the file",
        )


def class_balance(samples: Sequence[Sample]) -> Iterator[Finding]:
    """How many images each class has, and how many nobody has decided."""
    counts = Counter(sample.label for sample in samples)
    labelled = counts["framed"] + counts["plain"]
    if counts[None]:
        message = f"{counts[None]:,} of {len(samples):,} images have no label: they are kept, never scored"
        yield Finding(
            "", "unlabelled", Severity.NOTE, message, "label them, for example with `bench dataset review`"
        )
    if not labelled:
        return
    message = f"{counts['framed']:,} framed, {counts['plain']:,} plain"
    smaller = min(LABELS, key=lambda label: counts[label])
    share = counts[smaller] / labelled
    if share == 0:
        suggestion = f"a set without {smaller} images has no ROC curve and no balanced accuracy"
        yield Finding("", "class-balance", Severity.NOTE, message, suggestion)
    elif share < SMALL_SHARE:
        suggestion = (
            f"accuracy alone says little here: find more {smaller} images, or read the balanced accuracy"
        )
        yield Finding("", "class-balance", Severity.WARNING, f"{message}: {share:.1%} {smaller}", suggestion)
    else:
        yield Finding("", "class-balance", Severity.NOTE, f"{message}: {share:.1%} {smaller}")


def content_boxes(samples: Sequence[Sample], facts: Mapping[str, FileFacts]) -> Iterator[Finding]:
    """Content boxes that leave their picture, or that contradict the label."""
    for sample in samples:
        box, fact = sample.content_box, facts[sample.path]
        if box is None or not fact.readable:
            continue
        box_text = f"the content box {', '.join(map(str, box))}"
        if box.right > fact.width or box.bottom > fact.height:
            message = f"{box_text} reaches outside its {fact.width} x {fact.height} pixels"
            yield Finding(sample.path, "content-box", Severity.ERROR, message, "correct the box")
        elif sample.label == "framed" and tuple(box) == (0, 0, fact.width, fact.height):
            message = f"labelled framed, but {box_text} is the whole picture"
            yield Finding(
                sample.path, "content-box", Severity.WARNING, message, "correct the box or the label"
            )


def duplicates(
    samples: Sequence[Sample], facts: Mapping[str, FileFacts], max_bits: int = NEAR_DUPLICATE_BITS
) -> Iterator[Finding]:
    """The same pixels twice, and pictures that look the same without being of one group.

    Images of one group may look the same: a frame of few pixels around a photo changes its looks little.
    """
    ordered = sorted(samples, key=lambda sample: sample.path)
    for first, other in _pairs(ordered, [facts[sample.path].digest or None for sample in ordered]):
        if first.label and other.label and first.label != other.label:
            message = f"labelled {other.label}, with the same pixels as {first.path}, labelled {first.label}"
            yield Finding(
                other.path,
                "contradiction",
                Severity.ERROR,
                message,
                "keep one of them, with the right label",
                first.path,
            )
        else:
            message = f"the same pixels as {first.path}"
            yield Finding(other.path, "duplicate", Severity.WARNING, message, "keep one of them", first.path)
    for first, other in _pairs(ordered, _clusters(ordered, facts, max_bits)):
        same_pixels = facts[first.path].digest == facts[other.path].digest
        if same_pixels or first.group == other.group:
            continue
        suggestion = f"give both the group {first.group!r}, or keep one of them"
        if first.label and other.label and first.label != other.label:
            message = f"labelled {other.label}, but looks like {first.path}, labelled {first.label}"
            yield Finding(
                other.path,
                "near-contradiction",
                Severity.WARNING,
                message,
                f"check both labels; {suggestion}",
                first.path,
            )
        else:
            yield Finding(
                other.path,
                "near-duplicate",
                Severity.WARNING,
                f"looks like {first.path}",
                suggestion,
                first.path,
            )


def parted(
    samples: Sequence[Sample],
    facts: Mapping[str, FileFacts],
    columns: Iterable[str] = SPLIT_COLUMNS,
    max_bits: int = NEAR_DUPLICATE_BITS,
) -> Iterator[Finding]:
    """One photo, or near-duplicates of it, in several parts of a split: what is tested was trained on."""
    ordered = sorted(samples, key=lambda sample: sample.path)
    looks = _clusters(ordered, facts, max_bits)
    for column in columns:
        reported: set[str] = set()
        of_column = [sample.attributes.get(column) for sample in ordered]
        for why, keys in (
            ("the same group", [sample.group for sample in ordered]),
            ("looks the same", looks),
        ):
            for first, other in _pairs(ordered, keys, of_column):
                if other.path in reported:
                    continue
                reported.add(other.path)
                message = (
                    f"{column} {other.attributes[column]!r}, while {first.path} ({why}) "
                    f"is in {first.attributes[column]!r}"
                )
                suggestion = f"bench dataset split --column {column} --force"
                yield Finding(other.path, "parted", Severity.ERROR, message, suggestion, first.path)


def not_scored(facts: Iterable[FileFacts]) -> Iterator[Finding]:
    """Pictures that the detector failed on, so that nobody doubted their labels."""
    for fact in facts:
        if fact.score_problem:
            yield Finding(fact.path, "not-scored", Severity.WARNING, fact.score_problem, "mend the detector")


def _clusters(ordered: Sequence[Sample], facts: Mapping[str, FileFacts], max_bits: int) -> list[int]:
    clusters: list[int] = look_alike([facts[sample.path].looks for sample in ordered], max_bits).tolist()
    return clusters


def _pairs(
    samples: Sequence[Sample],
    keys: Sequence[object],
    parts: Sequence[str | None] | None = None,
) -> Iterator[tuple[Sample, Sample]]:
    """Yield (first, other) for each further sample with the key of a first one; None keys match nothing.

    With parts, only pairs in different parts; a sample without a part is in none.
    """
    first_of: dict[object, int] = {}
    for index, (sample, key) in enumerate(zip(samples, keys, strict=True)):
        part = parts[index] if parts is not None else None
        if key is None or (parts is not None and not part):
            continue
        first = first_of.setdefault(key, index)
        if first != index and (parts is None or parts[first] != part):
            yield samples[first], sample
