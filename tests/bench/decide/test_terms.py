"""What people write of a decision, and what is refused."""

import pytest

from framejudge.bench.decide.terms import DecisionTable, check_decision
from framejudge.bench.run import Request
from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.datasets.errors import InputError

REQUEST = Request(detectors=["canny"])


def test_a_table_of_a_file():
    table = DecisionTable.read(
        {"cost_miss": 5, "cost_false_alarm": 1, "prevalence": 0.03, "latency_budget": 5},
        "run.toml [decision]",
    )
    request = table.over(REQUEST)
    assert request.decision == DecisionTerms(cost_miss=5, cost_false_alarm=1, latency_budget_ms=5)
    assert request.prevalence == 0.03
    assert DecisionTable.read({}, "run.toml").is_empty


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"cost_mis": 5}, "cost_mis"),
        ({"cost_miss": -1, "cost_false_alarm": 1}, "cost_miss"),
        ({"cost_miss": float("nan"), "cost_false_alarm": 1}, "cost_miss"),
        ({"prevalence": 3}, "prevalence"),
        ({"latency_budget": 0}, "latency_budget"),
        ({"latency_budget": 5, "latency_percentile": "p98"}, "latency_percentile"),
    ],
)
def test_a_table_that_is_none(table, said):
    with pytest.raises(InputError, match=said) as refused:
        DecisionTable.read(table, "run.toml [decision]")
    assert "run.toml" in str(refused.value)


def test_a_budget_alone_counts_mistakes():
    assert DecisionTable(latency_budget=5).terms() == DecisionTerms(latency_budget_ms=5)
    assert DecisionTable(prevalence=0.1).terms() is None


@pytest.mark.parametrize(
    ("table", "option"),
    [
        (DecisionTable(cost_miss=5), "--cost-false-alarm"),
        (DecisionTable(cost_false_alarm=5), "--cost-miss"),
        (DecisionTable(latency_percentile="p50"), "--latency-percentile"),
    ],
)
def test_half_of_a_pair_is_refused(table, option):
    with pytest.raises(InputError, match=option):
        table.over(REQUEST)


def test_what_was_given_before_stays_where_nothing_else_is_given():
    first = DecisionTable(cost_miss=5, cost_false_alarm=1, prevalence=0.03).over(REQUEST)
    second = DecisionTable(latency_budget=5, latency_percentile="p50").over(first)
    assert second.decision == DecisionTerms(
        cost_miss=5, cost_false_alarm=1, latency_budget_ms=5, latency_percentile="p50"
    )
    assert second.prevalence == 0.03
    third = DecisionTable(latency_percentile="p95").over(second)
    assert (third.decision.latency_budget_ms, third.decision.latency_percentile) == (5, "p95")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((None, -1.0, 1.0, None, None), "--cost-miss"),
        ((None, 1.0, float("inf"), None, None), "--cost-false-alarm"),
        ((None, 0.0, 0.0, None, None), "nothing costs anything"),
        ((3.0, None, None, None, None), "--prevalence"),
        ((None, None, None, float("nan"), None), "--latency-budget"),
    ],
)
def test_options_that_make_no_sense(options, said):
    with pytest.raises(InputError, match=said):
        check_decision(DecisionTable.of_options(*options).over(REQUEST))


def test_a_projects_table_counts_where_no_option_is_given(tmp_path):
    (tmp_path / "framejudge.toml").write_text(
        "[decision]\ncost_miss = 5\ncost_false_alarm = 1\nprevalence = 0.03\n", encoding="utf-8"
    )
    given = DecisionTable.of_options(0.1, None, None, 4.0, None).before_configuration(tmp_path)
    assert given == DecisionTable(cost_miss=5, cost_false_alarm=1, prevalence=0.1, latency_budget=4)


def test_the_table_may_stand_in_pyproject(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "[tool.framejudge.decision]\nlatency_budget = 4\n", encoding="utf-8"
    )
    assert DecisionTable().before_configuration(tmp_path) == DecisionTable(latency_budget=4)
    (tmp_path / "framejudge.toml").write_text("[warnings]\nmute = []\n", encoding="utf-8")
    assert DecisionTable().before_configuration(tmp_path) == DecisionTable(latency_budget=4)


def test_no_file_and_no_table_change_nothing(tmp_path):
    assert DecisionTable().before_configuration(tmp_path).is_empty
    (tmp_path / "framejudge.toml").write_text("decision = 5\n", encoding="utf-8")
    with pytest.raises(InputError, match="not a table"):
        DecisionTable().before_configuration(tmp_path)


def test_a_file_that_is_no_toml_is_one_line(tmp_path):
    (tmp_path / "framejudge.toml").write_text("[decision\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as TOML"):
        DecisionTable().before_configuration(tmp_path)
