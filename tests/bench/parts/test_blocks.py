"""Blocks need nothing but numbers, and shards have none in common."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.parts.blocks import BATCH_PIXELS, BLOCK_IMAGES, Shard, batches, plan_blocks
from framejudge.bench.run.columns import Columns
from framejudge.datasets.errors import InputError


def columns(images: int, labels: str = "framed", boxes: bool = False) -> Columns:
    return Columns.of_images(
        paths=[f"{k}.png" for k in range(images)],
        labels=[labels] * images,
        groups=map(str, range(images)),
        boxes=dict.fromkeys(range(images), (0, 0, 1, 1)) if boxes else None,
    )


@given(images=st.integers(0, 400), count=st.integers(1, 9))
def test_the_shards_of_a_set_hold_each_of_its_blocks_once(images: int, count: int) -> None:
    whole = plan_blocks(columns(images))
    dealt = [block for k in range(count) for block in plan_blocks(columns(images), Shard(k + 1, count))]
    assert sorted(dealt, key=lambda block: block.number) == whole
    assert [row for block in whole for row in range(images)[block.rows]] == list(range(images))
    assert all(len(block) == BLOCK_IMAGES for block in whole[:-1])


def test_a_block_is_known_by_what_is_scored_of_it() -> None:
    (block,), (same,) = plan_blocks(columns(3)), plan_blocks(columns(3))
    others = [columns(2), columns(3, labels=""), columns(3, boxes=True)]
    assert block == same
    assert len({block.key, *(plan_blocks(one)[0].key for one in others)}) == 4
    assert plan_blocks(columns(3))[0].key == plan_blocks(columns(3, labels="plain"))[0].key  # judged later


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "-1/4", "1/0", "a/b", "1/4/2", "1.0/4"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no shard"):
        Shard.parse(text)
    assert str(Shard.parse(" 3/16 ")) == "3/16"


@given(st.lists(st.tuples(st.integers(-1, 9000), st.integers(-1, 9000)), max_size=200))
def test_batches_hold_every_image_once_and_no_more_pixels_than_allowed(sizes: list[tuple[int, int]]) -> None:
    shapes = np.array(sizes, dtype=np.int32).reshape(-1, 2)
    found = list(batches(shapes))
    assert [k for batch in found for k in batch] == list(range(len(sizes)))
    for batch in found:
        pixels = sum(max(0, sizes[k][0]) * max(0, sizes[k][1]) for k in batch)
        assert len(batch) <= BLOCK_IMAGES and (pixels <= BATCH_PIXELS or len(batch) == 1)
