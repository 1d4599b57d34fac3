"""The fitted parameters, in a small file that a person can read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.detectors.canny.scoring import AdditiveModel, Curve

SCHEMA = "framejudge/canny/1"
DEFAULT_FILE = Path(__file__).with_name("parameters.json")
_FIX = "fit a new one with `bench tune canny`"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What `bench tune canny` fits.

    Attributes
    ----------
    lines
        Log-odds that a candidate line is a frame's inner border.
    picture
        Log-odds that a picture is framed, from its lines' log-odds.
    threshold
        Scores at or above it mean framed.
    side_log_odds
        A side of a framed picture has a band where its best line's log-odds are at or above this.
    provenance
        Where the numbers come from; not used in any calculation.
    """

    lines: AdditiveModel
    picture: AdditiveModel
    threshold: float
    side_log_odds: float
    provenance: Mapping[str, Any] = field(default_factory=dict)


def read_parameters(path: Path, line_rules: Sequence[str], picture_rules: Sequence[str]) -> Parameters:
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
            lines=_model(document["line_model"], line_rules, path),
            picture=_model(document["picture_model"], picture_rules, path),
            threshold=_within(document["threshold"], 0, 1),
            side_log_odds=_within(document["side_log_odds"], -math.inf, math.inf),
            provenance=dict(document["provenance"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise InputError(f"malformed parameters ({problem!r})", where=path, fix=_FIX) from problem


def write_parameters(parameters: Parameters, path: Path) -> None:
    """Write a parameters file, a curve on a line."""
    document = {
        "schema": SCHEMA,
        "threshold": round(parameters.threshold, 4),
        "side_log_odds": round(parameters.side_log_odds, 4),
        "provenance": dict(parameters.provenance),
        "picture_model": _document(parameters.picture),
        "line_model": _document(parameters.lines),
    }
    path.write_text(_join_number_lists(json.dumps(document, indent=1)) + "\n", encoding="utf-8")


def _model(document: Mapping[str, Any], rules: Sequence[str], path: Path) -> AdditiveModel:
    if list(document["curves"]) != list(rules):
        different = sorted(set(document["curves"]) ^ set(rules)) or "their order"
        raise InputError(f"fitted for other rules (differing: {different})", where=path, fix=_FIX)
    return AdditiveModel(
        intercept=_within(document["intercept"], -math.inf, math.inf),
        curves={name: _curve(curve) for name, curve in document["curves"].items()},
    )


def _curve(document: Mapping[str, Any]) -> Curve:
    knots = tuple(_within(value, -math.inf, math.inf) for value in document["knots"])
    log_odds = tuple(_within(value, -math.inf, math.inf) for value in document["log_odds"])
    if len(knots) < 2 or len(knots) != len(log_odds):
        raise ValueError("a curve needs two knots or more and as many log_odds")
    if any(after <= before for before, after in pairwise(knots)):
        raise ValueError("knots must ascend")
    return Curve(knots, log_odds)


def _within(value: Any, low: float, high: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and low <= number <= high):
        raise ValueError(f"{value!r} is not a number from {low} to {high}")
    return number


def _document(model: AdditiveModel) -> dict[str, Any]:
    return {
        "intercept": round(model.intercept, 4),
        "curves": {
            name: {"knots": list(curve.knots), "log_odds": [round(value, 3) for value in curve.log_odds]}
            for name, curve in model.curves.items()
        },
    }


def _join_number_lists(text: str) -> str:
    """Put each innermost list of numbers on one line: ``json`` would give every number its own."""
    lines: list[str] = []
    joining = False
    for line in text.splitlines():
        if joining:
            lines[-1] += line.strip() + (
                " " if line.endswith(",") and not line.strip().startswith("]") else ""
            )
            joining = not line.strip().startswith("]")
        else:
            lines.append(line)
            joining = line.endswith("[")
    return "\n".join(lines)
