"""Which detector to ship, by what its mistakes cost: the choice, how sure it is, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np
import numpy.typing as npt

from framejudge.bench.decide.cheapest import cheapest_probabilities, draw_rates
from framejudge.bench.decide.pilot import images_by_error
from framejudge.bench.decide.turning_points import Choice, turning_points
from framejudge.bench.decide.weighted import Weights, loss_difference
from framejudge.bench.gate.machine import machine_name
from framejudge.bench.run import DetectorResult, Request
from framejudge.bench.run.columns import Booleans, Columns
from framejudge.bench.run.decision.costs import CALL_ALL, CALL_NONE, CostDecision, DetectorCost
from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.results import Scalar
from framejudge.bench.statistics.rates import expected_loss

SURE = 0.95
"""From this probability on, the cheapest detector counts as known."""

PER = 1_000
"""Costs are for so many images."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """The images that every detector in question judged, and where each is wrong.

    ``wrong`` has shape (k, n).
    """

    names: list[str]
    framed: Booleans
    wrong: Booleans
    groups: npt.NDArray[np.int32]

    def only(self, names: Sequence[str]) -> _Judged:
        """Return some of the detectors on the same images."""
        rows = [self.names.index(name) for name in names]
        return replace(self, names=list(names), wrong=self.wrong[rows])


def decide_by_cost(
    columns: Columns,
    detectors: Mapping[str, DetectorResult],
    request: Request,
    environment: Mapping[str, Scalar],
) -> CostDecision | None:
    """Return what a run's scores and times say about a shop's costs; None where the request has no terms.

    All detectors that finished are judged on the same images: those that all of them gave a score. A detector
    that surely breaks the latency budget is not in question.

    Parameters
    ----------
    detectors
        The figures of each, for its latency.
    """
    terms = request.decision
    if terms is None:
        return None
    complete = [name for name, found in detectors.items() if found.status == "complete"]
    judged = _judged(columns, complete)
    own_share = float(judged.framed.mean()) if len(judged.framed) else 0.0
    prevalence = own_share if request.prevalence is None else request.prevalence
    start = CostDecision(
        terms=terms,
        prevalence=prevalence,
        prevalence_given=request.prevalence is not None,
        verdict="cannot say",
        machine=machine_name(environment) if terms.latency_budget_ms is not None else "",
        images=len(judged.framed),
    )
    problem = _problem(columns, complete, judged)
    if problem is not None:
        return replace(start, reason=problem)
    return _decided(start, judged, detectors)


def _decided(start: CostDecision, judged: _Judged, detectors: Mapping[str, DetectorResult]) -> CostDecision:
    terms = start.terms
    weights = Weights.of(start.prevalence, terms.cost_miss, terms.cost_false_alarm)
    costs = [_cost(judged, name, weights, detectors[name], terms) for name in judged.names]
    start = replace(start, call_none=PER * weights.framed, call_all=PER * weights.plain, detectors=costs)
    question = sorted(
        (one for one in costs if one.budget != "broken"),
        key=lambda one: (one.cost.value or 0.0, _median_ms(detectors[one.detector])),
    )
    if not question:
        return replace(start, verdict="none in time")
    names = [one.detector for one in question]
    among = judged.only(names)
    draws = draw_rates(among.framed, among.wrong, among.groups)
    drawn = draws.costs(weights)
    sure = dict(zip(names, cheapest_probabilities(drawn).tolist(), strict=True))
    savings = [_saving(among, 0, k, weights) for k in range(1, len(names))]
    pays = float(np.mean(drawn[:, 0] < min(start.call_none, start.call_all) / PER))
    verdict = _verdict(sure[names[0]], pays, len(names))
    choices = [Choice(one.detector, one.miss_rate or 0.0, one.false_alarm_rate or 0.0) for one in question]
    choices += [Choice(CALL_NONE, 1.0, 0.0), Choice(CALL_ALL, 0.0, 1.0)]
    return replace(
        start,
        verdict=verdict,
        pays=pays,
        choice=names[0],
        runner_up=names[1] if len(names) > 1 else None,
        saving=savings[0] if savings else None,
        images_to_tell=_images_to_tell(savings, start.images) if verdict == "too close" else None,
        detectors=[
            replace(one, cheapest=sure.get(one.detector) if len(names) > 1 else None) for one in costs
        ],
        turning_points=turning_points(
            choices,
            draws,
            prevalence=start.prevalence,
            cost_miss=terms.cost_miss,
            cost_false_alarm=terms.cost_false_alarm,
        ),
    )


def _judged(columns: Columns, names: Sequence[str]) -> _Judged:
    answers = [columns.detector(name) for name in names]
    usable = (
        columns.labelled & np.all([one.scored for one in answers], axis=0) if answers else columns.labelled
    )
    framed = columns.framed[usable]
    wrong = [one.says_framed[usable] != framed for one in answers]
    return _Judged(
        list(names),
        framed,
        np.array(wrong, dtype=bool).reshape(len(answers), len(framed)),
        columns.groups.codes[usable],
    )


def _problem(columns: Columns, complete: Sequence[str], judged: _Judged) -> str | None:
    if not complete:
        return "no detector finished"
    if not columns.labelled.any():
        return "no image has a label"
    if not len(judged.framed):
        return "no image with a label has a score of every detector"
    if judged.framed.all():
        return "no plain image with a score: false alarms cannot be counted"
    if not judged.framed.any():
        return "no framed image with a score: misses cannot be counted"
    return None


def _cost(
    judged: _Judged, name: str, weights: Weights, found: DetectorResult, terms: DecisionTerms
) -> DetectorCost:
    wrong = judged.wrong[judged.names.index(name)]
    miss_rate, alarm_rate = float(wrong[judged.framed].mean()), float(wrong[~judged.framed].mean())
    loss = expected_loss(judged.framed, judged.framed ^ wrong, weights, judged.groups)
    if loss.value is None:  # no interval; the estimate stands all the same
        loss = replace(loss, value=weights.framed * miss_rate + weights.plain * alarm_rate)
    latency, budget = _budget(found, terms)
    return DetectorCost(
        detector=name,
        cost=loss.transformed(lambda cost: PER * cost),
        miss_rate=miss_rate,
        false_alarm_rate=alarm_rate,
        latency_ms=latency,
        budget=budget,
    )


def _budget(
    found: DetectorResult, terms: DecisionTerms
) -> tuple[Figure | None, Literal["kept", "broken", "unclear"] | None]:
    """Return the latency that counts, and what its whole interval says about the budget."""
    budget = terms.latency_budget_ms
    if budget is None:
        return None, None
    if found.latency_ms is None:
        return Figure(value=None, reason="not timed"), "unclear"
    latency: Figure = getattr(found.latency_ms, terms.latency_percentile)
    if latency.high is not None and latency.high <= budget:
        return latency, "kept"
    if latency.low is not None and latency.low > budget:
        return latency, "broken"
    return latency, "unclear"


def _saving(judged: _Judged, choice: int, rival: int, weights: Weights) -> Figure:
    """Return what a rival costs more than the choice per 1,000 images, paired."""
    figure = loss_difference(judged.framed, judged.wrong[rival], judged.wrong[choice], weights, judged.groups)
    return figure.transformed(lambda cost: PER * cost)


def _verdict(
    cheapest: float, pays: float, count: int
) -> Literal["ship", "too close", "only one", "none pays", "may not pay"]:
    """Return what follows from the probabilities that the choice is the cheapest, and that it pays."""
    if pays < SURE:
        return "none pays" if pays <= 1 - SURE else "may not pay"
    if count == 1:
        return "only one"
    return "ship" if cheapest >= SURE else "too close"


def _images_to_tell(savings: Sequence[Figure], images: int) -> int | None:
    """Return how many images would make the choice sure with a power of 80 %, were the savings as found."""
    needed = [images_by_error(images, one, one.value or 0.0, level=1 - SURE) for one in savings]
    known = [one for one in needed if one is not None]
    return max(images + 1, *known) if len(known) == len(savings) else None


def _median_ms(found: DetectorResult) -> float:
    """Return what breaks a tie of costs: the median latency."""
    p50 = None if found.latency_ms is None else found.latency_ms.p50.value
    return inf if p50 is None else p50
