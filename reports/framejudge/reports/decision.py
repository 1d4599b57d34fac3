"""The decision in words: which detector wins on what, and how sure that is.

A detector counts as ahead only where the 95 % interval of the paired comparison leaves out "no difference".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from framejudge.bench.run import Comparison, DetectorResult, Figure, Results
from framejudge.reports.wording import (
    count,
    fraction,
    interval,
    listed,
    milliseconds,
    p_value,
    percent,
    points,
)


@dataclass(frozen=True, slots=True)
class Duel:
    """The leader against one other detector on one question."""

    other: str
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
        Whether the leader is surely ahead of every other detector.
    answer
        The leader's figure with its interval, as text.
    duels
        The leader against each other detector.
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
    accuracy = _accuracy(results, names)
    latency = _latency(results, names)
    return Decision(
        headline=_headline(results, names, accuracy, latency),
        lead=_lead(results, names),
        verdicts=[accuracy, _ranking(results, names), latency],
    )


def oriented(comparison: Comparison, first: str) -> Comparison:
    """Return a comparison with ``first`` as ``a``: differences change sign, ratios are inverted."""
    if comparison.a == first:
        return comparison
    return Comparison(
        a=comparison.b,
        b=comparison.a,
        auc_difference=_mapped(comparison.auc_difference, lambda value: -value),
        accuracy_difference=_mapped(comparison.accuracy_difference, lambda value: -value),
        mcnemar_p=comparison.mcnemar_p,
        latency_ratio=_mapped(comparison.latency_ratio, lambda value: 1 / value if value else None),
    )


def _mapped(figure: Figure, change: Callable[[float], float | None]) -> Figure:
    value, low, high = (
        None if end is None else change(end) for end in (figure.value, figure.low, figure.high)
    )
    return replace(figure, value=value, low=high, high=low)


def _accuracy(results: Results, names: Sequence[str]) -> Verdict:
    def sentence(found: Comparison) -> Duel:
        difference = found.accuracy_difference
        if difference.value is None:
            return Duel(found.b, False, f"against {found.b}: {difference.reason or 'not compared'}")
        spread = interval(difference, points)
        sure = f" (95 % interval {spread})" if spread else f" ({difference.reason or 'no interval'})"
        p = f"; McNemar {p_value(found.mcnemar_p.value)}" if found.mcnemar_p.value is not None else ""
        if _leaves_out(difference, 0.0):
            return Duel(found.b, True, f"{points(difference.value)} points ahead of {found.b}{sure}{p}")
        return Duel(
            found.b, False, f"not told apart from {found.b}: {points(difference.value)} points{sure}{p}"
        )

    return _verdict(results, names, "Most accurate", lambda found: found.accuracy, percent, max, sentence)


def _ranking(results: Results, names: Sequence[str]) -> Verdict:
    def sentence(found: Comparison) -> Duel:
        difference = found.auc_difference
        if difference.value is None:
            return Duel(found.b, False, f"against {found.b}: {difference.reason or 'not compared'}")
        spread = interval(difference, fraction)
        sure = f" (95 % interval {spread})" if spread else f" ({difference.reason or 'no interval'})"
        if _leaves_out(difference, 0.0):
            return Duel(found.b, True, f"{fraction(difference.value)} ahead of {found.b}{sure}")
        return Duel(found.b, False, f"not told apart from {found.b}: {fraction(difference.value)}{sure}")

    return _verdict(results, names, "Ranks best (ROC area)", lambda found: found.auc, fraction, max, sentence)


def _latency(results: Results, names: Sequence[str]) -> Verdict:
    def sentence(found: Comparison) -> Duel:
        ratio = _mapped(found.latency_ratio, lambda value: 1 / value if value else None)
        if ratio.value is None:
            return Duel(found.b, False, f"against {found.b}: {ratio.reason or 'not compared'}")
        spread = interval(ratio, _times)
        sure = f" (95 % interval {spread})" if spread else f" ({ratio.reason or 'no interval'})"
        if _leaves_out(ratio, 1.0):
            return Duel(found.b, True, f"{_times(ratio.value)} times as fast as {found.b}{sure}")
        return Duel(found.b, False, f"not told apart from {found.b}: {_times(ratio.value)} times{sure}")

    return _verdict(
        results,
        names,
        "Fastest (median latency)",
        lambda found: found.latency_ms.p50 if found.latency_ms else None,
        milliseconds,
        min,
        sentence,
    )


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _verdict(
    results: Results,
    names: Sequence[str],
    question: str,
    read: Callable[[DetectorResult], Figure | None],
    form: Callable[[float], str],
    best: Callable[..., tuple[float, str]],
    sentence: Callable[[Comparison], Duel],
) -> Verdict:
    figures = {name: read(results.detectors[name]) for name in names}
    known = [(figure.value, name) for name, figure in figures.items() if figure and figure.value is not None]
    if not known:
        reasons = {figure.reason for figure in figures.values() if figure and figure.reason}
        return Verdict(question, None, False, "", [], "; ".join(sorted(reasons)) or "not measured")
    leader = best(known, key=lambda pair: pair[0])[1]
    figure = figures[leader]
    assert figure is not None and figure.value is not None
    duels = [
        sentence(oriented(found, leader)) for found in results.comparisons if leader in (found.a, found.b)
    ]
    spread = interval(figure, form)
    compared = {duel.other for duel in duels}
    return Verdict(
        question=question,
        leader=leader,
        clear=all(duel.clear for duel in duels) and {name for _, name in known} <= compared | {leader},
        answer=form(figure.value) + (f" ({spread})" if spread else ""),
        duels=duels,
        basis=_basis(figure),
    )


def _basis(figure: Figure) -> str:
    parts = [f"95 % interval: {figure.method}"] if figure.method and figure.low is not None else []
    if figure.n:
        parts.append(f"n = {figure.n:,}")
    if figure.reason:
        parts.append(figure.reason)
    return "; ".join(parts)


def _leaves_out(figure: Figure, value: float) -> bool:
    return figure.low is not None and figure.high is not None and not figure.low <= value <= figure.high


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
    undecided = _tied(accuracy)
    if by_latency:
        return f"{undecided}; {by_latency} is the fastest."
    return f"{undecided}."


def _tied(accuracy: Verdict) -> str:
    if accuracy.leader is None:
        return "Accuracy cannot be compared"
    behind = [duel.other for duel in accuracy.duels if duel.clear]
    level = [duel.other for duel in accuracy.duels if not duel.clear]
    if not level:
        return "The detectors' accuracies were not compared"
    tie = f"{listed([accuracy.leader, *level])} cannot be told apart on accuracy"
    return f"{tie}, and both are ahead of {listed(behind)}" if behind and len(level) == 1 else tie


def _lead(results: Results, names: Sequence[str]) -> str:
    dataset = results.dataset
    undecided = f", {dataset.undecided:,} undecided" if dataset.undecided else ""
    unreadable = f", {dataset.unreadable:,} unreadable" if dataset.unreadable else ""
    groups = f", cut from {count(dataset.groups, 'photo')}" if dataset.groups < dataset.images else ""
    return (
        f"Measured on {count(dataset.images, 'image')} of “{dataset.name}”{groups}: "
        f"{dataset.framed:,} framed, {dataset.plain:,} plain{undecided}{unreadable}."
    )
