"""Who calls what when: balanced turns on the same images, in the closed loop and by a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

BLOCK_CALLS = 25
"""Calls of one detector before the next one has its turn: short against whatever slows a machine down."""

MAX_CALLS = 200_000
"""However long the calls are to go on, there are no more: their times must fit into memory."""

OPEN_LOOP_TURNS = 4

SERVED_IMAGES = 100
"""Different images of a turn of the open loop: decoded beforehand, they lie in memory together."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who calls what when.

    Attributes
    ----------
    images
        Which image each call gets, shape (calls,).
    blocks
        Positions into ``images``, block by block.
    orders
        Names in the order of their turns, for each block: A B, B A, B A, A B, ...
    """

    images: npt.NDArray[np.int64]
    blocks: Sequence[npt.NDArray[np.int64]]
    orders: Sequence[Sequence[str]]


def plan_turns(names: Sequence[str], images: Sequence[int], calls: int, seed: int) -> Plan:
    """Plan balanced, shuffled turns: every order is followed by its reverse, on images in random order.

    Every image comes up once before any comes up again.
    """
    random = np.random.default_rng(seed)
    rounds = [random.permutation(images) for _ in range(ceil(calls / len(images)))]
    pairs_of_blocks = ceil(calls / (2 * BLOCK_CALLS))
    blocks = [block for block in np.array_split(np.arange(calls), 2 * pairs_of_blocks) if len(block)]
    orders: list[list[str]] = []
    for _ in range(pairs_of_blocks):
        forth = [names[k] for k in random.permutation(len(names))]
        orders += [forth, forth[::-1]]
    return Plan(np.concatenate(rounds)[:calls], blocks, orders[: len(blocks)])


def plan_schedule(names: Sequence[str], images: Sequence[int], calls: int, seed: int) -> Plan:
    """Plan a few long turns for the open loop: a queue needs time; A B B A as in `plan_turns`.

    A turn goes round a pool of up to `SERVED_IMAGES` images, chosen anew for each.
    """
    random = np.random.default_rng(seed)
    blocks = [block for block in np.array_split(np.arange(calls), OPEN_LOOP_TURNS) if len(block)]
    planned = []
    orders: list[list[str]] = []
    for number, block in enumerate(blocks):
        pool = random.permutation(images)[:SERVED_IMAGES]
        planned.append(np.resize(pool, len(block)))
        orders.append(orders[-1][::-1] if number % 2 else [names[k] for k in random.permutation(len(names))])
    return Plan(np.concatenate(planned), blocks, orders)
