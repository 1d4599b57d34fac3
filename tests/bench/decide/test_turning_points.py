"""Where another choice becomes the cheapest: by hand, and beside costs at every prevalence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.decide.cheapest import RateDraws
from framejudge.bench.decide.turning_points import Choice, envelope, turning_points

WITHOUT = [Choice("none", 1.0, 0.0), Choice("all", 0.0, 1.0)]


def points_of(choices, prevalence=0.03, cost_miss=5.0, cost_false_alarm=1.0, spread=0.0):
    random = np.random.default_rng(0)
    misses, alarms = (
        np.clip([[one[k] for one in choices]] + spread * random.normal(size=(400, len(choices))), 1e-6, 1)
        for k in (1, 2)
    )
    return turning_points(
        [*choices, *WITHOUT],
        RateDraws(misses, alarms),
        prevalence=prevalence,
        cost_miss=cost_miss,
        cost_false_alarm=cost_false_alarm,
    )


def test_two_detectors_by_hand():
    """a misses 20 % with 1 % false alarms, b 5 % with 4 %: equal where 0.15 * 5 p = 0.03 * (1 - p)."""
    points = points_of([Choice("a", 0.2, 0.01), Choice("b", 0.05, 0.04)])
    assert [(one.below, one.above) for one in points] == [("none", "a"), ("a", "b"), ("b", "all")]
    crossing = points[1]
    assert crossing.prevalence.value == pytest.approx(0.03 / (0.75 + 0.03))
    # At 3 % framed images: 0.15 * 0.03 * ratio = 0.03 * 0.97.
    assert crossing.cost_ratio.value == pytest.approx(0.03 * 0.97 / (0.15 * 0.03))
    assert crossing.prevalence.low == pytest.approx(crossing.prevalence.value)


def test_a_detector_that_is_worse_on_both_never_wins():
    points = points_of([Choice("a", 0.2, 0.05), Choice("b", 0.1, 0.04)])
    assert [(one.below, one.above) for one in points] == [("none", "b"), ("b", "all")]


def test_the_interval_of_a_crossing_holds_it_and_may_have_no_upper_end():
    (_, crossing, _) = points_of([Choice("a", 0.2, 0.01), Choice("b", 0.05, 0.04)], spread=0.005)
    assert crossing.prevalence.low < crossing.prevalence.value < crossing.prevalence.high
    crossing = points_of([Choice("a", 0.1, 0.05), Choice("b", 0.09, 0.06)], spread=0.01)[1]
    assert (crossing.below, crossing.above, crossing.prevalence.high) == ("a", "b", 1)
    assert crossing.cost_ratio.high is None
    assert "never" in crossing.cost_ratio.reason


def test_without_a_cost_on_one_side_nothing_turns():
    assert points_of([Choice("a", 0.2, 0.01)], cost_false_alarm=0) == []


rates = st.floats(0.001, 0.5)


@given(choices=st.lists(st.tuples(rates, rates), min_size=1, max_size=5), odds=st.floats(0.001, 1000))
def test_the_envelope_is_the_lowest_line_at_any_odds(choices, odds):
    named = [Choice(str(k), *pair) for k, pair in enumerate(choices)] + WITHOUT
    order = envelope(named)
    lowest = min(one.false_alarm_rate + odds * one.miss_rate for one in named)
    assert min(named[k].false_alarm_rate + odds * named[k].miss_rate for k in order) == pytest.approx(lowest)
    misses = [named[k].miss_rate for k in order]
    assert misses == sorted(misses, reverse=True)
