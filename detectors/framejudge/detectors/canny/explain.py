"""The findings for a person: where the content is, and which side has what kind of band."""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1

import numpy as np

from framejudge.datasets.box import Box
from framejudge.detectors.canny.edges import SIDES, Floats, Strips
from framejudge.detectors.canny.picture import Agreement
from framejudge.detectors.protocol import Explanation, Line

SOLID_DEVIATION = 6.0
"""Grey levels: a band that varies less along and across is one colour, JPEG's ringing included."""

PERIODIC_CORRELATION = 0.45
"""A band that is this much like itself further along is a pattern."""


def side_depths(strips: Strips, agreement: Agreement, side_log_odds: float) -> tuple[int, int, int, int]:
    """Return the depth of the content on each side in pixels of the picture; 0 where there is no band.

    The most convincing side always counts: a picture judged framed has a frame somewhere.
    """
    strongest = int(agreement.log_odds.argmax())
    horizontal, vertical = strips.scale
    depths = [0, 0, 0, 0]
    for side, scale in enumerate((horizontal, vertical, horizontal, vertical)):
        if side == strongest or agreement.log_odds[side] >= side_log_odds:
            depths[side] = round(int(agreement.depth[side]) / scale)
    return depths[0], depths[1], depths[2], depths[3]


def locate_content(strips: Strips, agreement: Agreement, side_log_odds: float) -> Box:
    """Return the rectangle inside the frame, in pixels of the picture; at least one pixel large."""
    left, top, right, bottom = side_depths(strips, agreement, side_log_odds)
    width, height = strips.size
    left, top = min(left, width - 1), min(top, height - 1)
    return Box(left, top, max(left + 1, width - right), max(top + 1, height - bottom))


def explain_findings(
    strips: Strips,
    agreement: Agreement,
    best: Mapping[str, Floats],
    *,
    score: float,
    threshold: float,
    side_log_odds: float,
) -> Explanation:
    """Put the findings into words and lines.

    Parameters
    ----------
    best
        Each rule's number for the best line of each side, by the rule's name; (4,).
    """
    framed = score >= threshold
    depths = side_depths(strips, agreement, side_log_odds)
    banded = [side for side in range(4) if framed and depths[side] > 0]
    parts = [f"{SIDES[side]} side: {_describe_band(side, depths[side], strips, best)}" for side in banded]
    parts += _describe_rest(strips, agreement, best, banded)
    verdict = "framed" if framed else "plain"
    text = f"{verdict} ({score:.3f}, threshold {threshold:.3f}): {'; '.join(parts)}"
    lines = [
        _line(side, strips, agreement, "band" if side in banded else "candidate")
        for side in range(4)
        if side in banded or best["strength"][side] > 0
    ]
    return Explanation(text, tuple(lines))


def _describe_band(side: int, depth_px: int, strips: Strips, best: Mapping[str, Floats]) -> str:
    scale = strips.scale[side % 2]
    margin_px = round(float(best["margin"][side]) * strips.grey.shape[2] / scale)
    inset = f", {margin_px} px from the edge" if margin_px else ""
    straight = f"{best['straightness'][side]:.0%}".replace("%", " %")
    return f"band of {depth_px - margin_px} px{inset}, {straight} straight, {material(side, best)}"


def material(side: int, best: Mapping[str, Floats]) -> str:
    """Name what the band of a side is made of: solid, gradient, pattern or texture."""
    along, across = expm1(float(best["band_roughness"][side])), expm1(float(best["band_slope"][side]))
    if along < SOLID_DEVIATION and across < SOLID_DEVIATION:
        return "solid"
    if best["periodicity"][side] > PERIODIC_CORRELATION:
        return "pattern"
    return "gradient" if best["band_edges"][side] < 0.01 else "texture"


def _describe_rest(
    strips: Strips, agreement: Agreement, best: Mapping[str, Floats], banded: list[int]
) -> list[str]:
    rest = [side for side in range(4) if side not in banded]
    if not rest:
        return []
    name = "other sides" if banded else "all sides"
    nearest = max(rest, key=lambda side: float(agreement.log_odds[side]))
    if best["strength"][nearest] <= 0:
        return [f"{name}: none"]
    depth_px = round(int(agreement.depth[nearest]) / strips.scale[nearest % 2])
    covered = f"{best['coverage'][nearest]:.0%}".replace("%", " %")
    return [f"{name}: none (nearest: {SIDES[nearest]}, a line at {depth_px} px over {covered} of the side)"]


def _line(side: int, strips: Strips, agreement: Agreement, kind: str) -> Line:
    """Return a side's line over the side's whole length, in pixels of the picture."""
    width, height = strips.size
    depth = float(np.round(agreement.depth[side] / strips.scale[side % 2]))
    if SIDES[side] == "left":
        return Line(depth, 0, depth, height, kind)
    if SIDES[side] == "right":
        return Line(width - depth, 0, width - depth, height, kind)
    if SIDES[side] == "top":
        return Line(0, depth, width, depth, kind)
    return Line(0, height - depth, width, height - depth, kind)
