"""What each detector would cost a shop, which one to ship, and what would change that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.bench.run.figure import Figure

CALL_NONE, CALL_ALL = "call no image framed", "call every image framed"
"""What a shop can do without a detector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorCost:
    """What one detector would cost a shop.

    Attributes
    ----------
    cost
        Expected, per 1,000 images.
    miss_rate, false_alarm_rate
        Shares of the framed and of the plain images that it is wrong on; None where there are none.
    cheapest
        Probability that no other detector in question costs less; None for one that is not in question.
    latency_ms
        The percentile that must keep the budget; None without a budget.
    budget
        ``"kept"`` or ``"broken"`` where the whole interval says so, else ``"unclear"``.
    """

    detector: str
    cost: Figure
    miss_rate: float | None = None
    false_alarm_rate: float | None = None
    cheapest: float | None = None
    latency_ms: Figure | None = None
    budget: Literal["kept", "broken", "unclear"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPoint:
    """Where another choice becomes the cheapest, by the rates that were measured.

    Attributes
    ----------
    below, above
        The cheapest choice on each side: a detector, `CALL_NONE` or `CALL_ALL`.
    prevalence
        The share of framed images at which it happens, the costs as they are.
    cost_ratio
        The cost of a miss over that of a false alarm at which it happens, the prevalence as it is.
    """

    below: str
    above: str
    prevalence: Figure
    cost_ratio: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDecision:
    """Which detector to ship, by its expected cost.

    Attributes
    ----------
    terms, prevalence
        What it was decided by; ``prevalence_given`` is False where it is the set's own.
    machine
        Where the latency was measured.
    verdict
        ``"ship"``: the cheapest is known. ``"too close"``: which one is the cheapest is not sure.
        ``"only one"``: there is but one in question. ``"none pays"``: doing without a detector surely costs
        less. ``"may not pay"``: whether it does is not sure. ``"none in time"``: every detector surely breaks
        the budget. ``"cannot say"``: see ``reason``.
    choice
        The detector with the lowest expected cost among those that may keep the budget.
    runner_up, saving
        The next one, and what it costs more per 1,000 images, paired.
    images
        Images with a label and a score of every detector in question.
    images_to_tell
        How many would make it sure, were the saving as large as it was found; None where it is sure.
    pays
        Probability that the choice costs less than the cheaper of the two things below.
    call_none, call_all
        Cost per 1,000 images of calling no image framed, and of calling every image framed.
    """

    terms: DecisionTerms
    prevalence: float
    prevalence_given: bool
    verdict: Literal[
        "ship", "too close", "only one", "none pays", "may not pay", "none in time", "cannot say"
    ]
    machine: str = ""
    choice: str | None = None
    runner_up: str | None = None
    saving: Figure | None = None
    images: int = 0
    images_to_tell: int | None = None
    pays: float | None = None
    call_none: float = 0.0
    call_all: float = 0.0
    detectors: list[DetectorCost] = field(default_factory=list)
    turning_points: list[TurningPoint] = field(default_factory=list)
    reason: str | None = None
