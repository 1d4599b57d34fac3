"""The scoring pass: how much a worker gets at once."""

from __future__ import annotations

import numpy as np
import pytest

from framejudge.bench.engine.scoring import BLOCK_IMAGES, FIRST_BLOCK_IMAGES, next_block_size


@pytest.mark.parametrize(
    ("sizes", "block"),
    [
        ([(300, 300)] * 8, BLOCK_IMAGES),
        ([(4096, 4096)] * 8, 4),
        ([(30_000, 30_000)] * 8, 1),  # more pixels than 32 bits count
        ([(2048, 2048), (-1, -1), (2048, 2048)], 16),
        ([(-1, -1)], FIRST_BLOCK_IMAGES),
    ],
)
def test_a_block_of_large_images_is_smaller(sizes: list[tuple[int, int]], block: int) -> None:
    assert next_block_size(np.array(sizes, dtype=np.int32)) == block
