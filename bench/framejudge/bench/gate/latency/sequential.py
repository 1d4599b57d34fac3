"""Looks at growing numbers of pairs, over all rules together, until each is clear.

A batch is looked at after 8, 12 and 16 pairs, and a rule that is clear, either way, is settled.

A rule on the median fails, as one on accuracy does, when what was measured is beyond the limit *and* a test
of "no growth at all" is significant: over all looks and all such rules together at 0.01 (Bonferroni over
looks, Holm over rules), of which the first look gets most, so that 8 pairs can reach it for two detectors.
However noisy the machine, identical code fails in at most 1 of 100 gates. Where pairs spread by 2 % or less
the limit itself, 3 %, is many times what noise can do.

A rule on the tail is tested against its limit, each look at a third of 0.1. What looks slower is measured
once more with fresh pairs, at 0.02, and fails only when these say so too: the two batches share no process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from framejudge.bench.gate.latency.slowdown import (
    MINIMUM_DETECTABLE_EFFECT,
    TAIL_MINIMUM_DETECTABLE_EFFECT,
    TAIL_TOLERANCE,
    TOLERANCE,
    Evidence,
    median_evidence,
    tail_evidence,
)
from framejudge.bench.statistics.interval import Floats
from framejudge.bench.statistics.paired import holm

LOOKS = (8, 12, 16)
"""Pairs after which a batch is looked at. Fewer than 8 could not reach a level shared among eight rules."""

MEDIAN_LEVEL = 0.01
"""Chance that identical code fails a rule on the median, over all such rules and looks, in any noise."""

FIRST_LOOK_SHARE = 0.8
"""Of `MEDIAN_LEVEL`: two detectors at 8 pairs need 2 / 2**8. The later looks share the rest."""

LEVEL = 0.1
"""Chance of a false suspicion on tails in one batch, over all rules and looks; and that what is surely within
its limit is found so, in one gate of a version that lies on the limit."""

CONFIRMING_LEVEL = 0.02
"""The same for the second batch: the noise of a busy machine passes both in at most 1 of 500 gates."""

FUTILE = 0.25
"""A tail that so many of the exchanged measurements show too is none."""

Kind = Literal["median", "tail"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Outcome = Literal["slower", "not slower", "too noisy"]
TakePairs = Callable[[Mapping[str, int]], Mapping[str, Floats]]
"""Is given how many further pairs of which detectors to take; returns their log ratios, (pairs, images).

A detector that is not among the answers is lost: it cannot be measured any more.
"""


@dataclass(frozen=True, slots=True)
class LatencyRule:
    """A detector's median or tail may not grow by more than the tolerance.

    The test must be able to detect a growth of ``minimum_detectable_effect``. Where noise prevents that, the
    outcome is ``"too noisy"``.
    """

    detector: str
    kind: Kind = "median"
    tolerance: float = TOLERANCE
    minimum_detectable_effect: float = MINIMUM_DETECTABLE_EFFECT

    @classmethod
    def tail(
        cls,
        detector: str,
        tolerance: float = TAIL_TOLERANCE,
        minimum_detectable_effect: float = TAIL_MINIMUM_DETECTABLE_EFFECT,
    ) -> LatencyRule:
        """Return a rule on the slowest images."""
        return cls(detector, "tail", tolerance, minimum_detectable_effect)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a batch found on one rule.

    ``outcome`` is None while it is not settled; ``p`` is corrected for the number of rules (Holm).
    """

    rule: LatencyRule
    pairs: int
    evidence: Evidence
    p: float
    outcome: Outcome | None


@dataclass
class Batch:
    """The pairs of one batch so far, by detector, and what they say on each rule.

    It is filled as pairs come, so that whoever interrupts it still has what was found.
    """

    rules: Sequence[LatencyRule]
    ratios: dict[str, Floats] = field(default_factory=dict)
    findings: dict[LatencyRule, Finding] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    tail_level: float = LEVEL

    def run(self, take: TakePairs, looks: Sequence[int] = LOOKS) -> Mapping[LatencyRule, Finding]:
        """Take pairs and look at them until every rule is settled."""
        for number, pairs in enumerate(looks):
            missing = {rule.detector: pairs - self._count(rule.detector) for rule in self._unsettled()}
            if not missing:
                break
            taken = take(missing)
            self.lost |= missing.keys() - taken.keys()
            for detector, more in taken.items():
                known = self.ratios.get(detector)
                self.ratios[detector] = more if known is None else np.concatenate([known, more])
            self._look(number, len(looks))
        return self.findings

    def _unsettled(self) -> list[LatencyRule]:
        return [one for one in self._measured() if self._outcome(one) is None]

    def _measured(self) -> list[LatencyRule]:
        return [rule for rule in self.rules if rule.detector not in self.lost]

    def _outcome(self, rule: LatencyRule) -> Outcome | None:
        return self.findings[rule].outcome if rule in self.findings else None

    def _count(self, detector: str) -> int:
        return len(self.ratios[detector]) if detector in self.ratios else 0

    def _look(self, number: int, looks: int) -> None:
        fresh = self._unsettled()
        for kind in KINDS:
            level = look_level(kind, number, looks, self.tail_level)
            family = [rule for rule in self._measured() if rule.kind == kind]
            for rule in family:
                if rule in fresh:
                    ratios = self.ratios[rule.detector]
                    evidence = evidence_of(rule, ratios, level / len(family))
                    self.findings[rule] = Finding(rule, len(ratios), evidence, 1.0, None)
            corrected = holm([self.findings[rule].evidence.p_slower for rule in family]) if family else []
            for rule, p in zip(family, corrected, strict=True):
                if rule in fresh:
                    now = self.findings[rule]
                    outcome = settle(
                        rule, now.evidence, p, level=level, fine=LEVEL / looks, last=number == looks - 1
                    )
                    self.findings[rule] = Finding(rule, now.pairs, now.evidence, p, outcome)


