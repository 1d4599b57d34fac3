"""How a labelled set is cut into blocks, and how blocks are dealt to shards: by numbers alone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framejudge.bench.run.columns import Columns
from framejudge.datasets.errors import InputError

BLOCK_IMAGES = 64
"""Rows of a block: block k is the rows from 64 k on. A killed run has lost at most the blocks in flight."""

BATCH_PIXELS = 2**24
"""Pixels that lie in memory together of one block, at most: 48 MiB; a larger image lies alone."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Every ``count``-th block of a set, from the ``number``-th on.

    Attributes
    ----------
    number
        From 1 to ``count``.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``"3/16"``.

        Raises
        ------
        InputError
            For anything else, or a number outside 1 to the count.
        """
        found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text.strip())
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.count:
            what = f"{text!r} is no shard"
            raise InputError(what, where="--shard", fix="give its number and their count, from 1/16 to 16/16")
        return shard

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def holds(self, block: int) -> bool:
        """Whether a block belongs to this shard."""
        return block % self.count == self.number - 1


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive rows of a labelled set.

    Attributes
    ----------
    number
        From 0.
    rows
        Which rows of the set.
    key
        Hash of what is scored of it: paths, which of them are labelled, and which are to be located.
    """

    number: int
    rows: slice
    key: str

    def __len__(self) -> int:
        return int(self.rows.stop - self.rows.start)


def plan_blocks(columns: Columns, shard: Shard | None = None) -> list[Block]:
    """Cut a set into blocks; those of one shard only, where it is given."""
    return [block for block in _all_blocks(columns) if shard is None or shard.holds(block.number)]


def _all_blocks(columns: Columns) -> Iterator[Block]:
    flags = columns.labelled.astype(np.uint8) + 2 * columns.located.astype(np.uint8)
    for number, start in enumerate(range(0, len(columns), BLOCK_IMAGES)):
        rows = slice(start, min(start + BLOCK_IMAGES, len(columns)))
        content = [columns.paths[rows.start : rows.stop].to_pylist(), flags[rows].tolist()]
        key = hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest()[:16]
        yield Block(number, rows, key)


def batches(sizes: npt.NDArray[np.int32], most: int = BLOCK_IMAGES) -> Iterator[Sequence[int]]:
    """Yield positions in order, as many together as `BATCH_PIXELS` and ``most`` allow, and one at least.

    Parameters
    ----------
    sizes
        Shape (n, 2): width and height in pixels, not above 0 where they are not known.
    """
    batch: list[int] = []
    pixels = 0
    for position, own in enumerate(np.maximum(sizes, 0).astype(np.int64).prod(axis=1).tolist()):
        if batch and (len(batch) == most or pixels + own > BATCH_PIXELS):
            yield batch
            batch, pixels = [], 0
        batch.append(position)
        pixels += own
    if batch:
        yield batch
