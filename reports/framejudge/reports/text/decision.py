"""What a run decides, in one sentence and what stands below it: the same in report, Markdown and terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framejudge.bench.run import Results
from framejudge.bench.run.wording import about, count, interval, listed, percent
from framejudge.reports.text.costs import CostTable, cost_headline, cost_notes, cost_table
from framejudge.reports.text.questions import SIGNIFICANCE, Duel, Verdict, answers, finished, oriented


@dataclass(frozen=True, slots=True)
class Decision:
    """What the first screen says.

    Attributes
    ----------
    headline
        The decision in one or two sentences.
    lead
        What was measured on.
    verdicts
        Accuracy, ranking, latency.
    notes
        What else the decision depends on, a sentence each.
    costs
        Each detector's expected cost; None where no costs were given.
    """

    headline: str
    lead: str
    verdicts: Sequence[Verdict]
    notes: Sequence[str] = ()
    costs: CostTable | None = None


def decide(results: Results) -> Decision:
    """Return the decision that a run's results support."""
    accuracy, ranking, latency = answers(results)
    by_cost = results.decision
    return Decision(
        headline=accuracy_headline(results, accuracy, latency) if by_cost is None else cost_headline(by_cost),
        lead=_lead(results),
        verdicts=[accuracy, ranking, latency],
        notes=[] if by_cost is None else cost_notes(by_cost),
        costs=None if by_cost is None else cost_table(by_cost),
    )


def accuracy_headline(results: Results, accuracy: Verdict, latency: Verdict) -> str:
    """Return who wins where nobody said what mistakes cost.

    A winner is named only where the paired test says so. Else it stands there how many images would tell.
    """
    names = finished(results)
    if not names:
        return "No detector finished, so nothing can be decided."
    fastest = latency.leader if latency.clear and len(names) > 1 else None
    and_fastest = f"; {fastest} is the fastest" if fastest else ""
    if not results.dataset.framed + results.dataset.plain:
        return f"No image has a label, so accuracy cannot be judged{and_fastest}."
    if len(names) == 1:
        return _alone(results, names[0])
    if accuracy.leader is None:
        return f"Accuracy cannot be compared{and_fastest}."
    if not accuracy.clear:
        return f"{_not_told_apart(results, accuracy)}{and_fastest}."
    if accuracy.leader == fastest:
        return f"{fastest} is both the most accurate and the fastest."
    return f"{accuracy.leader} is the most accurate{and_fastest}."


def _alone(results: Results, name: str) -> str:
    found = results.detectors[name].accuracy
    if found.value is None:
        return f"{name} was measured; its accuracy cannot be given: {found.reason}."
    spread = interval(found, percent)
    return f"{name} judges {percent(found.value)} of the images right" + (f" ({spread})." if spread else ".")


def _not_told_apart(results: Results, accuracy: Verdict) -> str:
    leader, level = str(accuracy.leader), [duel for duel in accuracy.duels if not duel.clear]
    if not level:
        return f"{leader} was not compared with every other detector"
    if len(level) > 1:
        others = listed(duel.other for duel in level)
        said = f"{leader} judges most images right, but cannot be told apart from {others} by accuracy"
    else:
        said = f"{leader} and {level[0].other} cannot be told apart by accuracy"
        behind = [duel.other for duel in accuracy.duels if duel.clear]
        if behind and all(_ahead(results, level[0].other, other) for other in behind):
            others = listed(behind) if len(behind) < 3 else f"the {len(behind)} others"
            said += f"; both are more accurate than {others}"
    return said + _what_would_tell(level)


def _what_would_tell(level: Sequence[Duel]) -> str:
    """Return how many images would tell the leader apart from those on a level with it."""
    needed = [duel.images_to_tell for duel in level]
    if all(needed):
        return f"; {about(max(filter(None, needed)), 'image')} would tell"
    points = [duel.images_for_a_point for duel in level]
    if all(points):
        return f"; a difference of 1 point would need {about(max(filter(None, points)), 'image')}"
    return ""


def _ahead(results: Results, better: str, worse: str) -> bool:
    """Return whether one detector is significantly more accurate than another."""
    for found in results.comparisons:
        if {found.a, found.b} == {better, worse}:
            turned = oriented(found, better)
            gap, p = turned.accuracy_difference.value, turned.mcnemar_p.value
            return gap is not None and gap > 0 and p is not None and p < SIGNIFICANCE
    return False


def _lead(results: Results) -> str:
    dataset = results.dataset
    unlabelled = f", {dataset.unlabelled:,} unlabelled" if dataset.unlabelled else ""
    unreadable = f", {dataset.unreadable:,} unreadable" if dataset.unreadable else ""
    groups = f", cut from {count(dataset.groups, 'photo')}" if dataset.groups < dataset.images else ""
    return (
        f"Measured on {count(dataset.images, 'image')} of “{dataset.name}”{groups}: "
        f"{dataset.framed:,} framed, {dataset.plain:,} plain{unlabelled}{unreadable}."
    )
