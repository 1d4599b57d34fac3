"""The findings for a person: where the content is, and which side has what kind of band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import expm1

from framejudge.datasets.table.box import Box
from framejudge.detectors.canny.edges import SIDES, Floats, Strips
from framejudge.detectors.canny.lines import Ints
from framejudge.detectors.protocol import Explanation, Line

SOLID_DEVIATION = 6.0
"""Grey levels: a band that varies less along and across is one colour, JPEG's ringing included."""

PERIODIC_CORRELATION = 0.45
"""A band that is this much like itself further along is a pattern."""

SMOOTH_EDGE_DENSITY = 0.01
"""A band with fewer edges than this is a gradient, not a texture."""


@dataclass(frozen=True, slots=True)
class BestLines:
    """The likeliest line of each side; arrays of four, in the order of `SIDES`.

    Attributes
    ----------
    log_odds
        That the line is a frame's inner border.
    depth, outer
        Where it is, and where the band outside it begins, in working pixels.
    features
        Each feature of it, by name.
    """

    log_odds: Floats
    depth: Ints
    outer: Ints
    features: Mapping[str, Floats]


def locate_content(strips: Strips, best: BestLines, side_log_odds: float) -> Box:
    """Return the rectangle inside the frame, in pixels of the picture; at least one pixel large."""
    depths = [0, 0, 0, 0]
    for side in banded_sides(best, side_log_odds):
        depths[side] = _to_picture(side, int(best.depth[side]), strips)
    width, height = strips.size
    left, top = min(depths[0], width - 1), min(depths[1], height - 1)
    return Box(left, top, max(left + 1, width - depths[2]), max(top + 1, height - depths[3]))


def banded_sides(best: BestLines, side_log_odds: float) -> list[int]:
    """Return the sides of a framed picture that have a band.

    The most convincing side always counts: a picture judged framed has a frame somewhere.
    """
    strongest = int(best.log_odds.argmax())
    return [side for side in range(4) if side == strongest or best.log_odds[side] >= side_log_odds]


def explain_findings(
    strips: Strips, best: BestLines, *, score: float, threshold: float, side_log_odds: float
) -> Explanation:
    """Put the findings into words and lines."""
    framed = score >= threshold
    banded = banded_sides(best, side_log_odds) if framed else []
    parts = [f"{SIDES[side]} side: {_describe_band(side, strips, best)}" for side in banded]
    if len(banded) < 4:
        name = "other sides" if banded else "all sides"
        parts.append(f"{name}: {_describe_nearest(strips, best, banded)}")
    verdict = "framed" if framed else "plain"
    shown = [side for side in range(4) if side in banded or best.features["strength"][side] > 0]
    return Explanation(
        text=f"{verdict} ({score:.3f}, threshold {threshold:.3f}): {'; '.join(parts)}",
        lines=tuple(_line(side, strips, best, "band" if side in banded else "candidate") for side in shown),
    )


def material(best: BestLines, side: int) -> str:
    """Name what the band of a side is made of: solid, gradient, pattern or texture."""
    along, across = (expm1(float(best.features[name][side])) for name in ("band_along", "band_across"))
    if along < SOLID_DEVIATION and across < SOLID_DEVIATION:
        return "solid"
    if best.features["periodicity"][side] > PERIODIC_CORRELATION:
        return "pattern"
    smooth = float(best.features["band_edges"][side]) ** 2 < SMOOTH_EDGE_DENSITY
    return "gradient" if smooth else "texture"


def _describe_band(side: int, strips: Strips, best: BestLines) -> str:
    depth_px = _to_picture(side, int(best.depth[side]), strips)
    margin_px = _to_picture(side, int(best.outer[side]), strips)
    inset = f", {margin_px} px from the edge" if margin_px else ""
    straight = _percent(best.features["straightness"][side])
    return f"band of {depth_px - margin_px} px{inset}, {straight} straight, {material(best, side)}"


def _describe_nearest(strips: Strips, best: BestLines, banded: list[int]) -> str:
    """Say that the sides without a band have none, and which line came nearest to one."""
    nearest = max(set(range(4)) - set(banded), key=lambda side: float(best.log_odds[side]))
    if best.features["strength"][nearest] <= 0:
        return "none"
    depth_px = _to_picture(nearest, int(best.depth[nearest]), strips)
    covered = _percent(best.features["coverage"][nearest])
    return f"none (nearest: {SIDES[nearest]}, a line at {depth_px} px over {covered} of the side)"


def _to_picture(side: int, depth: int, strips: Strips) -> int:
    """Return a depth in a strip as a distance from the picture's side, in pixels of the picture."""
    return strips.margins[side] + round(depth / strips.scale[side % 2])


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _line(side: int, strips: Strips, best: BestLines, kind: str) -> Line:
    """Return a side's line over the side's whole length, in pixels of the picture."""
    width, height = strips.size
    depth = _to_picture(side, int(best.depth[side]), strips)
    if SIDES[side] == "left":
        return Line(depth, 0, depth, height, kind)
    if SIDES[side] == "right":
        return Line(width - depth, 0, width - depth, height, kind)
    if SIDES[side] == "top":
        return Line(0, depth, width, depth, kind)
    return Line(0, height - depth, width, height - depth, kind)
