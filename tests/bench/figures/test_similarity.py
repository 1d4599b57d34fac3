"""Pictures laid out on a plane."""

from __future__ import annotations

import numpy as np

from framejudge.bench.figures.similarity import FEWEST, laid_out


def test_two_kinds_lie_apart_and_always_the_same_way() -> None:
    random = np.random.default_rng(2)
    kind = np.arange(60) % 2
    descriptors = (random.normal(0, 0.1, (60, 20)) + 3 * kind[:, None]).astype(np.float32)
    places = laid_out(descriptors)
    assert places is not None and places.shape == (60, 2)
    assert places.min() == 0 and places.max() == 1
    nearest = [np.argsort(np.linalg.norm(places - place, axis=1))[1] for place in places]
    assert (kind[nearest] == kind).mean() > 0.95
    np.testing.assert_array_equal(places, laid_out(descriptors))


def test_few_pictures_have_no_map_and_equal_ones_lie_on_one_spot() -> None:
    assert laid_out(np.zeros((FEWEST - 1, 5), dtype=np.float32)) is None
    places = laid_out(np.ones((FEWEST, 5), dtype=np.float32))
    assert places is not None and (places == 0.5).all()
