"""Decision rules, and the file that holds them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets.errors import InputError
from framejudge.detectors.canny.parameters import DEFAULT_FILE, read_parameters, write_parameters
from framejudge.detectors.canny.scoring import Answer, DecisionRules, Question, depth, probability, rescaled

NAMES = ("a", "b", "c")

amounts = st.floats(-3, 3, width=32)
answers: st.SearchStrategy[Answer] = st.recursive(
    amounts,
    lambda inner: st.builds(Question, st.sampled_from(NAMES), st.floats(-1, 1, width=32), inner, inner),
    max_leaves=8,
).filter(lambda answer: depth(answer) <= 3)


def _ask(answer: Answer, row: np.ndarray[Any, np.dtype[np.float32]]) -> float:
    """Answer one rule as a reader would, question by question."""
    while isinstance(answer, Question):
        answer = answer.exceeds if row[NAMES.index(answer.number)] > answer.cut else answer.otherwise
    return answer


@given(st.lists(answers, min_size=1, max_size=6), st.integers(0, 1000))
def test_rules_add_up_to_what_a_reader_gets_question_by_question(rules: list[Answer], seed: int) -> None:
    rows = np.random.default_rng(seed).uniform(-1.5, 1.5, (7, 3)).astype(np.float32)
    log_odds = DecisionRules(NAMES, 0.25, tuple(rules)).log_odds(rows)
    assert log_odds == pytest.approx(
        [0.25 + sum(_ask(rule, row) for rule in rules) for row in rows], abs=1e-4
    )


@given(st.lists(answers, min_size=1, max_size=4), st.floats(0.1, 3), st.floats(-2, 2))
def test_rescaled_rules_give_rescaled_log_odds(rules: list[Answer], slope: float, shift: float) -> None:
    rows = np.random.default_rng(0).uniform(-1.5, 1.5, (5, 3)).astype(np.float32)
    given_rules = DecisionRules(NAMES, -1.0, tuple(rules))
    expected = slope * given_rules.log_odds(rows) + shift
    assert rescaled(given_rules, slope, shift).log_odds(rows) == pytest.approx(expected, abs=1e-3)


@given(st.floats(-1e6, 1e6))
def test_a_probability_lies_between_0_and_1_and_mirrors_at_even_odds(log_odds: float) -> None:
    assert 0 <= probability(log_odds) <= 1
    assert probability(log_odds) + probability(-log_odds) == pytest.approx(1)


def test_the_shipped_parameters_say_where_they_come_from_and_survive_a_round_trip(tmp_path: Path) -> None:
    shipped = read_parameters(DEFAULT_FILE)
    assert shipped.provenance["cross_validation"]["by"] == "group"
    write_parameters(shipped, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == DEFAULT_FILE.read_bytes()


def _set_threshold(document: dict[str, Any]) -> None:
    document["threshold"] = 1.5


def _drop_context(document: dict[str, Any]) -> None:
    del document["context_rules"]


def _rename_a_number(document: dict[str, Any]) -> None:
    document["line_rules"]["rules"][0] = ["no_such_rule", 0.5, 0.0, 1.0]


def _ask_too_much(document: dict[str, Any]) -> None:
    rule: Any = 0.5
    for _ in range(4):
        rule = ["coverage", 0.5, 0.0, rule]
    document["line_rules"]["rules"][0] = rule


def _not_a_number(document: dict[str, Any]) -> None:
    document["picture_rules"]["prior"] = float("nan")


def _other_schema(document: dict[str, Any]) -> None:
    document["schema"] = "framejudge/canny/1"


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (_set_threshold, "1.5"),
        (_drop_context, "context_rules"),
        (_rename_a_number, "no_such_rule"),
        (_ask_too_much, "more than 3 questions"),
        (_not_a_number, "nan"),
        (_other_schema, "framejudge/canny/1"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_line(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], what: str
) -> None:
    document = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    damage(document)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="bench tune canny") as problem:
        read_parameters(path)
    assert what in str(problem.value)
    assert "own.json" in str(problem.value)


def test_a_file_that_is_missing_or_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.json").write_text("no JSON", encoding="utf-8")
    for name in ("missing.json", "text.json"):
        with pytest.raises(InputError, match="not a readable parameters file"):
            read_parameters(tmp_path / name)
