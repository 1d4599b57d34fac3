"""Plans from numbers and from runs: the rows, and what they rest on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made.columns import made_columns
from made.run import edit_results, write_run

from framejudge.bench.decide.pilot import PairPilot, images_by_error, plan_command, plan_of_pair
from framejudge.bench.decide.pilot_run import subjects_of
from framejudge.bench.decide.planning import PERCENTILES, Question, Subject, plan_for
from framejudge.bench.decide.sample_size import images_for_difference
from framejudge.bench.run import Figure, Run
from framejudge.bench.run.columns import Answers
from framejudge.datasets.errors import InputError

NUMBERS = Subject(disagreement=Figure(value=0.06), accuracy=Figure(value=0.95))


def rows_of(kind, plan):
    return [row for row in plan.rows if row.kind == kind]


def test_numbers_alone_answer_the_usual_questions():
    plan = plan_for(Question(), [NUMBERS])
    (two_points,) = [row for row in rows_of("difference", plan) if row.effect == 0.02]
    assert two_points.images == images_for_difference(0.02, 0.06)
    assert two_points.low is None
    assert [row.calls for row in rows_of("percentile", plan)][3] == 368
    assert len(rows_of("percentile", plan)) == len(PERCENTILES)
    assert rows_of("drop", plan) and rows_of("interval", plan) and not rows_of("latency ratio", plan)


def test_only_what_was_asked_is_answered():
    plan = plan_for(Question(differences=[0.03]), [NUMBERS])
    assert [(row.kind, row.effect) for row in plan.rows] == [("difference", 0.03)]


def test_more_pairs_more_rules_more_power_and_groups_need_more_images():
    def images(kind, subject=NUMBERS, **asked):
        plan = plan_for(Question(differences=[0.02], drops=[0.02], **asked), [subject])
        return rows_of(kind, plan)[0].images

    grouped = Subject(disagreement=Figure(value=0.06), group_size=4, correlation=0.3)
    assert images("difference") < images("difference", pairs=3)
    assert images("difference") < images("difference", power=0.9)
    assert images("drop") < images("drop", rules=5)
    assert images("difference", grouped) == pytest.approx(1.9 * images("difference"), rel=0.08)
    row = plan_for(Question(differences=[0.02]), [grouped]).rows[0]
    assert row.groups == -(-row.images // 4)


def test_a_drop_that_the_rule_tolerates_cannot_be_found():
    (row,) = plan_for(Question(drops=[0.005]), [NUMBERS]).rows
    assert row.images is None and "tolerates" in row.reason


def test_a_difference_above_the_disagreement_is_said():
    (row,) = plan_for(Question(differences=[0.1]), [NUMBERS]).rows
    assert row.images is not None and "not there" in row.reason


def written(place: Path, wrong: dict[str, range], images: int = 400, size: int = 1, times=None) -> Run:
    framed = np.arange(images) % 2 == 0
    answers = []
    for name, which in wrong.items():
        is_wrong = np.isin(np.arange(images), list(which))
        answers.append(Answers(name, np.where(framed ^ is_wrong, 0.9, 0.1)))
    return Run.open(write_run(place, made_columns(framed, *answers, a_group=size), times))


def test_a_pilot_gives_its_disagreement_its_groups_and_its_interval(tmp_path: Path):
    run = written(tmp_path / "run", {"a": range(20), "b": range(12, 40)}, size=4)
    alone_a, _, pair = subjects_of(run)
    assert alone_a.accuracy.value == 0.95
    assert (pair.name, pair.disagreement.value, pair.group_size) == ("a, b", 32 / 400, 4)
    assert pair.correlation > 0.9  # whole photos are judged right by one of the two alone
    (row,) = plan_for(Question(differences=[0.02]), [pair]).rows
    assert row.low < row.images < row.high
    assert row.subject == "a, b"


def test_latencies_of_a_pilot_plan_their_ratio(tmp_path: Path):
    random = np.random.default_rng(1)
    times = {name: (1e6 * random.lognormal(0, 0.1, 500)).astype(np.int64) for name in "ab"}
    run = written(tmp_path / "run", {"a": range(4), "b": range(9)}, times=times)
    rows = plan_for(Question(ratios=[0.01, 0.02]), subjects_of(run)).rows
    assert rows[0].calls == pytest.approx(4 * rows[1].calls, rel=0.2)


def test_two_runs_plan_a_gate(tmp_path: Path):
    now = written(tmp_path / "now", {"a": range(20)})
    before = written(tmp_path / "before", {"a": range(8, 28)})
    change = subjects_of(now, before)[-1]
    assert (change.is_change, change.disagreement.value) == (True, 16 / 400)
    kinds = {row.kind for row in plan_for(Question(), [change]).rows}
    assert kinds == {"difference", "drop", "percentile"}


def test_what_cannot_be_planned_from(tmp_path: Path):
    run = written(tmp_path / "run", {"a": range(4)})
    with pytest.raises(InputError, match="'b' is not in the run"):
        subjects_of(run, names=["b"])
    other = written(tmp_path / "other", {"a": range(4)})
    edit_results(other.folder, dataset=replace(other.results.dataset, images_fingerprint="00" * 32))
    with pytest.raises(InputError, match="not on the same images"):
        subjects_of(run, Run.open(other.folder))
    nothing = Answers("a", np.full(4, np.nan))
    place = write_run(tmp_path / "nothing", made_columns([None] * 4, nothing))
    with pytest.raises(InputError, match="nothing to plan from"):
        subjects_of(Run.open(place))


def test_the_plan_of_a_pair():
    right_a, right_b = np.ones(1_000, dtype=bool), np.ones(1_000, dtype=bool)
    right_a[:20], right_b[20:50] = False, False
    plan = plan_of_pair(right_a, right_b)
    assert plan.to_tell == images_for_difference(0.01, 0.05)
    assert plan_of_pair(right_a, right_b, pairs=3).to_tell > plan.to_tell
    assert plan_of_pair(right_a, right_a) == (None, None)


def test_the_error_falls_with_the_root():
    found = Figure(value=0.02, low=0.0, high=0.04)
    error = 0.02 / 1.959964
    expected = 1_000 * ((1.959964 + 0.841621) * error / 0.02) ** 2
    assert images_by_error(1_000, found, 0.02) == pytest.approx(expected, abs=1)
    assert images_by_error(1_000, Figure(value=0.02), 0.02) is None


def test_the_line_of_a_gate_gives_the_same_number():
    pilot = PairPilot(Figure(value=0.06), 0.01, group_size=4, correlation=0.3)
    line = plan_command(pilot, 0.02, max_drop=0.005, rules=2)
    assert line == (
        "bench plan --drop 0.02 --disagreement 0.06 --max-drop 0.005 --rules 2 --group-size 4 "
        "--correlation 0.3"
    )
