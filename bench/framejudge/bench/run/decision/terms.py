"""What a shop decides by: its costs and its latency budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Percentile: TypeAlias = Literal["p50", "p90", "p95", "p99"]
"""A percentile of latency that a budget can be for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTerms:
    """What a shop decides by, beside its share of framed images.

    Attributes
    ----------
    cost_miss, cost_false_alarm
        Of one missed frame and of one false alarm, in one unit of any kind. Both are 1 where every mistake
        counts the same.
    latency_budget_ms
        What a detector may take for an image; None where it may take any time.
    latency_percentile
        Which percentile must keep the budget.
    """

    cost_miss: float = 1.0
    cost_false_alarm: float = 1.0
    latency_budget_ms: float | None = None
    latency_percentile: Percentile = "p99"
