"""From a rough guess of a frame's depths to the exact lines: which edge near each side is the inner border.

A network that sees 128 pixels a side knows about where a band ends; the full picture knows it to the pixel.
Small decision rules, fitted on drawn frames, say how likely each candidate (`candidates`) is the inner
border: first each for itself, then beside the likeliest of the other sides (`agreement`), since the sides of
a frame are of one kind, then once more, with what that changed on the other sides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.network.locate.agreement import TOGETHER, numbers_together, shortlist
from framejudge.detectors.network.locate.band_colours import Floats
from framejudge.detectors.network.locate.candidates import ALONE, Candidates, Guess, Ints, measure_candidates
from framejudge.detectors.protocol import Image

SCHEMA = "framejudge/snapping/2"
DEFAULT_FILE = Path(__file__).parent.parent / "weights" / "snapping.json"

SMALLEST_PX = 16

QUESTIONS = 3


@dataclass(frozen=True)
class Rules:
    """Log-odds as a sum of decision rules of up to three questions.

    Attributes
    ----------
    prior
        Log-odds before any question.
    place, cut
        Shape (rules, 7): which number each question is about, and the cut that it must exceed; the question
        at 0 first, then that at 1 (no) or 2 (yes), and so on.
    amount
        Shape (rules, 8): log-odds by the three answers.
    """

    prior: float
    place: Ints
    cut: Floats
    amount: Floats

    def log_odds(self, numbers: Floats) -> Floats:
        """Return the log-odds of each row of numbers, shape (rows, numbers)."""
        exceeds = numbers[:, self.place] > self.cut  # (rows, rules, 7)
        first = exceeds[..., 0].astype(np.intp)
        second = np.take_along_axis(exceeds, first[..., None] + 1, axis=2)[..., 0]
        answered = 2 * first + second
        third = np.take_along_axis(exceeds, answered[..., None] + 3, axis=2)[..., 0]
        total = self.amount[np.arange(len(self.amount)), 2 * answered + third].sum(axis=1)
        return np.asarray(total + self.prior, np.float32)


@dataclass(frozen=True)
class Snapping:
    """The fitted numbers.

    Attributes
    ----------
    alone, together, settled
        How likely a candidate is the inner border, by itself, beside the other sides, and beside them again.
    least_log_odds
        A side has a band where its likeliest candidate reaches this.
    provenance
        Where the numbers come from; not used in any calculation.
    """

    alone: Rules
    together: Rules
    settled: Rules
    least_log_odds: float
    provenance: Mapping[str, Any]

    def locate(self, image: Image, guess: Guess, score: float) -> Box:
        """Return the content box of a framed picture; the whole of one too small to hold a frame.

        Parameters
        ----------
        guess
            The frame's depth at the left, top, right and bottom, as shares of the width or height.
        score
            How surely the picture is framed, in [0, 1].
        """
        if min(image.shape[:2]) < SMALLEST_PX:
            return Box(0, 0, image.shape[1], image.shape[0])
        measured = measure_candidates(image, guess, score)
        likely, odds = shortlist(measured, [self.alone.log_odds(side.numbers) for side in measured])
        for rules in (self.together, self.settled):
            odds = [rules.log_odds(numbers) for numbers in numbers_together(likely, odds)]
        return choose(likely, odds, image.shape[1::-1], self.least_log_odds)

    @property
    def document(self) -> dict[str, Any]:
        """What `write_snapping` writes."""
        return {
            "schema": SCHEMA,
            "least_log_odds": round(self.least_log_odds, 4),
            "provenance": dict(self.provenance),
            "alone": _rules_document(self.alone, ALONE),
            "together": _rules_document(self.together, TOGETHER),
            "settled": _rules_document(self.settled, TOGETHER),
        }


def choose(
    measured: Sequence[Candidates], log_odds: Sequence[Floats], size: Sequence[int], least: float
) -> Box:
    """Return the content box inside the likeliest candidates.

    A side whose candidates all stay below ``least`` keeps the picture's edge; the likeliest of all sides
    always counts: the picture was judged framed.
    """
    width, height = size
    best = [int(odds.argmax()) for odds in log_odds]
    odds = [float(own[k]) for own, k in zip(log_odds, best, strict=True)]
    depths = [
        round(float(side.depth_px[k])) if own >= min(least, max(odds)) else 0
        for side, k, own in zip(measured, best, odds, strict=True)
    ]
    left, top = min(depths[0], width - 1), min(depths[1], height - 1)
    return Box(left, top, max(left + 1, width - depths[2]), max(top + 1, height - depths[3]))


def read_snapping(path: Path = DEFAULT_FILE) -> Snapping:
    """Read what `write_snapping` wrote.

    Raises
    ------
    InputError
        When the file is missing, malformed, or fitted for other numbers.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema is {document['schema']!r}, not {SCHEMA!r}")
        return Snapping(
            _read_rules(document["alone"], ALONE),
            _read_rules(document["together"], TOGETHER),
            _read_rules(document["settled"], TOGETHER),
            float(document["least_log_odds"]),
            dict(document["provenance"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"no fitted numbers can be read ({problem})",
            where=path,
            fix="fit them with `python -m framejudge.detectors.network.locate.fit_snapping`",
        ) from problem


def write_snapping(snapping: Snapping, path: Path) -> None:
    """Write the fitted numbers, a decision rule on a line."""
    document = snapping.document
    parts = {name: document.pop(name) for name in ("alone", "together", "settled")}
    head = json.dumps(document, indent=1)[:-2]
    bodies = [
        f' "{name}": {{\n  "numbers": {json.dumps(part["numbers"])},\n  "prior": {part["prior"]},\n'
        + '  "rules": [\n   '
        + ",\n   ".join(json.dumps(rule) for rule in part["rules"])
        + "\n  ]\n }"
        for name, part in parts.items()
    ]
    path.write_text(",\n".join([head, *bodies]) + "\n}\n", encoding="utf-8")


def _rules_document(rules: Rules, names: Sequence[str]) -> dict[str, Any]:
    return {
        "numbers": list(names),
        "prior": round(rules.prior, 4),
        "rules": [
            [
                [int(k) for k in place],
                [float(f"{value:.5g}") for value in cut],
                [round(float(value), 4) for value in amount],
            ]
            for place, cut, amount in zip(rules.place, rules.cut, rules.amount, strict=True)
        ],
    }


def _read_rules(document: Mapping[str, Any], names: Sequence[str]) -> Rules:
    if tuple(document["numbers"]) != tuple(names):
        raise ValueError("fitted for other numbers")
    place, cut, amount = (np.array(part) for part in zip(*document["rules"], strict=True))
    if not (np.isfinite(cut).all() and np.isfinite(amount).all()):
        raise ValueError("a number is not finite")
    if place.shape[1:] != (7,) or amount.shape[1:] != (8,) or cut.shape != place.shape:
        raise ValueError(f"a rule does not ask {QUESTIONS} questions in a row")
    if place.min() < 0 or place.max() >= len(names):
        raise ValueError("a rule asks about a number that there is not")
    return Rules(
        float(document["prior"]), place.astype(np.intp), cut.astype(np.float32), amount.astype(np.float32)
    )
