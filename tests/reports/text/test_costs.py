"""A decision by costs in words: each way in which it can end, and the same sentence everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made.review_run import write_review_run

from framejudge.bench import api
from framejudge.bench.cli.terminal.decision import print_decision
from framejudge.bench.decide.terms import DecisionTable
from framejudge.bench.run import Figure, Run
from framejudge.bench.run.decision.costs import CostDecision, DetectorCost
from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.reports.page.report import render
from framejudge.reports.text.costs import cost_headline, cost_notes, cost_table
from framejudge.reports.text.decision import decide
from framejudge.reports.text.markdown import render_markdown

TERMS = DecisionTerms(cost_miss=5, cost_false_alarm=1)
TIMED = replace(TERMS, latency_budget_ms=5.0)


def detector(name: str, cost: float, **fields: object) -> DetectorCost:
    figure = Figure(value=cost, low=0.8 * cost, high=1.3 * cost, n=1000)
    return DetectorCost(detector=name, cost=figure, cheapest=0.976, **fields)  # type: ignore[arg-type]


def decision(**fields: object) -> CostDecision:
    start = CostDecision(
        terms=TERMS,
        prevalence=0.03,
        prevalence_given=True,
        verdict="ship",
        choice="canny",
        runner_up="cnn",
        machine="Some CPU, 2 cores",
        images=1000,
        call_none=150.0,
        call_all=970.0,
        detectors=[detector("canny", 40.0), detector("cnn", 50.0)],
    )
    return replace(start, **fields)  # type: ignore[arg-type]


def test_a_known_choice() -> None:
    assert cost_headline(decision()) == (
        "Ship canny: it costs 40.0 per 1,000 images (32.0 to 52.0), and is the cheapest with a "
        "probability of 98 %."
    )


def test_mistakes_that_count_the_same_are_counted() -> None:
    assert "it makes 40.0 mistakes per 1,000 images" in cost_headline(decision(terms=DecisionTerms()))


def test_too_close_to_call() -> None:
    assert cost_headline(decision(verdict="too close", images_to_tell=3_381)) == (
        "Too close to call: canny costs 40.0 per 1,000 images, cnn 50.0. canny is the cheapest with a "
        "probability of 98 %; about 3,400 images would tell."
    )


def test_one_detector_is_not_recommended_against_nobody() -> None:
    alone = decision(verdict="only one", detectors=[detector("canny", 40.0)])
    assert cost_headline(alone) == "canny costs 40.0 per 1,000 images (32.0 to 52.0)."


def test_no_detector_pays() -> None:
    assert cost_headline(decision(verdict="none pays", call_none=20.0)) == (
        "Ship none: calling no image framed costs 20.0 per 1,000 images, and the cheapest detector, canny, "
        "40.0 (32.0 to 52.0)."
    )


def test_doing_without_one_may_be_as_good() -> None:
    assert cost_headline(decision(verdict="may not pay", call_none=45.0)) == (
        "It is not clear that a detector pays: calling no image framed costs 45.0 per 1,000 images, the "
        "cheapest detector, canny, 40.0 (32.0 to 52.0)."
    )


def test_no_detector_is_in_time() -> None:
    slow = detector("canny", 40.0, budget="broken", latency_ms=Figure(value=8.1, low=7.9, high=8.4))
    assert cost_headline(decision(terms=TIMED, verdict="none in time", choice=None, detectors=[slow])) == (
        "No detector keeps the latency budget of 5 ms: canny has a p99 of 8.10 ms (7.90 to 8.40 ms)."
    )


def test_a_budget_that_an_interval_straddles_is_said_with_the_machine() -> None:
    unclear = detector("canny", 40.0, budget="unclear", latency_ms=Figure(value=4.9, low=4.7, high=5.3))
    kept = detector("cnn", 50.0, budget="kept", latency_ms=Figure(value=1.0, low=0.9, high=1.1))
    found = decision(terms=TIMED, detectors=[unclear, kept])
    assert cost_headline(found).endswith("; whether it keeps the latency budget is not clear.")
    notes = cost_notes(found)
    assert "The cheapest that surely keeps the budget is cnn (50.0)." in notes
    assert (
        "Whether canny keeps the budget of 5 ms is not clear on Some CPU, 2 cores: p99 of 4.90 ms "
        "(4.70 to 5.30 ms)." in notes
    )


def test_what_would_cost_less_and_is_too_slow() -> None:
    slow = detector("cnn", 30.0, budget="broken", latency_ms=Figure(value=8.1, low=7.9, high=8.4))
    notes = cost_notes(decision(terms=TIMED, detectors=[detector("canny", 40.0, budget="kept"), slow]))
    assert any(note.startswith("cnn would cost less (30.0), but breaks the budget of 5 ms") for note in notes)


def test_costs_that_cannot_be_weighed() -> None:
    nothing = decision(verdict="cannot say", choice=None, detectors=[], reason="no image has a label")
    assert cost_headline(nothing) == "What mistakes cost cannot be weighed: no image has a label."
    assert cost_table(nothing).rows == []


def test_the_sets_own_share_is_said() -> None:
    assert "give your shop's share with --prevalence" in cost_notes(decision(prevalence_given=False))[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = write_review_run(tmp_path_factory.mktemp("costs") / "run", images=200, detectors=3)
    return api.decide(
        place, DecisionTable(cost_miss=5, cost_false_alarm=1, prevalence=0.03, latency_budget=5)
    )


def test_report_markdown_and_terminal_say_the_same_sentence(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    said = decide(run.results)
    print_decision(run.results)
    terminal = capsys.readouterr().out
    page, markdown = render(run), render_markdown(run)
    assert said.headline.startswith(("Ship ", "Too close to call"))
    for sentence in (said.headline, *said.notes):
        assert sentence in terminal
        assert sentence in re.sub(r"\\\\(.)", r"\\1", markdown)
        assert sentence.replace("'", "&#39;") in page
    assert 'id="costs"' in page and "Expected cost by the share of framed images" in page


def test_without_costs_the_terminal_says_the_reports_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run.open(write_review_run(tmp_path / "run", images=100))
    print_decision(run.results)
    assert capsys.readouterr().out.strip() == decide(run.results).headline
    assert 'id="costs"' not in render(run)
