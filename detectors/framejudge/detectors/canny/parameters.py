"""The fitted parameters of canny: boosted trees, in a file that a person can read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_json
from framejudge.detectors.boosted_trees import BoostedTrees, read_trees, write_trees
from framejudge.detectors.canny.context import CONTEXT_FEATURES
from framejudge.detectors.canny.line_features import LINE_FEATURES
from framejudge.detectors.canny.picture_features import PICTURE_FEATURES

SCHEMA = "framejudge/canny/3"
_SCHEMA_OF_RULES = "framejudge/canny/2"  # the same trees, called rules
DEFAULT_FILE = Path(__file__).with_name("parameters.json")
_FIX = "fit a new one with `bench tune canny`"

SIDE_FEATURES = tuple(f"side_{place}" for place in range(1, 5))
"""Log-odds of each side's best line, likeliest side first."""

SIDES_DESCRIBED = 2
"""Of the likeliest sides, the picture is judged by everything that is known of their best lines."""

BEST_LINE_FEATURES = tuple(
    f"{name}_{place}" for place in range(1, SIDES_DESCRIBED + 1) for name in LINE_FEATURES
)
"""The line features of the best line of the likeliest side, then of the second."""

ALL_PICTURE_FEATURES = SIDE_FEATURES + PICTURE_FEATURES + BEST_LINE_FEATURES


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
        What they were fitted to; not used in any calculation.
    """

    lines: BoostedTrees
    context: BoostedTrees
    picture: BoostedTrees
    threshold: float
    side_log_odds: float
    provenance: Mapping[str, Any] = field(default_factory=dict)


def read_parameters(path: Path) -> Parameters:
    """Read a parameters file and check that it fits the features of today.

    Raises
    ------
    InputError
        When the file is missing, malformed, or was fitted for other features.
    """
    try:
        document = read_json(path)
    except (OSError, ValueError) as problem:
        raise InputError(f"not a readable parameters file: {problem}", where=path, fix=_FIX) from problem
    try:
        if document["schema"] not in {SCHEMA, _SCHEMA_OF_RULES}:
            raise InputError(f"schema is {document['schema']!r}, not {SCHEMA!r}", where=path, fix=_FIX)
        kind = "trees" if document["schema"] == SCHEMA else "rules"
        threshold, side_log_odds = float(document["threshold"]), float(document["side_log_odds"])
        if not (0 <= threshold <= 1 and math.isfinite(side_log_odds)):
            raise ValueError(
                f"threshold {threshold} is not in [0, 1], or side_log_odds {side_log_odds} not finite"
            )
        return Parameters(
            lines=read_trees(document[f"line_{kind}"], LINE_FEATURES),
            context=read_trees(document[f"context_{kind}"], CONTEXT_FEATURES),
            picture=read_trees(document[f"picture_{kind}"], ALL_PICTURE_FEATURES),
            threshold=threshold,
            side_log_odds=side_log_odds,
            provenance=dict(document["provenance"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise InputError(f"malformed parameters ({problem!r})", where=path, fix=_FIX) from problem


def write_parameters(parameters: Parameters, path: Path) -> None:
    """Write a parameters file, a tree on a line.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written.
    """
    head = {
        "schema": SCHEMA,
        "threshold": round(parameters.threshold, 4),
        "side_log_odds": round(parameters.side_log_odds, 4),
        "provenance": dict(parameters.provenance),
    }
    models = {
        "picture_trees": parameters.picture,
        "context_trees": parameters.context,
        "line_trees": parameters.lines,
    }
    write_trees(path, head, models)
