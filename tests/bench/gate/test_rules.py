"""The rules file: what is understood, and the one line for what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from framejudge.bench.gate.rules import default_rules, find_rules, parse_rules, read_rules
from framejudge.datasets.errors import InputError

RULES = """
[[rule]]
detector = "canny"
metric = "accuracy"
max_drop = 0.005

[[rule]]
detector = "cnn"
metric = "latency_ratio"
to = "canny"
max = 3

[[rule]]
detector = "cnn"
metric = "recall"
slice = "sides = one"
min = 0.8
"""


def test_rules_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "framejudge-gate.toml").write_text(RULES, encoding="utf-8")
    found = find_rules(tmp_path)
    assert found is not None and not found.is_default
    drop, ratio, recall = found.rules
    assert (drop.limit, drop.minimum_detectable_effect) == (0.005, 0.02)
    assert (ratio.to, ratio.limit, ratio.minimum_detectable_effect) == ("canny", 3.0, None)
    assert recall.slice == "sides=one" and recall.name == "cnn recall [sides=one] min 0.8"


def test_rules_of_a_project(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "shop"\n', encoding="utf-8")
    assert find_rules(tmp_path) is None
    project.write_text(RULES.replace("[[rule]]", "[[tool.framejudge.gate.rule]]"), encoding="utf-8")
    found = find_rules(tmp_path)
    assert found is not None and len(found.rules) == 3
    (tmp_path / "framejudge-gate.toml").write_text(RULES[: RULES.index("[[rule]]", 5)], encoding="utf-8")
    nearer = find_rules(tmp_path)
    assert nearer is not None and len(nearer.rules) == 1  # a file of its own goes before pyproject.toml
    assert len(read_rules(project).rules) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rules]]", "unknown key 'rules'; a gate has"),
        ("", "there is no rule"),
        ("[rule]\ndetector = 'canny'", "there is no rule"),
        ("[[rule]]\nmetric = 'accuracy'\nmin = 0.9", "rule 1: detector is missing; add detector"),
        ("[[rule]]\ndetector = 'canny'\nmin = 0.9", "metric is missing"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'acuracy'\nmin = 0.9", "did you mean 'accuracy'?"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'\nmax_dorp = 0.9", "did you mean 'max_drop'?"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'", "no condition; give exactly one of"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'\nmin = 0.9\nmax = 1", "min and max at once"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'latency'\nmax = 1", "latency has no max; use max_growth"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'f1'\nmax_drop = 0.1", "f1 has no max_drop; use min or max"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'\nmin = '0.9'", "min is '0.9'; give a number"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'\nmin = true", "min is True; give a number"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'\nmin = nan", "min is nan; give a number"),
        ("[[rule]]\ndetector = 'canny'\nmetric = 'accuracy'\nmax_drop = -1", "max_drop is -1; give a number"),
        ("[[rule]]\ndetector = 'cnn'\nmetric = 'latency_ratio'\nmax = 2", "to is missing"),
        (
            "[[rule]]\ndetector = 'cnn'\nmetric = 'auc'\nmin = 0.9\nto = 'canny'",
            "to has no meaning for 'auc'",
        ),
        ("[[rule]]\ndetector = 'cnn'\nmetric = 'auc'\nmin = 0.9\nmachine = 'x'", "machine has no meaning"),
        ("[[rule]]\ndetector = 'cnn'\nmetric = 'latency'\nmax_growth = 0.1\nslice = 'a=b'", "slice has no"),
        ("[[rule]]\ndetector = 'cnn'\nmetric = 'auc'\nmin = 0.9\nslice = 'one'", 'write slice = "attribute='),
        (
            "[[rule]]\ndetector = 'cnn'\nmetric = 'auc'\nmin = 0.9\nminimum_detectable_effect = 0.1",
            "minimum_detectable_effect has no meaning",
        ),
        (
            "[[rule]]\ndetector = 'cnn'\nmetric = 'latency'\nmax_growth = 0.1\nmust_see = 0.05",
            "minimum_detectable_effect is 0.05, and max_growth accepts 0.1",
        ),
        (2 * "[[rule]]\ndetector = 'cnn'\nmetric = 'auc'\nmin = 0.9\n", "rule 2: the same as rule 1"),
        ("[[rule]\n", "not TOML"),
    ],
)
def test_a_slip_gets_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as problem:
        read_rules(path)
    line = str(problem.value)
    assert message in line and "\n" not in line and line.startswith(str(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        find_rules(tmp_path, tmp_path / "rules.toml")


def test_rules_are_no_list() -> None:
    with pytest.raises(InputError, match="not a table"):
        parse_rules([], "pyproject.toml")


def test_default_rules_ask_for_latency_only_where_it_is_measured() -> None:
    assert [rule.metric for rule in default_rules(["canny"], measured=False).rules] == ["accuracy"]
    measured = default_rules(["canny", "cnn"], measured=True)
    assert [rule.metric for rule in measured.rules] == 2 * ["accuracy", "latency", "latency_tail"]
    assert measured.is_default
    assert all(
        rule.minimum_detectable_effect is not None and rule.minimum_detectable_effect > rule.limit
        for rule in measured.rules
    )


def test_a_wide_limit_widens_what_must_be_seen() -> None:
    table = {"rule": [{"detector": "canny", "metric": "latency", "max_growth": 0.5}]}
    (rule,) = parse_rules(table, "rules.toml")
    assert rule.minimum_detectable_effect == 1.0


def test_the_old_name_of_the_minimum_detectable_effect_is_read(tmp_path: Path) -> None:
    rule = "[[rule]]\ndetector = 'cnn'\nmetric = 'accuracy'\nmax_drop = 0.01\n"
    file = tmp_path / "rules.toml"
    file.write_text(rule + "must_see = 0.03\n", encoding="utf-8")
    assert read_rules(file).rules[0].minimum_detectable_effect == 0.03
    file.write_text(rule + "must_see = 0.03\nminimum_detectable_effect = 0.04\n", encoding="utf-8")
    with pytest.raises(InputError, match="must_see is the old name of minimum_detectable_effect"):
        read_rules(file)
