"""A block of images decoded and scored, as many at once as fit into the memory that is meant for pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import decoding
from .commands import Score, Scored
from .decoding import Decoded
from .marker import Marker
from .predictions import Judge, Predictions
from .slots import SlotReader


def score_block(judge: Judge, marker: Marker, command: Score) -> Scored:
    """Decode the images of a block and have each scored, and located where that is wanted."""
    images = len(command.paths)
    scores = np.full(images, np.nan)
    boxes = np.full((images, 4), -1, dtype=np.int32)
    slot = None if command.slot is None else SlotReader(command.slot, command.places)
    seen: list[Decoded] = []
    digests: list[str | None] = []
    said: list[Predictions] = []
    locate_failure = None
    for chunk in [range(images)] if slot else decoding.chunks(command.paths, marker):
        if slot:
            decoded = [decoding.in_memory(image) for image in slot.images()]
        else:
            decoded = decoding.decode_all(command.paths, command.decode_threads, marker, chunk)
        pixels = {k: one.image for k, one in zip(chunk, decoded, strict=True) if one.image is not None}
        digests += decoding.digests(decoded) if command.digests else []
        said.append(judge.predict_all(pixels, batch=command.batch))
        scores[list(said[-1].scores)] = list(said[-1].scores.values())
        wanted = [k for k in command.locate if k in pixels]
        failure = judge.locate_all(pixels, scores, wanted, boxes)
        locate_failure = locate_failure or failure
        seen += [one.without_pixels() for one in decoded]
        del pixels, decoded
    if slot:
        slot.close()
    starved = decoding.starved(seen)
    errors = {k: seen[k].error for k in starved}
    for one in said:
        errors |= one.errors
    return Scored(
        unreadable=[one.unreadable for one in seen],
        errors=[errors.get(k) for k in range(images)],
        digests=digests if command.digests else None,
        nanoseconds=sum(one.nanoseconds for one in said),
        batch_failure=_first([one.batch_failure for one in said]),
        locate_failure=locate_failure,
        scores=scores,
        sizes=decoding.sizes(seen),
        boxes=boxes,
        starved=[*starved, *(k for one in said for k in one.starved)],
        tracebacks=judge.tracebacks.take(),
    )


def _first(texts: Sequence[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)
