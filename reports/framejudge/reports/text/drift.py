"""How the pictures of a run differ from an earlier run's, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framejudge.bench.run.images.drift import PropertyDrift, SetDrift, Spread
from framejudge.bench.run.images.looks import PROPERTIES
from framejudge.bench.run.wording import listed, p_equals, percent
from framejudge.reports.text.overview import FORMS

_OTHERWISE = {one.name: one for one in PROPERTIES}


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One property: how it was, how it is, and what that means.

    ``kind`` is "moved" where a shift is shown that is not negligible, else "same".
    """

    title: str
    before: str
    after: str
    size: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class DriftSummary:
    """The whole comparison in a headline, rows, and what could not be compared."""

    headline: str
    rows: Sequence[DriftRow]
    source: str
    notes: Sequence[str]


def summarise(drift: SetDrift) -> DriftSummary:
    """Return what a reader is told of the pictures of two runs."""
    notes = []
    if drift.not_compared:
        notes.append(
            f"Not compared, for one of the runs does not know them: {listed(drift.not_compared)}. "
            "Runs of this version and later do."
        )
    return DriftSummary(
        headline=_headline(drift),
        rows=[_row(one) for one in drift.properties],
        source=f"{drift.folder} ({drift.dataset}, {drift.started[:16].replace('T', ' ')})",
        notes=notes,
    )


def _headline(drift: SetDrift) -> str:
    if drift.same_images:
        return "The images are the same as in the earlier run."
    if not drift.properties:
        return "The sets cannot be compared: too few images."
    moved = [one for one in drift.properties if _moved(one)]
    if not moved:
        slight = [one for one in drift.properties if one.size == "negligible"]
        return (
            f"The pictures are alike: no drift beyond chance in {len(drift.properties)} properties."
            if not slight
            else f"The pictures are nearly alike: {listed(one.property for one in slight)} differ a little."
        )
    parts = [f"{_direction(one)} ({one.size} shift)" for one in moved]
    return f"The pictures have drifted. Those of this run are {listed(parts)}."


def _moved(one: PropertyDrift) -> bool:
    return one.size not in ("none shown", "negligible")


def _direction(one: PropertyDrift) -> str:
    prop = _OTHERWISE[one.property]
    return prop.more if one.superiority > 0.5 else prop.less


def _row(one: PropertyDrift) -> DriftRow:
    p = "" if one.p.value is None else f"; {p_equals(one.p.value)}"
    if one.property == "share of framed":
        before, after = percent(one.before.mean), percent(one.after.mean)
        words = "chance explains the difference" if one.size == "none shown" else _direction(one)
    else:
        before, after = _spread(one.property, one.before), _spread(one.property, one.after)
        words = _words(one)
    return DriftRow(
        title=one.property[0].upper() + one.property[1:],
        before=before,
        after=after,
        size=one.size,
        kind="moved" if _moved(one) else "same",
        words=words + p,
    )


def _words(one: PropertyDrift) -> str:
    if one.size == "none shown":
        return "chance explains the difference"
    if one.size == "negligible":
        return "as often above as below, but spread differently"
    more = one.superiority > 0.5
    share = one.superiority if more else 1 - one.superiority
    return f"{_direction(one)} than the earlier image in {share:.0%} of pairs".replace("%", " %")


def _spread(name: str, spread: Spread) -> str:
    form = FORMS[name]
    return f"{form(spread.median)} ({form(spread.low)} to {form(spread.high)})"
