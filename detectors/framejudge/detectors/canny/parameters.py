"""The fitted parameters, in a file that a person can read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.detectors.canny.context import CONTEXT_NUMBERS
from framejudge.detectors.canny.picture import PICTURE_NUMBERS
from framejudge.detectors.canny.rules import LINE_NUMBERS
from framejudge.detectors.canny.scoring import QUESTIONS, Answer, DecisionRules, Question, asked, depth

SCHEMA = "framejudge/canny/2"
DEFAULT_FILE = Path(__file__).with_name("parameters.json")
_FIX = "fit a new one with `bench tune canny`"

SIDE_NUMBERS = tuple(f"side_{place}" for place in range(1, 5))
"""Log-odds of each side's best line, likeliest side first."""

SIDES_DESCRIBED = 2
"""Of the likeliest sides, the picture is judged by everything that is known of their best lines."""

BEST_LINE_NUMBERS = tuple(
    f"{name}_{place}" for place in range(1, SIDES_DESCRIBED + 1) for name in LINE_NUMBERS
)
"""What the line rules say about the best line of the likeliest side, then of the second."""

ALL_PICTURE_NUMBERS = SIDE_NUMBERS + PICTURE_NUMBERS + BEST_LINE_NUMBERS


@dataclass(frozen=True, slots=True)
class Parameters:
    """What `bench tune canny` fits.

    Attributes
    ----------
    lines
        Log-odds that a candidate line is a frame's inner border, seen alone.
    context
        The same, seen beside the other lines of the picture.
    picture
        Log-odds that a picture is framed.
    threshold
        Scores at or above it mean framed.
    side_log_odds
        A side of a framed picture has a band where its best line's log-odds are at or above this.
    provenance
        Where the numbers come from; not used in any calculation.
    """

    lines: DecisionRules
    context: DecisionRules
    picture: DecisionRules
    threshold: float
    side_log_odds: float
    provenance: Mapping[str, Any] = field(default_factory=dict)


def read_parameters(path: Path) -> Parameters:
    """Read a parameters file and check that it fits these rules.

    Raises
    ------
    InputError
        When the file is missing, malformed, or was fitted for other rules.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise InputError(f"not a readable parameters file: {problem}", where=path, fix=_FIX) from problem
    try:
        if document["schema"] != SCHEMA:
            raise InputError(f"schema is {document['schema']!r}, not {SCHEMA!r}", where=path, fix=_FIX)
        return Parameters(
            lines=_rules(document["line_rules"], LINE_NUMBERS, path),
            context=_rules(document["context_rules"], CONTEXT_NUMBERS, path),
            picture=_rules(document["picture_rules"], ALL_PICTURE_NUMBERS, path),
            threshold=_within(document["threshold"], 0, 1),
            side_log_odds=_within(document["side_log_odds"], -math.inf, math.inf),
            provenance=dict(document["provenance"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise InputError(f"malformed parameters ({problem!r})", where=path, fix=_FIX) from problem


def write_parameters(parameters: Parameters, path: Path) -> None:
    """Write a parameters file: a rule on a line, ``[number, cut, answer otherwise, answer above]``."""
    head = {
        "schema": SCHEMA,
        "threshold": round(parameters.threshold, 4),
        "side_log_odds": round(parameters.side_log_odds, 4),
        "provenance": dict(parameters.provenance),
    }
    parts = [json.dumps(head, indent=1)[:-2]]
    for name, rules in (
        ("picture_rules", parameters.picture),
        ("context_rules", parameters.context),
        ("line_rules", parameters.lines),
    ):
        lines = ",\n".join(f"   {json.dumps(_document(rule))}" for rule in rules.rules)
        parts.append(f' "{name}": {{\n  "prior": {round(rules.prior, 4)},\n  "rules": [\n{lines}\n  ]\n }}')
    path.write_text(",\n".join(parts) + "\n}\n", encoding="utf-8")


def _rules(document: Mapping[str, Any], numbers: Sequence[str], path: Path) -> DecisionRules:
    rules = tuple(_answer(rule) for rule in document["rules"])
    if unknown := sorted(asked(rules) - set(numbers)):
        raise InputError(f"fitted for other rules: there is no {unknown[0]!r}", where=path, fix=_FIX)
    if any(depth(rule) > QUESTIONS for rule in rules):
        raise ValueError(f"a rule asks more than {QUESTIONS} questions in a row")
    return DecisionRules(tuple(numbers), _within(document["prior"], -math.inf, math.inf), rules)


def _answer(document: Any) -> Answer:
    if not isinstance(document, list):
        return _within(document, -math.inf, math.inf)
    number, cut, otherwise, exceeds = document
    return Question(str(number), _within(cut, -math.inf, math.inf), _answer(otherwise), _answer(exceeds))


def _within(value: Any, low: float, high: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and low <= number <= high):
        raise ValueError(f"{value!r} is not a number from {low} to {high}")
    return number


def _document(answer: Answer) -> Any:
    if isinstance(answer, Question):
        cut = float(f"{answer.cut:.5g}")
        return [answer.number, cut, _document(answer.otherwise), _document(answer.exceeds)]
    return round(answer, 4)
