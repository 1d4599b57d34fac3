"""A decision by costs in words: which detector to ship, how sure that is, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framejudge.bench.run import Figure
from framejudge.bench.run.decision.costs import CALL_ALL, CALL_NONE, CostDecision, DetectorCost
from framejudge.bench.run.wording import NONE, Format, about, interval, milliseconds, number, percent

CALLING = {CALL_NONE: "calling no image framed", CALL_ALL: "calling every image framed"}


@dataclass(frozen=True, slots=True)
class CostRow:
    """One choice as text: what it costs, how surely it is the cheapest, and whether it is in time."""

    choice: str
    cost: str
    spread: str
    cheapest: str
    latency: str
    budget: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class CostTable:
    """A row a detector, the cheapest first, and what can be done without one.

    ``latency_title`` is empty where no budget was given.
    """

    cost_title: str
    latency_title: str
    rows: Sequence[CostRow]


def cost_headline(decision: CostDecision) -> str:
    """Return which detector to ship by its cost, and how sure that is."""
    found = _found(decision, decision.choice)
    if decision.verdict == "none in time":
        return _none_in_time(decision)
    if found is None or found.cost.value is None:
        return f"What mistakes cost cannot be weighed: {decision.reason or 'no reason was recorded'}."
    said = f"{found.detector} {_costs(decision, found.cost.value)} per 1,000 images"
    spread = interval(found.cost, number)
    spread = f" ({spread})" if spread else ""
    if decision.verdict in ("none pays", "may not pay"):
        which, least = _without_detector(decision)
        in_time = "" if found.budget is None else " that may keep the latency budget"
        costs = f"{CALLING[which]} {_costs(decision, least)} per 1,000 images"
        beside = f"the cheapest detector{in_time}, {found.detector}, {number(found.cost.value)}{spread}"
        if decision.verdict == "none pays":
            return f"Ship none: {costs}, and {beside}."
        return f"It is not clear that a detector pays: {costs}, {beside}."
    in_time = "; whether it keeps the latency budget is not clear" if found.budget == "unclear" else ""
    if decision.verdict == "only one":
        alone = len(decision.detectors) == 1
        return f"{said if alone else _ship(found, said)}{spread}{in_time}."
    probability = f"the cheapest with a probability of {_probability(found.cheapest)}"
    if decision.verdict == "ship":
        return f"{_ship(found, said)}{spread}, and is {probability}{in_time}."
    rival = _found(decision, decision.runner_up)
    beside = (
        "" if rival is None or rival.cost.value is None else f", {rival.detector} {number(rival.cost.value)}"
    )
    tell = decision.images_to_tell
    needed = "" if tell is None else f"; {about(tell, 'image')} would tell"
    return f"Too close to call: {said}{beside}. {found.detector} is {probability}{needed}."


def cost_notes(decision: CostDecision) -> list[str]:
    """Return what else the decision depends on: a sentence each."""
    found = (_terms(decision), *_budget_notes(decision), *_turns(decision))
    return [note[0].upper() + note[1:] if note.startswith("calling") else note for note in found]


def cost_table(decision: CostDecision) -> CostTable:
    """Return each detector's cost as rows of text."""
    budget = decision.terms.latency_budget_ms
    ordered = sorted(
        decision.detectors, key=lambda one: float("inf") if one.cost.value is None else one.cost.value
    )
    rows = [
        CostRow(
            choice=one.detector,
            cost=NONE if one.cost.value is None else number(one.cost.value),
            spread=interval(one.cost, number),
            cheapest=NONE if one.cheapest is None else _probability(one.cheapest),
            latency="" if budget is None else _latency(one),
            budget=one.budget or "",
            chosen=one.detector == decision.choice,
        )
        for one in ordered
    ]
    if rows:
        rows += [
            CostRow(f"({CALLING[which]})", number(cost), "", "", "", "")
            for which, cost in ((CALL_NONE, decision.call_none), (CALL_ALL, decision.call_all))
        ]
    return CostTable(
        cost_title="mistakes per 1,000 images" if _equal(decision) else "cost per 1,000 images",
        latency_title="" if budget is None else f"{decision.terms.latency_percentile}, budget {budget:g} ms",
        rows=rows,
    )


def _found(decision: CostDecision, name: str | None) -> DetectorCost | None:
    return next((one for one in decision.detectors if one.detector == name), None)


def _equal(decision: CostDecision) -> bool:
    """Return whether every mistake counts 1, so that costs are numbers of mistakes."""
    return decision.terms.cost_miss == decision.terms.cost_false_alarm == 1


def _costs(decision: CostDecision, cost: float) -> str:
    return f"makes {number(cost)} mistakes" if _equal(decision) else f"costs {number(cost)}"


