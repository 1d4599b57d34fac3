"""The detector: where long straight edges run along the sides, and what follows from that.

The published baseline was described in one sentence: "particular number of edges imply frame existence".
These are rules of that kind, each of which a person can check by eye. Nothing is fitted but their thresholds,
each a round number that `tuning` found on photos of bucket 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.table.box import Box
from framejudge.detectors.protocol import Explanation, Image, Line

SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds: lengths of lines are shares of the side that they run along.

    Attributes
    ----------
    four_sides, three_sides, opposite_sides, alike_sides, neighbours, one_side
        A frame has lines at least so long: on all sides; on three; on two opposite ones; on two opposite ones
        at the same depth; on two that meet; on one.
    deepest
        A frame's line is no deeper in the picture than this share of its width or height.
    page
        Outside a page's picture everything is at least so light, in levels of 255: that is no band.
    thin
        But two lines so close to each other, in pixels, are a drawn line, whatever lies outside.
    even
        A band of one colour deviates by at most so many levels: otherwise its line counts `UNEVEN`.
    ruled, ruled_lines
        Lines at least so long across the picture's middle, more than so many: the picture is ruled itself,
        and the lines at its sides count half.
    """

    four_sides: float = 0.35
    three_sides: float = 0.55
    opposite_sides: float = 0.65
    alike_sides: float = 0.5
    neighbours: float = 0.65
    one_side: float = 0.75
    deepest: float = 0.25
    page: float = 235.0
    thin: int = 5
    even: float = 40.0
    ruled: float = 0.6
    ruled_lines: int = 8


RULES = Rules()
LOW, HIGH = 60, 140
"""Canny's thresholds, in levels of gradient."""
UNEVEN = 0.75
"""A line beside a band that is not even counts so much of its length."""
SHORT = 0.3
"""A line that is shorter fulfils no rule: nothing more is measured of it."""

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class SideLine:
    """The longest line along one side.

    ``length`` is a share of the side, ``depth`` its distance from the side in pixels. ``light`` is the mean
    grey level outside it and ``spread`` the standard deviation there. ``drawn`` says whether a second line is
    close by.
    """

    length: float
    depth: int
    light: float
    spread: float
    drawn: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """The lines along the four sides, in the order of `SIDES`, and how many cross the picture's middle."""

    lines: tuple[SideLine, SideLine, SideLine, SideLine]
    lines_in_the_middle: int
    height: int
    width: int


class Canny2016Detector:
    """Calls a picture framed if long straight edges run along enough of its sides."""

    threshold = 0.5

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules

    def prepare(self, image: Image) -> Findings:
        """Find the edges and lines of a (H, W, 3) uint8 RGB picture."""
        return find_lines(image, self.rules)

    def infer(self, prepared: Findings) -> float:
        """Return how far the best rule is fulfilled, in [0, 1]; 0.5 where it just is."""
        return max(strength for _, strength, _ in judge(prepared, self.rules))

    def predict(self, image: Image) -> float:
        """Return the score of a picture, in [0, 1]."""
        return self.infer(self.prepare(image))

    def locate(self, image: Image) -> Box | None:
        """Return the content box, None for a picture judged plain.

        It lies inside the lines of the best rule, and inside any other that is long enough for three sides.
        """
        found = self.prepare(image)
        _, strength, sides = _best(found, self.rules)
        if strength < self.threshold:
            return None
        left, top, right, bottom = (
            line.depth if side in sides or _counted(line, found, self.rules) >= self.rules.three_sides else 0
            for side, line in zip(SIDES, found.lines, strict=True)
        )
        return Box(left, top, found.width - right, found.height - bottom)

    def explain(self, image: Image) -> Explanation:
        """Return the rule that decided, and its lines in pixels."""
        found = self.prepare(image)
        rule, strength, sides = _best(found, self.rules)
        fulfilled = "fulfilled" if strength >= self.threshold else "not fulfilled"
        told = ", ".join(
            f"{side}: a line over {line.length:.0%} of the side, {line.depth} px deep"
            for side, line in zip(SIDES, found.lines, strict=True)
        )
        lines = tuple(
            _segment(side, line, found)
            for side, line in zip(SIDES, found.lines, strict=True)
            if side in sides
        )
        return Explanation(f"{rule}: {fulfilled} ({strength:.2f} of 1, 0.5 needed). {told}.", lines)


