"""What changed against a baseline, in words: a row a detector, a sentence for the first screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from framejudge.bench.run import Figure
from framejudge.bench.run.comparison import DetectorChange, Flip, RunComparison
from framejudge.bench.run.wording import (
    Format,
    count,
    fraction,
    interval,
    listed,
    milliseconds,
    p_equals,
    points,
)
from framejudge.datasets.codes.sets import GENERATED

KINDS = {"better": "better", "worse": "worse", "no change shown": "same", "not judged": "unknown"}

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ChangeCell:
    """One figure before and after as text, and what stands below it."""

    text: str
    under: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One detector against the baseline."""

    detector: str
    verdict: str
    kind: str
    accuracy: ChangeCell
    auc: ChangeCell
    flips: ChangeCell
    latency: ChangeCell


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """What the first screen says of a comparison with a baseline."""

    headline: str
    source: str
    rows: Sequence[ChangeRow]
    notes: Sequence[str]


def summarise(comparison: RunComparison) -> BaselineSummary:
    """Return a comparison in words."""
    before = comparison.before
    return BaselineSummary(
        headline=_headline(comparison.detectors),
        source=f"{before.folder}, {before.started[:16].replace('T', ' ')}, framejudge {before.version}",
        rows=[_row(change) for change in comparison.detectors],
        notes=_notes(comparison),
    )


def flips_by_detector(comparison: RunComparison) -> Mapping[str, Sequence[Flip]]:
    """Return the images that each detector judges otherwise than in the baseline."""
    found: dict[str, list[Flip]] = {}
    for flip in comparison.flips:
        found.setdefault(flip.detector, []).append(flip)
    return found


def _headline(changes: Sequence[DetectorChange]) -> str:
    verdicts = [change.verdict for change in changes]
    parts = [
        f"{_named(changes, verdict)} {'is' if verdicts.count(verdict) == 1 else 'are'} {verdict}"
        for verdict in ("worse", "better")
        if verdict in verdicts
    ]
    if same := _named(changes, "no change shown"):
        parts.append(f"{'no' if parts else 'No'} change is shown for {same}")
    if unknown := _named(changes, "not judged"):
        parts.append(f"{unknown} could not be compared")
    text = "; ".join(parts)
    return f"{text}."


def _named(changes: Sequence[DetectorChange], verdict: str) -> str:
    """Return the names of the detectors with a verdict; many are counted."""
    names = [change.detector for change in changes if change.verdict == verdict]
    return listed(names) if len(names) <= MOST_NAMED else f"{len(names)} detectors"


def _row(change: DetectorChange) -> ChangeRow:
    return ChangeRow(
        detector=change.detector,
        verdict=change.verdict,
        kind=KINDS[change.verdict],
        accuracy=_change(change.accuracy_difference, points, " points", _tests(change)),
        auc=_change(change.auc_difference, fraction, "", change.auc_difference.method),
        flips=ChangeCell(
            f"{change.fixed:,} fixed, {change.regressed:,} regressed", f"of {count(change.images, 'image')}"
        ),
        latency=_latency(change),
    )


def _change(figure: Figure, form: Format, unit: str, basis: str) -> ChangeCell:
    if figure.value is None:
        return ChangeCell("", figure.reason or "no reason was recorded")
    sign = "+" if figure.value > 0 else ""
    spread = interval(figure, form)
    under = " · ".join(part for part in (spread, basis) if part)
    return ChangeCell(f"{sign}{form(figure.value)}{unit}", under)


def _tests(change: DetectorChange) -> str:
    p = change.mcnemar_p
    return f"McNemar {p_equals(p.value)}".replace(" ", "\u00a0") if p.value is not None else p.reason or ""


def _latency(change: DetectorChange) -> ChangeCell:
    old, new, ratio = change.p50_ms_before, change.p50_ms_after, change.latency_ratio
    if old is None or new is None or old.value is None or new.value is None:
        return ChangeCell("", ratio.reason or "not timed")
    times = "" if ratio.value is None else f"{ratio.value:.2f} times; "
    return ChangeCell(
        f"{milliseconds(old.value)} → {milliseconds(new.value)}", f"{times}{ratio.reason or ''}"
    )


def _notes(comparison: RunComparison) -> list[str]:
    notes = [str(one) for one in comparison.notices if one.code != GENERATED.number]
    if comparison.missing_after:
        notes.append(f"only in the baseline: {', '.join(comparison.missing_after)}")
    if comparison.missing_before:
        notes.append(f"not in the baseline: {', '.join(comparison.missing_before)}")
    return notes