def look_level(kind: Kind, number: int, looks: int, tail_level: float = LEVEL) -> float:
    """Return what a look may spend on its rules of a kind; ``number`` counts from 0.

    >>> round(sum(look_level("median", number, 3) for number in range(3)), 4)
    0.01
    """
    if kind == "tail":
        return tail_level / looks
    if looks == 1:
        return MEDIAN_LEVEL
    later = MEDIAN_LEVEL * (1 - FIRST_LOOK_SHARE) / (looks - 1)
    return later if number else MEDIAN_LEVEL * FIRST_LOOK_SHARE


def evidence_of(rule: LatencyRule, ratios: Floats, level: float) -> Evidence:
    """Return what pairs say on one rule; ``level`` is the one that it is tested at."""
    evidence = median_evidence if rule.kind == "median" else tail_evidence
    answered = ~np.isnan(ratios).all(axis=0)
    return evidence(ratios[:, answered], tolerance=rule.tolerance, level=level)


def settle(
    rule: LatencyRule, evidence: Evidence, p: float, *, level: float, fine: float, last: bool
) -> Outcome | None:
    """Return what a look settles on a rule, None where more pairs are needed and allowed.

    What measures beyond its limit never ends as "not slower".

    Parameters
    ----------
    p
        ``evidence.p_slower``, corrected for the number of rules.
    level, fine
        What this look may spend on finding a version slower, and within its limit.
    """
    assert evidence.growth.value is not None
    within = evidence.growth.value <= rule.tolerance
    if p <= level and not within:
        return "slower"
    detects_enough = evidence.minimum_detectable_effect <= rule.minimum_detectable_effect
    futile = rule.kind == "tail" and evidence.p_slower >= FUTILE and detects_enough
    if within and (evidence.p_fine <= fine or futile or (last and detects_enough)):
        return "not slower"
    return "too noisy" if last else None


@dataclass
class SlowdownTest:
    """The whole procedure: a batch over all rules, and a second one over the tails that it suspects.

    >>> pairs = np.random.default_rng(0).normal(np.log(1.2), 0.01, (64, 1))
    >>> source = iter(pairs)
    >>> take = lambda wanted: {name: np.array([next(source) for _ in range(n)]) for name, n in wanted.items()}
    >>> test = SlowdownTest([LatencyRule("canny")])
    >>> test.run(take)
    >>> test.outcome(LatencyRule("canny")), test.pairs("canny")
    ('slower', 8)
    """

    rules: Sequence[LatencyRule]
    first: Batch = field(init=False)
    again: Batch | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.first = Batch(self.rules)

    def run(self, take: TakePairs, looks: Sequence[int] = LOOKS) -> None:
        """Measure, and measure tails that look slower again, with fresh pairs."""
        found = self.first.run(take, looks)
        suspected = [rule for rule, one in found.items() if one.outcome == "slower" and rule.kind == "tail"]
        if suspected:
            self.again = Batch(suspected, tail_level=CONFIRMING_LEVEL)
            self.again.run(take, looks)

    def finding(self, rule: LatencyRule) -> Finding | None:
        """Return what is known on a rule, from the fresh pairs where there had to be some."""
        batch = self.again if self.again is not None and rule in self.again.rules else self.first
        return batch.findings.get(rule)

    def outcome(self, rule: LatencyRule) -> Outcome | None:
        """Return the outcome on a rule; None where it was interrupted before it was settled."""
        found = self.finding(rule)
        return None if found is None else found.outcome

    def pairs(self, detector: str) -> int:
        """Return how many pairs of a detector were taken in all."""
        batches = [batch for batch in (self.first, self.again) if batch is not None]
        return sum(len(batch.ratios[detector]) for batch in batches if detector in batch.ratios)
