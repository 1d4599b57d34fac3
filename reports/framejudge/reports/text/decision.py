"""The decision in words: which detector wins on what, and how sure that is.

A detector counts as ahead only where the 95 % interval of the paired comparison leaves out "no difference".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from framejudge.bench.run import Comparison, DetectorResult, Figure, Results
from framejudge.bench.run.wording import (
    Format,
    count,
    fraction,
    interval,
    listed,
    milliseconds,
    p_equals,
    percent,
    points,
)


@dataclass(frozen=True, slots=True)
class Duel:
    """The leader against one other detector on one question; ``gap`` is how far ahead the leader is."""

    other: str
    gap: float
    clear: bool
    sentence: str


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


@dataclass(frozen=True, slots=True)
class Decision:
    """What the first screen says."""

    headline: str
    lead: str
    verdicts: Sequence[Verdict]


def decide(results: Results) -> Decision:
    """Return the decision that a run's results support."""
    names = [name for name, found in results.detectors.items() if found.status == "complete"]
    accuracy, ranking, latency = (
        _verdict(results, names, question) for question in (_ACCURACY, _RANKING, _LATENCY)
    )
    return Decision(
        headline=_headline(results, names, accuracy, latency),
        lead=_lead(results, names),
        verdicts=[accuracy, ranking, latency],
    )


def oriented(comparison: Comparison, first: str) -> Comparison:
    """Return a comparison with ``first`` as ``a``: differences change sign, ratios are inverted."""
    if comparison.a == first:
        return comparison
    return Comparison(
        a=comparison.b,
        b=comparison.a,
        auc_difference=_negated(comparison.auc_difference),
        accuracy_difference=_negated(comparison.accuracy_difference),
        mcnemar_p=comparison.mcnemar_p,
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
    clear = gap.low is not None and gap.high is not None and not gap.low <= question.level <= gap.high
    size = question.gap_form(gap.value) + question.unit
    said = f"{size} {question.ahead} {found.b}" if clear else f"no clear difference from {found.b}: {size}"
    spread = interval(gap, question.gap_form)
    said += f" (95 % interval {spread})" if spread else f" ({gap.reason or 'no interval'})"
    if p is not None and p.value is not None:
        said += f"; McNemar {p_equals(p.value)}"
    return Duel(found.b, gap.value, clear, said)


def _basis(figure: Figure) -> str:
    parts = [f"95 % interval: {figure.method}"] if figure.method and figure.low is not None else []
    if figure.n:
        parts.append(f"n = {figure.n:,}")
    if figure.reason:
        parts.append(figure.reason)
    return "; ".join(parts)


def _headline(results: Results, names: Sequence[str], accuracy: Verdict, latency: Verdict) -> str:
    if not names:
        return "No detector finished, so nothing can be decided."
    if len(names) == 1:
        found = results.detectors[names[0]].accuracy
        if found.value is None:
            return f"{names[0]} was measured; its accuracy cannot be given: {found.reason}."
        return f"{names[0]} judges {percent(found.value)} of the images right."
    by_accuracy = accuracy.leader if accuracy.clear else None
    by_latency = latency.leader if latency.clear else None
    if by_accuracy and by_accuracy == by_latency:
        return f"{by_accuracy} is both the most accurate and the fastest."
    if by_accuracy and by_latency:
        return f"{by_accuracy} is the most accurate; {by_latency} is the fastest."
    if by_accuracy:
        return f"{by_accuracy} is the most accurate."
    tied = _tied(accuracy)
    if by_latency:
        return f"{tied}; {by_latency} is the fastest."
    return f"{tied}."


def _tied(accuracy: Verdict) -> str:
    if accuracy.leader is None:
        return "Accuracy cannot be compared"
    behind = [duel.other for duel in accuracy.duels if duel.clear]
    level = [duel.other for duel in accuracy.duels if not duel.clear]
    if not level:
        return "The detectors' accuracies were not compared"
    tie = f"There is no clear difference in accuracy between {listed([accuracy.leader, *level])}"
    if not behind or len(level) > 1:
        return tie
    others = listed(behind) if len(behind) < 3 else f"the {len(behind)} others"
    return f"{tie}; both are ahead of {others}"


def _lead(results: Results, names: Sequence[str]) -> str:
    dataset = results.dataset
    unlabelled = f", {dataset.unlabelled:,} unlabelled" if dataset.unlabelled else ""
    unreadable = f", {dataset.unreadable:,} unreadable" if dataset.unreadable else ""
    groups = f", cut from {count(dataset.groups, 'photo')}" if dataset.groups < dataset.images else ""
    return (
        f"Measured on {count(dataset.images, 'image')} of “{dataset.name}”{groups}: "
        f"{dataset.framed:,} framed, {dataset.plain:,} plain{unlabelled}{unreadable}."
    )
