"""Plans of the timing pass: balanced turns, and a few long ones for a schedule."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.timing.plan import BLOCK_CALLS, SERVED_IMAGES, plan_schedule, plan_turns


@given(
    detectors=st.integers(1, 5),
    images=st.integers(1, 300),
    calls=st.integers(1, 700),
    seed=st.integers(0, 2**32),
)
def test_a_plan_is_balanced(detectors: int, images: int, calls: int, seed: int) -> None:
    names = [f"detector {k}" for k in range(detectors)]
    plan = plan_turns(names, range(images), calls, seed)
    assert np.concatenate(plan.blocks).tolist() == list(range(calls)) and len(plan.images) == calls
    assert len(plan.orders) == len(plan.blocks)
    assert all(len(block) <= BLOCK_CALLS for block in plan.blocks)
    assert max(map(len, plan.blocks)) - min(map(len, plan.blocks)) <= 1
    assert all(sorted(order) == names for order in plan.orders)
    for forth, back in zip(plan.orders[::2], plan.orders[1::2], strict=False):
        assert back == forth[::-1]
    uses = Counter(plan.images.tolist())
    assert max(uses.values()) - (min(uses.values()) if len(uses) == images else 0) <= 1


def test_a_plan_follows_from_its_seed() -> None:
    first, again, other = (plan_turns(["a", "b", "c"], range(40), 200, seed) for seed in (1, 1, 2))
    assert first.images.tolist() == again.images.tolist() and first.orders == again.orders
    assert first.images.tolist() != other.images.tolist()


def test_a_schedule_is_planned_in_a_few_turns_there_and_back() -> None:
    plan = plan_schedule(["a", "b", "c"], range(300), 450, seed=1)
    assert [len(block) for block in plan.blocks] == [113, 113, 112, 112]
    assert plan.orders[1] == plan.orders[0][::-1] and plan.orders[3] == plan.orders[2][::-1]
    for block in plan.blocks:
        pool = plan.images[block][:SERVED_IMAGES]
        assert len(set(pool.tolist())) == SERVED_IMAGES
        assert plan.images[block][SERVED_IMAGES:].tolist() == pool[: len(block) - SERVED_IMAGES].tolist()
