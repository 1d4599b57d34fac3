"""Which detector is the most accurate, ranks best, is the fastest, and how sure that is, in words.

By accuracy a detector is ahead only where McNemar's test, after Holm, says so; by its ranking or its latency
where the 95 % interval of the paired comparison leaves out "no difference".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from framejudge.bench.run import Comparison, DetectorResult, Figure, Results
from framejudge.bench.run.wording import (
    Format,
    fraction,
    interval,
    milliseconds,
    p_equals,
    percent,
    points,
)

SIGNIFICANCE = 0.05
"""Below this p-value, corrected for the number of pairs (Holm), one detector is more accurate."""


@dataclass(frozen=True, slots=True)
class Duel:
    """The leader against one other detector on one question; ``gap`` is how far ahead the leader is.

    ``images_to_tell`` and ``images_for_a_point`` are those of `framejudge.bench.run.Comparison`, on accuracy.
    """

    other: str
    gap: float
    clear: bool
    sentence: str
    images_to_tell: int | None = None
    images_for_a_point: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One question and its answer.

    Attributes
    ----------
    question
        "Most accurate", "Ranks best", "Fastest".
    leader
        The detector with the best figure; None where nobody has one.
    clear
        Whether the leader is clearly ahead of every other detector.
    answer
        The leader's figure with its interval, as text.
    duels
        The leader against each other detector, the closest first.
    basis
        How the figure's interval was made, from how many observations.
    """

    question: str
    leader: str | None
    clear: bool
    answer: str
    duels: Sequence[Duel]
    basis: str


def answers(results: Results) -> tuple[Verdict, Verdict, Verdict]:
    """Return who is the most accurate, who ranks best and who is the fastest, of those that finished."""
    names = finished(results)
    accuracy, ranking, latency = (
        _verdict(results, names, question) for question in (_ACCURACY, _RANKING, _LATENCY)
    )
    return accuracy, ranking, latency


def finished(results: Results) -> list[str]:
    """Return the detectors that did not fail, in the run's order."""
    return [name for name, found in results.detectors.items() if found.status == "complete"]


def oriented(comparison: Comparison, first: str) -> Comparison:
    """Return a comparison with ``first`` as ``a``: differences change sign, ratios are inverted."""
    if comparison.a == first:
        return comparison
    return replace(
        comparison,
        a=comparison.b,
        b=comparison.a,
        auc_difference=_negated(comparison.auc_difference),
        accuracy_difference=_negated(comparison.accuracy_difference),
        latency_ratio=_inverted(comparison.latency_ratio),
    )


def _negated(figure: Figure) -> Figure:
    value, low, high = (None if end is None else -end for end in (figure.value, figure.low, figure.high))
    return replace(figure, value=value, low=high, high=low)


def _inverted(figure: Figure) -> Figure:
    value, low, high = (1 / end if end else None for end in (figure.value, figure.low, figure.high))
    return replace(figure, value=value, low=high, high=low)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of all detectors, and how a comparison answers it.

    ``gap`` is how far the leader is ahead, ``level`` its value where two are equal.
    """

    title: str
    read: Callable[[DetectorResult], Figure | None]
    form: Format
    lower_is_better: bool
    gap: Callable[[Comparison], Figure]
    level: float
    gap_form: Format
    unit: str
    ahead: str
    p: Callable[[Comparison], Figure | None] = lambda found: None


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


_ACCURACY = _Question(
    "Most accurate",
    read=lambda found: found.accuracy,
    form=percent,
    lower_is_better=False,
    gap=lambda found: found.accuracy_difference,
    level=0.0,
    gap_form=points,
    unit=" points",
    ahead="ahead of",
    p=lambda found: found.mcnemar_p,
)
_RANKING = _Question(
    "Ranks best (ROC area)",
    read=lambda found: found.auc,
    form=fraction,
    lower_is_better=False,
    gap=lambda found: found.auc_difference,
    level=0.0,
    gap_form=fraction,
    unit="",
    ahead="ahead of",
)
_LATENCY = _Question(
    "Fastest (median latency)",
    read=lambda found: found.latency_ms.p50 if found.latency_ms else None,
    form=milliseconds,
    lower_is_better=True,
    gap=lambda found: _inverted(found.latency_ratio),
    level=1.0,
    gap_form=_times,
    unit=" times",
    ahead="as fast as",
)


def _verdict(results: Results, names: Sequence[str], question: _Question) -> Verdict:
    figures = {name: question.read(results.detectors[name]) for name in names}
    known = {name: figure.value for name, figure in figures.items() if figure and figure.value is not None}
    if not known:
        reasons = {figure.reason for figure in figures.values() if figure and figure.reason}
        return Verdict(question.title, None, False, "", [], "; ".join(sorted(reasons)) or "not measured")
    leader = (min if question.lower_is_better else max)(known, key=lambda name: known[name])
    figure = figures[leader] or Figure(value=None)
    compared = [oriented(found, leader) for found in results.comparisons if leader in (found.a, found.b)]
    duels = [_duel(question, found) for found in compared if found.b in known]
    spread = interval(figure, question.form)
    return Verdict(
        question=question.title,
        leader=leader,
        clear=all(duel.clear for duel in duels) and len(duels) == len(known) - 1,
        answer=question.form(known[leader]) + (f" ({spread})" if spread else ""),
        duels=sorted(duels, key=lambda duel: (duel.clear, duel.gap)),
        basis=_basis(figure),
    )


def _duel(question: _Question, found: Comparison) -> Duel:
    gap, p = question.gap(found), question.p(found)
    if gap.value is None:
        return Duel(
            found.b, 0.0, False, f"not compared with {found.b}: {gap.reason or 'no reason was recorded'}"
        )
    clear = gap.value > question.level and (_outside(gap, question.level) if p is None else _significant(p))
    size = question.gap_form(gap.value) + question.unit
    said = f"{size} {question.ahead} {found.b}" if clear else f"no clear difference from {found.b}: {size}"
    spread = interval(gap, question.gap_form)
    said += f" (95 % interval {spread})" if spread else f" ({gap.reason or 'no interval'})"
    if p is None:
        return Duel(found.b, gap.value, clear, said)
    if p.value is not None:
        said += f"; McNemar {p_equals(p.value)}"
    return Duel(found.b, gap.value, clear, said, found.images_to_tell, found.images_for_a_point)


def _outside(gap: Figure, level: float) -> bool:
    return gap.low is not None and gap.high is not None and not gap.low <= level <= gap.high


def _significant(p: Figure) -> bool:
    return p.value is not None and p.value < SIGNIFICANCE


def _basis(figure: Figure) -> str:
    parts = [f"95 % interval: {figure.method}"] if figure.method and figure.low is not None else []
    if figure.n:
        parts.append(f"n = {figure.n:,}")
    if figure.reason:
        parts.append(figure.reason)
    return "; ".join(parts)
