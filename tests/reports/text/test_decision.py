"""The decision in words, for every way in which a comparison can end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made.review_run import write_review_run

from framejudge.bench.run import Comparison, Figure, Results, Run
from framejudge.reports.text.decision import decide
from framejudge.reports.text.questions import oriented


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Run.open(write_review_run(tmp_path_factory.mktemp("two") / "run", images=200)).results


def _compared(results: Results, **figures: Figure) -> Results:
    return replace(results, comparisons=[replace(results.comparisons[0], **figures)])


def test_a_clear_winner_on_each_question(two: Results) -> None:
    clear = _compared(
        two,
        accuracy_difference=Figure(value=-0.1, low=-0.15, high=-0.05, n=200),
        mcnemar_p=Figure(value=0.001, n=200),
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
        mcnemar_p=Figure(value=0.4, n=200),
        latency_ratio=Figure(value=0.99, low=0.9, high=1.1, n=20),
        images_to_tell=3_381,
    )
    decision = decide(tie)
    assert decision.headline == (
        "cnn and canny cannot be told apart by accuracy; about 3,400 images would tell."
    )
    assert not decision.verdicts[0].clear
    assert "no clear difference from canny" in decision.verdicts[0].duels[0].sentence


def test_a_figure_without_interval_decides_nothing_and_says_why(two: Results) -> None:
    nothing = Figure(value=-0.1, reason="one group only")
    unsure = _compared(two, accuracy_difference=nothing, mcnemar_p=Figure(value=1.0, n=1))
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


def _three(two: Results, **p_values: float) -> Results:
    """Return three detectors: cnn a bit above canny, both far above third; p-values by their names."""

    def pair(a: str, b: str, low: float, high: float) -> Comparison:
        return replace(
            two.comparisons[0],
            a=a,
            b=b,
            accuracy_difference=Figure(value=(low + high) / 2, low=low, high=high, n=200),
            mcnemar_p=Figure(value=p_values.get(f"{a}_{b}", 0.001), n=200),
            images_to_tell=900,
        )

    detectors = dict(two.detectors) | {"third": two.detectors["canny"]}
    return replace(
        two,
        detectors=detectors,
        comparisons=[
            pair("cnn", "canny", -0.01, 0.03),
            pair("third", "cnn", -0.2, -0.1),
            pair("third", "canny", -0.2, -0.1),
        ],
    )


def test_two_detectors_on_a_par_ahead_of_a_third(two: Results) -> None:
    assert decide(_three(two, cnn_canny=0.5)).headline.startswith(
        "cnn and canny cannot be told apart by accuracy; both are more accurate than third; "
        "about 900 images would tell"
    )


def test_both_are_ahead_only_where_the_test_says_so_of_both(two: Results) -> None:
    assert "both are" not in decide(_three(two, cnn_canny=0.5, third_canny=0.3)).headline


def test_a_leader_among_several(two: Results) -> None:
    assert decide(_three(two, cnn_canny=0.5, third_cnn=0.2)).headline.startswith(
        "cnn judges most images right, but cannot be told apart from canny and third by accuracy"
    )


def test_the_interval_alone_crowns_nobody(two: Results) -> None:
    """Holm's correction can make a difference that one pair's interval shows a chance finding."""
    unsure = _compared(
        two,
        accuracy_difference=Figure(value=-0.1, low=-0.15, high=-0.05, n=200),
        mcnemar_p=Figure(value=0.06, n=200),
    )
    decision = decide(unsure)
    assert not decision.verdicts[0].clear
    assert "cannot be told apart" in decision.headline


def test_a_leader_at_the_shops_prevalence_that_the_comparison_does_not_bear_out(two: Results) -> None:
    """Runs of before compared without the prevalence: a significant difference may be the other one's."""
    turned = _compared(
        two,
        accuracy_difference=Figure(value=0.1, low=0.05, high=0.15, n=200),
        mcnemar_p=Figure(value=0.001, n=200),
    )
    assert not decide(turned).verdicts[0].clear
    assert "most accurate" not in decide(turned).headline


def test_detectors_that_judge_alike(two: Results) -> None:
    alike = _compared(
        two,
        accuracy_difference=Figure(value=0.0, low=-0.01, high=0.01, n=200),
        mcnemar_p=Figure(value=1.0, n=200),
        images_to_tell=None,
        images_for_a_point=2_100_000,
    )
    assert "a difference of 1 point would need more than 1,000,000 images" in decide(alike).headline


def test_an_unlabelled_set(two: Results) -> None:
    unlabelled = replace(two, dataset=replace(two.dataset, framed=0, plain=0))
    assert decide(unlabelled).headline.startswith("No image has a label, so accuracy cannot be judged")


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
