"""Which detector to ship, for each way in which a run can end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made.columns import made_columns
from made.run import edit_results, failed, write_run

from framejudge.bench import api
from framejudge.bench.decide.deciding import decide_by_cost
from framejudge.bench.decide.terms import DecisionTable
from framejudge.bench.figures.quality import assess_detector
from framejudge.bench.run import Figure, Latency, Request, Run
from framejudge.bench.run.columns import Answers, Columns
from framejudge.bench.run.decision.costs import CALL_NONE
from framejudge.bench.run.decision.terms import DecisionTerms

TERMS = DecisionTerms(cost_miss=5, cost_false_alarm=1)


def answers(name: str, framed: np.ndarray, misses: int, alarms: int) -> Answers:
    """Return a detector that is wrong on the first so many images of each class."""
    wrong = np.zeros(len(framed), dtype=bool)
    wrong[np.flatnonzero(framed)[:misses]] = True
    wrong[np.flatnonzero(~framed)[:alarms]] = True
    return Answers(name, np.where(framed ^ wrong, 0.9, 0.1))


def half(images: int = 1_000) -> np.ndarray:
    return np.arange(images) % 2 == 0


def decided(columns: Columns, terms=TERMS, prevalence=0.03, latencies=None):
    detectors = {one.name: assess_detector(columns, one) for one in columns.detectors}
    for name, figure in (latencies or {}).items():
        latency = Latency(
            calls=500,
            threads=1,
            arrivals="closed loop",
            **dict.fromkeys(("p50", "p90", "p95", "p99", "p99_9"), figure),
        )
        detectors[name] = replace(detectors[name], latency_ms=latency)
    request = Request(detectors=list(detectors), prevalence=prevalence, decision=terms)
    return decide_by_cost(columns, detectors, request, {"cpu": "Some CPU", "cores_available": 2})


def test_the_cost_by_hand():
    framed = half()
    found = decided(made_columns(framed, answers("a", framed, 50, 10), answers("b", framed, 10, 100)))
    costs = {one.detector: one.cost.value for one in found.detectors}
    assert costs["a"] == pytest.approx(1000 * (0.03 * 5 * 0.1 + 0.97 * 0.02))
    assert costs["b"] == pytest.approx(1000 * (0.03 * 5 * 0.02 + 0.97 * 0.2))
    assert (found.verdict, found.choice, found.runner_up) == ("ship", "a", "b")
    assert found.saving.value == pytest.approx(costs["b"] - costs["a"])
    assert found.saving.low > 0
    assert (found.call_none, found.call_all) == (pytest.approx(150), pytest.approx(970))
    assert sum(one.cheapest for one in found.detectors) == pytest.approx(1)


def test_another_prevalence_turns_it_round_where_it_was_said_to():
    framed = half()
    columns = made_columns(framed, answers("a", framed, 50, 10), answers("b", framed, 10, 100))
    (point,) = [one for one in decided(columns).turning_points if (one.below, one.above) == ("a", "b")]
    share = point.prevalence.value
    assert decided(columns, prevalence=share * 0.9).choice == "a"
    assert decided(columns, prevalence=share * 1.1).choice == "b"
    ratio = point.cost_ratio.value
    assert decided(columns, terms=replace(TERMS, cost_miss=ratio * 0.9)).choice == "a"
    assert decided(columns, terms=replace(TERMS, cost_miss=ratio * 1.1)).choice == "b"


def test_too_close_says_how_many_images_would_tell():
    framed = half()
    found = decided(made_columns(framed, answers("a", framed, 30, 20), answers("b", framed, 31, 21)))
    assert found.verdict == "too close"
    assert found.images_to_tell > 1_000


def test_equal_detectors_are_too_close_and_no_number_tells():
    framed = half()
    found = decided(made_columns(framed, answers("a", framed, 30, 20), answers("b", framed, 30, 20)))
    assert (found.verdict, found.images_to_tell) == ("too close", None)


def test_of_equal_costs_the_faster_one_is_chosen():
    framed = half()
    columns = made_columns(framed, answers("a", framed, 30, 20), answers("b", framed, 30, 20))
    times = {"a": Figure(value=3.0, low=2.9, high=3.1), "b": Figure(value=1.0, low=0.9, high=1.1)}
    assert decided(columns, latencies=times).choice == "b"


def test_without_terms_there_is_no_decision():
    assert decided(made_columns(half(), answers("a", half(), 1, 1)), terms=None) is None


def test_without_a_prevalence_it_is_the_sets_own():
    framed = half()
    found = decided(made_columns(framed, answers("a", framed, 50, 10)), prevalence=None)
    assert (found.prevalence, found.prevalence_given, found.verdict) == (0.5, False, "only one")
    assert found.detectors[0].cheapest is None


def test_none_pays_where_false_alarms_cost_more_than_all_frames_are_worth():
    framed = half()
    found = decided(made_columns(framed, answers("a", framed, 50, 100)), prevalence=0.001)
    assert (found.verdict, found.turning_points[0].below) == ("none pays", CALL_NONE)


def test_whether_a_detector_pays_may_not_be_clear():
    framed = half(200)
    columns = made_columns(framed, answers("a", framed, 10, 3), answers("b", framed, 12, 20))
    found = decided(columns, prevalence=0.007)
    assert found.verdict == "may not pay"
    assert 0.05 < found.pays < 0.95


@pytest.mark.parametrize(
    ("low", "high", "budget"), [(1.0, 4.9, "kept"), (4.0, 6.0, "unclear"), (5.1, 6.0, "broken")]
)
def test_a_budget_is_judged_by_the_whole_interval(low, high, budget):
    framed = half()
    columns = made_columns(framed, answers("a", framed, 10, 10), answers("b", framed, 50, 100))
    terms = replace(TERMS, latency_budget_ms=5.0)
    times = {
        "a": Figure(value=(low + high) / 2, low=low, high=high),
        "b": Figure(value=1.0, low=0.9, high=1.1),
    }
    found = decided(columns, terms, latencies=times)
    assert [one.budget for one in found.detectors] == [budget, "kept"]
    assert found.choice == ("b" if budget == "broken" else "a")
    assert found.machine == "Some CPU, 2 cores"


def test_too_few_calls_leave_a_bound_or_nothing():
    framed = half()
    columns = made_columns(framed, answers("a", framed, 10, 10), answers("b", framed, 50, 100))
    terms = replace(TERMS, latency_budget_ms=5.0)
    bound = Figure(value=None, high=4.0, reason="p99 needs 368 calls, and there are 300")
    found = decided(columns, terms, latencies={"a": bound})
    assert [one.budget for one in found.detectors] == ["kept", "unclear"]
    assert found.detectors[1].latency_ms.reason == "not timed"


def test_nobody_in_time():
    framed = half()
    slow = {"a": Figure(value=9.0, low=8.0, high=10.0)}
    terms = replace(TERMS, latency_budget_ms=5.0)
    found = decided(made_columns(framed, answers("a", framed, 1, 1)), terms, latencies=slow)
    assert (found.verdict, found.choice) == ("none in time", None)


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (["framed"] * 4, "no plain image"),
        (["plain"] * 4, "no framed image"),
        ([None] * 4, "no image has a label"),
    ],
)
def test_sets_without_a_class(labels, why):
    found = decided(made_columns(labels, Answers("a", np.full(4, 0.9))))
    assert found.verdict == "cannot say" and why in found.reason


def test_failed_detectors_and_missing_scores():
    framed = half()
    lost = answers("b", framed, 50, 100)
    lost = replace(lost, scores=np.where(np.arange(1_000) < 100, np.nan, lost.scores))
    columns = made_columns(framed, answers("a", framed, 60, 60), lost, failed("c", 1_000, "gone"))
    found = decided(columns)
    assert [one.detector for one in found.detectors] == ["a", "b"]
    assert found.images == 900
    nobody = made_columns(framed, failed("c", 1_000, "gone"))
    assert decided(nobody).reason == "no detector finished"
    nothing = replace(lost, scores=np.full(1_000, np.nan))
    assert "score of every detector" in decided(made_columns(framed, nothing)).reason


def test_a_detector_without_a_mistake():
    framed = half(100)
    found = decided(made_columns(framed, answers("a", framed, 0, 0), answers("b", framed, 1, 0)))
    assert found.choice == "a"
    assert found.verdict == "too close"
    assert found.detectors[0].cost.high > 0


def test_images_of_one_group_have_no_interval_and_are_not_refused():
    framed = half(8)
    found = decided(made_columns(framed, answers("a", framed, 1, 0), answers("b", framed, 2, 0), a_group=8))
    assert found.choice == "a"
    assert found.detectors[0].cost.low is None
    assert found.images_to_tell is None


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    framed = half()
    columns = made_columns(framed, answers("a", framed, 50, 10), answers("b", framed, 10, 100))
    return write_run(tmp_path / "run", columns)


def test_a_stored_run_is_weighed_and_keeps_what_was_given(stored: Path):
    before = Run.open(stored)
    assert before.results.decision is None
    after = api.decide(stored, DecisionTable(cost_miss=5, cost_false_alarm=1, prevalence=0.03))
    assert after.results.decision.choice == "a"
    assert after.manifest.request.decision == TERMS
    assert after.manifest.request.prevalence == 0.03
    assert after.results.detectors["a"].recall == before.results.detectors["a"].recall
    assert after.results.detectors["a"].accuracy != before.results.detectors["a"].accuracy
    again = api.decide(stored, DecisionTable(prevalence=0.5))
    assert again.results.decision.terms == TERMS
    assert again.results.decision.choice == "b"


def test_other_figures_of_a_stored_run_stay(stored: Path):
    edit_results(stored, warnings=["the machine was busy"])
    after = api.decide(stored, DecisionTable(latency_budget=5))
    assert after.results.warnings == ["the machine was busy"]
    assert after.results.decision.terms == DecisionTerms(latency_budget_ms=5.0)
