"""The situations that a gate meets in a team's daily life: each must get the right one of three verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from made.gate_run import MACHINE, MACHINE_NAME, right, write_gate_run

from framejudge.bench.gate.accuracy.verdicts import StoredBaseline
from framejudge.bench.gate.gating import gate_stored
from framejudge.bench.gate.latency.sequential import SlowdownTest
from framejudge.bench.gate.latency.verdicts import Timings, latency_rule
from framejudge.bench.gate.leniency import Leniency
from framejudge.bench.gate.rules import RuleSet, parse_rules
from framejudge.bench.gate.verdicts import judge_rules
from framejudge.bench.run import Run
from framejudge.bench.run.gate_wording import sentence
from framejudge.bench.run.verdicts import GateResults, RuleVerdict, read_gate
from framejudge.bench.statistics.interval import Floats
from framejudge.datasets.errors import InputError

IMAGES = 1_000
ACCURACY = {"detector": "canny", "metric": "accuracy", "max_drop": 0.005}
LATENCY = {"detector": "canny", "metric": "latency", "max_growth": 0.03}
TAIL = {"detector": "canny", "metric": "latency_tail", "max_growth": 0.10}


def rules(*tables: Mapping[str, object]) -> RuleSet:
    return RuleSet(parse_rules({"rule": list(tables)}, "rules.toml"), "rules.toml")


@pytest.fixture
def now(tmp_path: Path) -> Path:
    return write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 60)})


def only(record: GateResults) -> RuleVerdict:
    (verdict,) = record.rules
    return verdict


def against(now: Path, before: Path) -> GateResults:
    return gate_stored(now, [str(before)])


def test_nothing_changed(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60)})
    record = against(now, before)
    assert record.verdict == "pass" and record.exit_code == 0
    assert only(record).minimum_detectable_effect == pytest.approx(7 / IMAGES)  # 1 / 2**7 < 0.01 < 1 / 2**6
    assert sentence(only(record)) == (
        "limit -0.50 points, measured +0.00 points, 95 % interval -0.28 to +0.28 points, minimum "
        "detectable effect -0.70 points: 0.9400 -> 0.9400; 0 images regressed, 0 fixed"
    )


def test_accuracy_lost(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 40)})
    record = against(now, before)
    assert record.verdict == "fail" and record.exit_code == 1
    assert "20 images regressed, 0 fixed" in only(record).reason
    assert read_gate(now) == record


def test_so_much_churn_that_a_loss_could_hide_in_it(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 54, first=500)})
    record = against(now, before)
    assert record.verdict == "cannot judge" and "60 images regressed, 54 fixed" in only(record).reason
    assert "too few images" in only(record).reason


def test_no_baseline_given(now: Path) -> None:
    record = gate_stored(now)
    assert record.verdict == "cannot judge" and record.exit_code == 4
    assert "no baseline" in only(record).reason


def test_other_set(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60)}, fingerprint="77" * 32)
    record = against(now, before)
    assert record.exit_code == 4 and "another set" in only(record).reason


def test_new_detector(tmp_path: Path) -> None:
    now = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 60), "cnn": right(IMAGES, 30)})
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60)})
    record = against(now, before)
    verdicts = {one.rule.detector: one for one in record.rules}
    assert verdicts["canny"].verdict == "pass" and verdicts["cnn"].verdict == "cannot judge"
    assert "new detector" in verdicts["cnn"].reason and record.exit_code == 4
    assert verdicts["cnn"].code == "FJ517"


def test_detector_gone(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60), "cnn": right(IMAGES, 30)})
    record = against(now, before)
    gone = next(one for one in record.rules if one.rule.detector == "cnn")
    assert gone.verdict == "cannot judge" and "no detector 'cnn'" in gone.reason and record.exit_code == 4


def test_detector_failed_in_the_run(tmp_path: Path) -> None:
    now = write_gate_run(tmp_path / "now", {"canny": None, "cnn": right(IMAGES, 30)})
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60), "cnn": right(IMAGES, 30)})
    record = against(now, before)
    failed = next(one for one in record.rules if one.rule.detector == "canny")
    assert failed.verdict == "cannot judge" and "no weights here" in failed.reason
    assert record.exit_code == 3


def test_detector_failed_in_the_baseline(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": None, "cnn": right(IMAGES, 30)})
    record = gate_stored(now, [str(before)], rules=rules(ACCURACY))
    assert record.exit_code == 4 and "failed in the baseline" in only(record).reason


def test_too_few_images(tmp_path: Path) -> None:
    now = write_gate_run(tmp_path / "now", {"canny": right(100, 6)})
    before = write_gate_run(tmp_path / "before", {"canny": right(100, 6)})
    record = against(now, before)
    assert record.exit_code == 4 and only(record).code == "FJ511"
    assert "minimum detectable effect -7.00 points" in sentence(only(record))
    assert "the rule asks to detect a drop of 2.00 points, which would need" in only(record).reason


def test_few_images_still_show_a_collapse(tmp_path: Path) -> None:
    now = write_gate_run(tmp_path / "now", {"canny": right(100, 40)})
    before = write_gate_run(tmp_path / "before", {"canny": right(100, 6)})
    assert against(now, before).exit_code == 1


def test_images_of_one_photo_count_as_less(tmp_path: Path) -> None:
    # 8 images flip: enough on their own, and not where they are of two photos.
    for per_group, code in ((1, 1), (4, 4)):
        place = tmp_path / str(per_group)
        now = write_gate_run(place / "now", {"canny": right(800, 8)}, images_per_group=per_group)
        before = write_gate_run(place / "before", {"canny": right(800, 0)}, images_per_group=per_group)
        assert against(now, before).exit_code == code


def test_labels_changed(now: Path, tmp_path: Path) -> None:
    relabelled = write_gate_run(tmp_path / "relabelled", {"canny": right(IMAGES, 60)}, relabelled=100)
    record = against(relabelled, now)
    assert record.verdict == "pass" and any("100 labels differ" in text for text in only(record).advice)
    assert only(record).before == only(record).after  # the labels of now judge both
    assert "FJ533" in [one.code for one in only(record).notices]


def test_images_without_a_score_count_as_wrong(now: Path, tmp_path: Path) -> None:
    silent = write_gate_run(tmp_path / "silent", {"canny": right(IMAGES, 60)}, without_score=30)
    record = against(silent, now)
    assert record.verdict == "fail" and any(
        "30 images have no score now" in text for text in only(record).advice
    )


def test_better_than_a_stale_baseline(tmp_path: Path) -> None:
    now = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 20)})
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60)})
    record = against(now, before)
    assert record.verdict == "pass" and only(record).stale
    assert any("new baseline" in text for text in only(record).advice)


def test_one_freak_run_among_several_baselines_moves_nothing(now: Path, tmp_path: Path) -> None:
    wrong = {"first": 60, "freak": 10, "last": 60}
    before = [
        str(write_gate_run(tmp_path / name, {"canny": right(IMAGES, count)})) for name, count in wrong.items()
    ]
    record = gate_stored(now, before)
    assert record.verdict == "pass" and [one.code for one in only(record).notices] == ["FJ538"]
    assert gate_stored(now, [before[1]]).verdict == "fail"


def test_latency_of_a_stored_run_is_advice(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 60)}, p50_ms=1.0)
    record = gate_stored(now, [str(before)], rules=rules(LATENCY))
    assert record.exit_code == 4 and "one session" in only(record).reason
    assert (only(record).code, only(record).notices[0].code) == ("FJ521", "FJ536")
    assert any("+100.0 %" in text and "no verdict" in text for text in only(record).advice)
    assert against(now, before).verdict == "pass"  # twice as slow, told as a warning
    assert any("+100.0 %" in text for text in against(now, before).warnings)


def test_latency_of_another_machine_is_not_compared(now: Path, tmp_path: Path) -> None:
    elsewhere = {**MACHINE, "cpu": "Another CPU"}
    before = write_gate_run(
        tmp_path / "before", {"canny": right(IMAGES, 60)}, p50_ms=1.0, environment=elsewhere
    )
    record = against(now, before)
    assert record.verdict == "pass" and any(
        "another machine: not compared" in text for text in record.warnings
    )
    assert "FJ537" in [one.code for one in record.notices]


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ({"metric": "accuracy", "min": 0.9}, "pass"),
        ({"metric": "accuracy", "min": 0.99}, "fail"),
        ({"metric": "accuracy", "min": 0.94}, "cannot judge"),
        ({"metric": "recall", "min": 0.9, "slice": "style=solid"}, "pass"),
        ({"metric": "accuracy", "min": 0.9, "slice": "style=dotted"}, "cannot judge"),
        ({"metric": "p50_ms", "max": 3.0, "machine": MACHINE_NAME}, "pass"),
        ({"metric": "p50_ms", "max": 1.5, "machine": MACHINE_NAME}, "fail"),
        ({"metric": "p50_ms", "max": 2.0, "machine": MACHINE_NAME}, "cannot judge"),
        ({"metric": "p50_ms", "max": 3.0, "machine": "a runner of long ago"}, "cannot judge"),
        ({"metric": "latency_ratio", "max": 3.0, "to": "cnn"}, "cannot judge"),
    ],
)
def test_absolute_budgets(now: Path, rule: dict[str, object], verdict: str) -> None:
    record = gate_stored(now, rules=rules({"detector": "canny", **rule}))
    assert only(record).verdict == verdict
    assert only(record).before is None


def test_latency_ratio_within_the_run(tmp_path: Path) -> None:
    # The made-up run has canny over cnn at 0.43 [0.42, 0.44].
    now = write_gate_run(tmp_path / "now", {"canny": right(IMAGES, 60), "cnn": right(IMAGES, 30)})
    asked = rules(
        {"detector": "cnn", "metric": "latency_ratio", "to": "canny", "max": 2.5},
        {"detector": "canny", "metric": "latency_ratio", "to": "cnn", "max": 0.4},
    )
    record = gate_stored(now, rules=asked)
    assert [one.verdict for one in record.rules] == ["pass", "fail"]
    assert record.rules[0].after is not None and record.rules[0].after.high == pytest.approx(1 / 0.42)


def test_absolute_time_without_a_machine_is_refused(now: Path) -> None:
    with pytest.raises(InputError, match=f'add machine = "{MACHINE_NAME}"'):
        gate_stored(now, rules=rules({"detector": "canny", "metric": "p50_ms", "max": 3.0}))


def measured(
    now: Path,
    growth: float,
    spread: float,
    *,
    fresh_growth: float | None = None,
    asked: Mapping[str, object] = LATENCY,
) -> RuleVerdict:
    """Judge a latency rule over made-up pairs; fresh ones of a second batch may have another growth."""
    random = np.random.default_rng(5)
    (rule,) = rules(asked).rules
    test = SlowdownTest([latency_rule(rule)])

    def take(wanted: Mapping[str, int]) -> dict[str, Floats]:
        now_growth = growth if test.again is None or fresh_growth is None else fresh_growth
        return {
            name: np.log1p(now_growth) + random.normal(0, spread, (pairs, 1))
            for name, pairs in wanted.items()
        }

    test.run(take)
    (verdict,) = judge_rules([rule], Run.open(now), [], Timings(test))
    return verdict


def test_slower_fails_after_eight_pairs(now: Path) -> None:
    verdict = measured(now, 0.10, 0.01)
    assert verdict.verdict == "fail" and verdict.pairs == 8 and verdict.code == "FJ502"
    assert verdict.change is not None and verdict.change.value == pytest.approx(0.10, abs=0.01)


def test_a_tail_that_is_slower_once_is_measured_again(now: Path) -> None:
    verdict = measured(now, 0.40, 0.005, fresh_growth=0.0, asked=TAIL)
    assert verdict.verdict == "pass" and verdict.pairs == 16
    assert [one.code for one in verdict.notices] == ["FJ532"]
    assert any("did not confirm" in text for text in verdict.advice)


def test_a_noisy_machine_cannot_judge(now: Path) -> None:
    verdict = measured(now, 0.0, 0.3)
    assert verdict.verdict == "cannot judge" and "too noisy" in verdict.reason and verdict.code == "FJ512"
    assert verdict.minimum_detectable_effect is not None and verdict.minimum_detectable_effect > 0.10


def test_faster_makes_the_baseline_stale(now: Path) -> None:
    verdict = measured(now, -0.2, 0.01)
    assert verdict.verdict == "pass" and verdict.stale and [one.code for one in verdict.notices] == ["FJ531"]


def test_interrupted_while_pairs_were_taken(now: Path) -> None:
    asked = rules(LATENCY, ACCURACY)
    test = SlowdownTest([latency_rule(asked.rules[0])])

    def take(wanted: Mapping[str, int]) -> dict[str, Floats]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        test.run(take)
    run = Run.open(now)
    latency, accuracy = judge_rules(
        asked.rules, run, [StoredBaseline("now", run)], Timings(test, interrupted=True)
    )
    assert latency.verdict == "cannot judge" and "interrupted" in latency.reason and latency.code == "FJ522"
    assert accuracy.verdict == "pass"


def test_a_detector_that_cannot_be_measured(now: Path) -> None:
    (rule,) = rules(LATENCY).rules
    test = SlowdownTest([latency_rule(rule)])
    test.run(lambda wanted: {})
    problem = "the old version cannot be timed: its process ended"
    (verdict,) = judge_rules([rule], Run.open(now), [], Timings(test, {"canny": problem}))
    assert verdict.verdict == "cannot judge" and verdict.reason == problem


def test_soft_reports_and_does_not_fail(now: Path, tmp_path: Path) -> None:
    before = write_gate_run(tmp_path / "before", {"canny": right(IMAGES, 40)})
    record = gate_stored(now, [str(before)], leniency=Leniency(soft=True))
    assert record.verdict == "fail" and record.exit_code == 0
    assert json.loads((now / "gate.json").read_text(encoding="utf-8"))["soft"] is True
