"""What a user lets pass on purpose: it is always said, and never by default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from framejudge.bench.run.verdicts import RuleVerdict
from framejudge.datasets.codes import MuteList, Notice
from framejudge.datasets.codes import gates as codes


@dataclass(frozen=True, slots=True)
class Leniency:
    """What does not count against the exit code, and what is not shown.

    Attributes
    ----------
    soft
        Report whatever the verdict, with exit code 0.
    no_baseline_yet
        Rules whose baseline is missing, or does not have the detector, do not count.
    mute
        Warnings that are not shown.
    """

    soft: bool = False
    no_baseline_yet: bool = False
    mute: MuteList = field(default_factory=MuteList)

    def excuses(self, found: RuleVerdict) -> bool:
        """Return whether a rule does not count."""
        return self.no_baseline_yet and found.code in _WITHOUT_BASELINE

    def notices(self, excused: Sequence[RuleVerdict]) -> list[Notice]:
        """Return what is to be said of rules that did not count, and of a permission that was not needed."""
        if not self.no_baseline_yet:
            return []
        if not excused:
            text = "--no-baseline-yet let nothing pass: every rule has its baseline; leave the option out"
        else:
            rules = ", ".join(one.rule.name for one in excused)
            text = f"not judged, as --no-baseline-yet allows: {rules}; store a baseline now"
        return [codes.BASELINE_ALLOWED_MISSING.says(text)]


STRICT = Leniency()

_WITHOUT_BASELINE = {codes.NO_BASELINE.number, codes.NOT_IN_BASELINE.number}