def find_lines(image: Image, rules: Rules = RULES) -> Findings:
    """Return the longest line along each side of a (H, W, 3) uint8 RGB picture without its page's margins."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    edges = cv2.Canny(grey, LOW, HIGH)
    columns = cv2.reduce(edges, 0, cv2.REDUCE_AVG)[0].astype(np.float32) / 255
    rows = cv2.reduce(edges, 1, cv2.REDUCE_AVG)[:, 0].astype(np.float32) / 255
    (left, right), (top, bottom) = _margins(columns, grey, rules), _margins(rows, grey.T, rules)
    height, width = grey.shape
    tall, wide = height - top - bottom, width - left - right
    leftward, upward = _lengths(columns[::-1], height / tall), _lengths(rows[::-1], width / wide)
    columns, rows = _lengths(columns, height / tall), _lengths(rows, width / wide)
    across, down = max(2, int(wide * rules.deepest)), max(2, int(tall * rules.deepest))
    found = (
        _line(columns[left : left + across], left, grey, rules),
        _line(rows[top : top + down], top, grey.T, rules),
        _line(leftward[right : right + across], right, grey[:, ::-1], rules),
        _line(upward[bottom : bottom + down], bottom, grey.T[:, ::-1], rules),
    )
    middle = int((columns[left + across : width - right - across] >= rules.ruled).sum())
    middle += int((rows[top + down : height - bottom - down] >= rules.ruled).sum())
    return Findings(found, middle // 2, height, width)  # each line stands in two neighbouring columns


def judge(found: Findings, rules: Rules = RULES) -> list[tuple[str, float, tuple[str, ...]]]:
    """Return each rule's name, how far it is fulfilled in [0, 1] (0.5 where it just is), and its sides."""
    counted = {side: _counted(line, found, rules) for side, line in zip(SIDES, found.lines, strict=True)}
    left, top, right, bottom = (counted[side] for side in SIDES)
    ranked = sorted(SIDES, key=lambda side: -counted[side])
    across, down = min(left, right), min(top, bottom)
    opposite = ("left", "right") if across >= down else ("top", "bottom")
    depths = [line.depth for line, side in zip(found.lines, SIDES, strict=True) if side in opposite]
    length = found.width if opposite[0] == "left" else found.height
    alike = max(across, down) if abs(depths[0] - depths[1]) <= max(2, 0.02 * length) else 0.0
    corner = (ranked[0], next(side for side in ranked if SIDES.index(side) % 2 != SIDES.index(ranked[0]) % 2))
    needed = (
        ("lines along four sides", counted[ranked[3]], rules.four_sides, SIDES),
        ("lines along three sides", counted[ranked[2]], rules.three_sides, tuple(ranked[:3])),
        ("lines along opposite sides", max(across, down), rules.opposite_sides, opposite),
        ("lines along opposite sides, equally deep", alike, rules.alike_sides, opposite),
        ("lines along two sides that meet", counted[corner[1]], rules.neighbours, corner),
        ("a line along one side", counted[ranked[0]], rules.one_side, (ranked[0],)),
    )
    return [
        (name, min(1.0, length / least / 2) if length < least else 0.5 + _beyond(length, least), sides)
        for name, length, least, sides in needed
    ]


def _beyond(length: float, least: float) -> float:
    """Return how far a line is longer than needed, in [0, 0.5]."""
    return 0.5 * (length - least) / (1 - least) if least < 1 else 0.0


def _best(found: Findings, rules: Rules) -> tuple[str, float, tuple[str, ...]]:
    return max(judge(found, rules), key=lambda each: each[1])


def _counted(line: SideLine, found: Findings, rules: Rules) -> float:
    """Return how long a line counts: not at all beside a page's white, half in ruled pictures."""
    if line.light >= rules.page and not line.drawn:
        return 0.0
    if found.lines_in_the_middle > rules.ruled_lines:
        return line.length / 2
    return line.length * UNEVEN if line.spread > rules.even else line.length


def _margins(means: Array, grey: Array, rules: Rules) -> tuple[int, int]:
    """Return how deep the page's white is at both ends of the columns, and the edge at which it ends.

    ``means`` is the share of edge pixels in each column of ``grey``.
    """
    inked = means > 0.01
    if not inked.any():
        return 0, 0
    first, last = int(inked.argmax()), int(inked[::-1].argmax())
    count = len(means)
    is_page = (
        first > 1 and cv2.mean(grey[:, :first])[0] >= rules.page,
        last > 1 and cv2.mean(grey[:, count - last :])[0] >= rules.page,
    )
    start, end = (first + 2) * is_page[0], (last + 2) * is_page[1]
    return (start, end) if start + end < count // 2 else (0, 0)


def _lengths(means: Array, scale: float) -> Array:
    """Return the share of edge pixels in each two neighbouring columns or rows: an edge wavers by a pixel."""
    shares = means * np.float32(scale)
    shares[:-1] += shares[1:]
    return np.asarray(np.minimum(shares, 1.0))


def _line(lengths: Array, margin: int, grey: Array, rules: Rules) -> SideLine:
    """Return the longest line among the columns next to a margin, and what lies outside it."""
    place = int(lengths.argmax())
    length, depth = float(lengths[place]), margin + place + 1
    if length < SHORT or depth - 1 <= margin:
        return SideLine(length, depth, 0.0, 0.0, drawn=False)
    before = lengths[max(0, place - rules.thin) : max(0, place - 1)]
    after = lengths[place + 2 : place + rules.thin + 1]
    drawn = max(before.max(initial=0), after.max(initial=0)) >= 0.75 * length
    light, spread = cv2.meanStdDev(grey[:, margin:depth])
    return SideLine(length, depth, float(light[0, 0]), float(spread[0, 0]), bool(drawn))


def _segment(side: str, line: SideLine, found: Findings) -> Line:
    if side in ("left", "right"):
        x = line.depth if side == "left" else found.width - line.depth
        return Line(x, 0, x, found.height, "inner border")
    y = line.depth if side == "top" else found.height - line.depth
    return Line(0, y, found.width, y, "inner border")
