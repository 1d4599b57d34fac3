"""From a rough guess of a frame's depths to the exact lines: which edge near each side is the inner border.

A network that sees 128 pixels a side knows about where a band ends; the full picture knows it to the pixel.
Boosted trees, fitted to drawn frames, say how likely each candidate (`candidates`) is the inner
border: first each for itself, then beside the likeliest of the other sides (`agreement`), since the sides of
a frame are of one kind, then once more, with what that changed on the other sides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.boosted_trees import BoostedTrees, read_trees, write_trees
from framejudge.detectors.network.locate.agreement import TOGETHER, features_together, shortlist
from framejudge.detectors.network.locate.band_colours import Floats
from framejudge.detectors.network.locate.candidates import ALONE, Candidates, Guess, measure_candidates
from framejudge.detectors.protocol import Image

SCHEMA = "framejudge/snapping/3"
_SCHEMA_OF_RULES = "framejudge/snapping/2"  # the same trees, called rules
DEFAULT_FILE = Path(__file__).parent.parent / "weights" / "snapping.json"

SMALLEST_PX = 16


@dataclass(frozen=True)
class Snapping:
    """The fitted trees.

    Attributes
    ----------
    alone, together, settled
        How likely a candidate is the inner border, by itself, beside the other sides, and beside them again.
    least_log_odds
        A side has a band where its likeliest candidate reaches this.
    provenance
        What they were fitted to; not used in any calculation.
    """

    alone: BoostedTrees
    together: BoostedTrees
    settled: BoostedTrees
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
        likely, odds = shortlist(measured, [self.alone.log_odds(side.features) for side in measured])
        for trees in (self.together, self.settled):
            odds = [trees.log_odds(features) for features in features_together(likely, odds)]
        return choose(likely, odds, image.shape[1::-1], self.least_log_odds)


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
        When the file is missing, malformed, or fitted for other features.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["schema"] not in {SCHEMA, _SCHEMA_OF_RULES}:
            raise ValueError(f"schema is {document['schema']!r}, not {SCHEMA!r}")
        return Snapping(
            read_trees(document["alone"], ALONE),
            read_trees(document["together"], TOGETHER),
            read_trees(document["settled"], TOGETHER),
            float(document["least_log_odds"]),
            dict(document["provenance"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"no fitted trees can be read ({problem})",
            where=path,
            fix="fit them with `python -m framejudge.detectors.network.locate.fit_snapping`",
        ) from problem


def write_snapping(snapping: Snapping, path: Path) -> None:
    """Write the fitted trees, a tree on a line.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written.
    """
    head = {
        "schema": SCHEMA,
        "least_log_odds": round(snapping.least_log_odds, 4),
        "provenance": dict(snapping.provenance),
    }
    models = {"alone": snapping.alone, "together": snapping.together, "settled": snapping.settled}
    write_trees(path, head, models)
