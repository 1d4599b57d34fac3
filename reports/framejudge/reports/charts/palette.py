"""The colours of charts and page: each has a role, a light and a dark value.

Charts are drawn in the light values, each used for one role only; on the page every colour becomes the CSS
variable of its role, so that one chart serves light, dark and print.
"""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """A role's colour on a light and on a dark page."""

    light: str
    dark: str


SERIES: tuple[Colour, ...] = (
    Colour("#1d5fbe", "#7db2ff"),
    Colour("#bf4510", "#ff9f6b"),
    Colour("#0c7a6b", "#4fd0b6"),
    Colour("#8540a6", "#cf9cf2"),
    Colour("#84660a", "#e0be4a"),
    Colour("#b1265e", "#ff8db3"),
)
"""One a detector, in order; at least 4.5:1 against the page, so they also serve as text."""

ROLES: dict[str, Colour] = {
    "ink": Colour("#1b1d22", "#eceae4"),
    "muted": Colour("#5b5f68", "#a9abb3"),
    "line": Colour("#d9d7d0", "#3a3d45"),
    "plain": Colour("#9a9ca3", "#8b8e97"),
    "paper": Colour("#fdfcfa", "#16181d"),
} | {f"series-{index}": colour for index, colour in enumerate(SERIES)}

DASHES: tuple[str, ...] = ("solid", "dashed", "dashdot", "dotted")
MARKERS: tuple[str, ...] = ("o", "s", "D", "^", "v", "P")


def series_index(position: int) -> int:
    """Return which series colour the detector at a position gets; they repeat after the last."""
    return position % len(SERIES)


def dash(position: int) -> str:
    """Return a detector's line style: it tells lines apart without colour, and where colours repeat."""
    return DASHES[(position + position // len(SERIES)) % len(DASHES)]


def css_variables(*, dark: bool) -> str:
    """Return the roles as CSS custom properties, one a line."""
    return "\n".join(
        f"  --{role}: {colour.dark if dark else colour.light};" for role, colour in ROLES.items()
    )