def _probability(probability: float | None) -> str:
    if probability is None:
        return NONE
    if not 0.01 <= probability <= 0.99:
        return "over 99 %" if probability > 0.99 else "under 1 %"
    return f"{100 * probability:.0f} %"


def _ship(found: DetectorCost, said: str) -> str:
    """Turn what is said of a detector into a recommendation."""
    return f"Ship {found.detector}: it{said.removeprefix(found.detector)}"


def _without_detector(decision: CostDecision) -> tuple[str, float]:
    """Return the cheaper of the two things that can be done without a detector."""
    choices = {CALL_NONE: decision.call_none, CALL_ALL: decision.call_all}
    which = min(choices, key=lambda name: choices[name])
    return which, choices[which]


def _none_in_time(decision: CostDecision) -> str:
    times = {
        one.detector: one.latency_ms.value
        for one in decision.detectors
        if one.latency_ms is not None and one.latency_ms.value is not None
    }
    said = f"No detector keeps the latency budget of {decision.terms.latency_budget_ms:g} ms"
    nearest = _found(decision, min(times, key=lambda name: times[name])) if times else None
    beside = "" if nearest is None else f": {nearest.detector} has a {_named_latency(decision, nearest)}"
    return f"{said}{beside}."


def _terms(decision: CostDecision) -> str:
    terms = decision.terms
    costs = (
        "every mistake counts the same"
        if _equal(decision)
        else f"a miss costs {terms.cost_miss:g} and a false alarm {terms.cost_false_alarm:g}"
    )
    own = "" if decision.prevalence_given else ", as in this set: give your shop's share with --prevalence"
    return f"Decided for a shop where {costs}, with {percent(decision.prevalence)} framed images{own}."


def _named_latency(decision: CostDecision, one: DetectorCost) -> str:
    percentile = decision.terms.latency_percentile
    known = one.latency_ms is not None and (one.latency_ms.value, one.latency_ms.high) != (None, None)
    return f"{percentile} of {_latency(one)}" if known else f"{percentile}: {_latency(one)}"


def _latency(one: DetectorCost) -> str:
    figure = one.latency_ms
    if figure is None:
        return NONE
    if figure.value is None:
        return f"at most {milliseconds(figure.high)}" if figure.high is not None else figure.reason or NONE
    return _spread(figure, milliseconds)


def _budget_notes(decision: CostDecision) -> Iterator[str]:
    budget = decision.terms.latency_budget_ms
    if budget is None:
        return
    chosen = _found(decision, decision.choice)
    named, where = f"the budget of {budget:g} ms", f" on {decision.machine}"
    if chosen is not None and chosen.budget == "unclear":
        yield from _surely_in_time(decision)
    for one in decision.detectors:
        measured = _named_latency(decision, one)
        if one.budget == "unclear":
            yield f"Whether {one.detector} keeps {named} is not clear{where}: {measured}."
        elif one is chosen:
            yield f"{one.detector} keeps {named}{where}: {measured}."
        elif one.budget == "broken" and _less(one, chosen):
            less = number(one.cost.value or 0.0)
            yield f"{one.detector} would cost less ({less}), but breaks {named}{where}: {measured}."
        elif one.budget == "broken" and chosen is not None:
            yield f"{one.detector} breaks {named}{where}: {measured}."


def _surely_in_time(decision: CostDecision) -> Iterator[str]:
    kept = [one for one in decision.detectors if one.budget == "kept" and one.cost.value is not None]
    if kept:
        best = min(kept, key=lambda one: one.cost.value or 0.0)
        cost = number(best.cost.value or 0.0)
        yield f"The cheapest that surely keeps the budget is {best.detector} ({cost})."


def _less(one: DetectorCost, than: DetectorCost | None) -> bool:
    if than is None or one.cost.value is None or than.cost.value is None:
        return False
    return one.cost.value < than.cost.value


def _turns(decision: CostDecision) -> Iterator[str]:
    """Say from which share of frames, or which ratio of costs, another choice is the cheapest."""
    for point in decision.turning_points:
        share, ratio = point.prevalence, point.cost_ratio
        if decision.choice not in (point.below, point.above) or share.value is None or ratio.value is None:
            continue
        other, side, than = (
            (point.above, "above", "more than")
            if decision.choice == point.below
            else (point.below, "below", "less than")
        )
        yield (
            f"{CALLING.get(other, other)} is the cheapest {side} {_spread(share, percent)} framed images, "
            f"or where a miss costs {than} {_spread(ratio, number)} times a false alarm."
        )


def _spread(figure: Figure, form: Format) -> str:
    """Return a value with its interval in brackets."""
    spread = interval(figure, form)
    return form(figure.value or 0.0) + (f" ({spread})" if spread else "")
