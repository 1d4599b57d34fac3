"""How often the headline names a winner: a bounded version of tests/benchmarks/decision_study.py."""

from __future__ import annotations

import numpy as np
import pytest
from made.columns import made_columns

from framejudge.bench.decide.sample_size import design_effect, images_for_difference
from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.run import Request
from framejudge.bench.run.columns import Answers
from framejudge.reports.text.decision import decide

SETS = 40
DISAGREEMENT, CORRELATION = 0.12, 0.3


def named(random: np.random.Generator, images: int, size: int, difference: float) -> str:
    """Return the headline of two detectors, of which `a` is better by the difference."""
    count = -(-images // size)
    chances = [(DISAGREEMENT - difference) / 2, 1 - DISAGREEMENT, (DISAGREEMENT + difference) / 2]
    own, of_group = (random.choice(3, (count, k), p=chances) for k in (size, 1))
    follows = random.random((count, size)) < (CORRELATION if size > 1 else 0) ** 0.5
    outcome = np.where(follows, of_group, own).ravel()
    framed = np.arange(len(outcome)) % 2 == 0
    answers = [
        Answers(name, np.where(framed == right, 0.9, 0.1))
        for name, right in (("a", outcome >= 1), ("b", outcome <= 1))
    ]
    measured = Measured(
        name="simulated", generated=False, images_fingerprint="", labels_fingerprint="", performances={}
    )
    columns = made_columns(framed, *answers, a_group=size)
    return decide(assess(columns, measured, Request(detectors=["a", "b"]))).headline


@pytest.mark.parametrize("size", [1, 4])
def test_a_winner_is_named_where_there_is_one(size: int) -> None:
    """Of 40 equally good pairs at most 2 are expected, 7 has a chance of 1 in 300; of real ones 32."""
    random = np.random.default_rng(size)
    images = images_for_difference(0.06, DISAGREEMENT, effect=design_effect(size, CORRELATION))
    assert images is not None
    equal = [named(random, images, size, 0.0) for _ in range(SETS)]
    apart = [named(random, images, size, 0.06) for _ in range(SETS)]
    assert sum("most accurate" in said for said in equal) <= 7
    assert sum(said == "a is the most accurate." for said in apart) >= 22
    assert not any(said.startswith("b is") for said in apart)
    others = [said for said in equal + apart if "most accurate" not in said]
    assert all("cannot be told apart by accuracy" in said and "images" in said for said in others)
