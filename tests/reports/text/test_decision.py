"""The decision in words, for every way in which a comparison can end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made.review_run import write_review_run

from framejudge.bench.run import Comparison, Figure, Results, Run
from framejudge.reports.text.decision import decide, oriented


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Run.open(write_review_run(tmp_path_factory.mktemp("two") / "run", images=200)).results


def _compared(results: Results, **figures: Figure) -> Results:
    return replace(results, comparisons=[replace(results.comparisons[0], **figures)])


def test_a_clear_winner_on_each_question(two: Results) -> None:
    clear = _compared(
        two,
        accuracy_difference=Figure(value=-0.1, low=-0.15, high=-0.05, n=200),
        latency_ratio=Figure(value=0.43, low=0.42, high=0.44, n=20),
    )
    decision = decide(clear)
    assert decision.headline == "cnn is the most accurate; canny is the fastest."
    accuracy, _, latency = decision.verdicts
    assert (accuracy.leader, accuracy.clear) == ("cnn", True)
    assert accuracy.duels[0].sentence.startswith("10.0 points ahead of canny (95 % interval 5.0 to 15.0)")
    assert latency.duels[0].sentence == "2.33 times as fast as cnn (95 % interval 2.27 to 2.38)"


def test_an_interval_over_zero_decides_nothing(two: Results) -> None:
    tie = _compared(
        two,
        accuracy_difference=Figure(value=-0.01, low=-0.03, high=0.01, n=200),
        latency_ratio=Figure(value=0.99, low=0.9, high=1.1, n=20),
    )
    decision = decide(tie)
    assert decision.headline == "There is no clear difference in accuracy between cnn and canny."
    assert not decision.verdicts[0].clear
    assert "no clear difference from canny" in decision.verdicts[0].duels[0].sentence


def test_a_figure_without_interval_decides_nothing_and_says_why(two: Results) -> None:
    unsure = _compared(two, accuracy_difference=Figure(value=-0.1, reason="one group only"))
    verdict = decide(unsure).verdicts[0]
    assert not verdict.clear
    assert "one group only" in verdict.duels[0].sentence


def test_one_detector_alone_is_described_and_not_crowned(two: Results) -> None:
    alone = replace(two, detectors={"cnn": two.detectors["cnn"]}, comparisons=[])
    assert decide(alone).headline.startswith("cnn judges 9")


def test_nobody_finished(two: Results) -> None:
    failed = {name: replace(found, status="failed") for name, found in two.detectors.items()}
    decision = decide(replace(two, detectors=failed))
    assert decision.headline == "No detector finished, so nothing can be decided."
    assert [verdict.leader for verdict in decision.verdicts] == [None, None, None]


def test_two_detectors_on_a_par_ahead_of_a_third(two: Results) -> None:
    def pair(a: str, b: str, low: float, high: float) -> Comparison:
        return replace(
            two.comparisons[0],
            a=a,
            b=b,
            accuracy_difference=Figure(value=(low + high) / 2, low=low, high=high, n=200),
        )

    detectors = dict(two.detectors) | {"third": two.detectors["canny"]}
    three = replace(
        two,
        detectors=detectors,
        comparisons=[pair("cnn", "canny", -0.01, 0.03), pair("third", "cnn", -0.2, -0.1)],
    )
    assert decide(three).headline.startswith(
        "There is no clear difference in accuracy between cnn and canny; both are ahead of third"
    )


def test_turning_a_comparison_round_twice_gives_it_back(two: Results) -> None:
    found = two.comparisons[0]
    turned = oriented(found, found.b)
    assert (turned.a, turned.b) == (found.b, found.a)
    assert turned.accuracy_difference.low == pytest.approx(-(found.accuracy_difference.high or 0))
    again = oriented(turned, found.a)
    assert again.latency_ratio.low == pytest.approx(found.latency_ratio.low)
    assert again.accuracy_difference.value == pytest.approx(found.accuracy_difference.value)


def test_the_made_run_reads_back(two: Results, tmp_path: Path) -> None:
    assert Run.open(write_review_run(tmp_path / "again", images=200)).results.detectors == two.detectors
