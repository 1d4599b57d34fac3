"""What gate.json holds: the verdict on each rule, what it rests on, and its minimum detectable effect.

Version 1 only ever gains fields; readers ignore the ones that they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from framejudge.bench.run.figure import Figure
from framejudge.bench.run.json_file import read_record, write_record
from framejudge.bench.run.results import Scalar
from framejudge.datasets.codes import Notice, uncoded

SCHEMA = "framejudge/gate/1"
GATE_FILE = "gate.json"
JUNIT_FILE = "gate.xml"
MARKDOWN_FILE = "gate.md"
PAIRS_FILE = "gate-pairs.parquet"
"""A row per timed call of a measured gate: detector, pair, version (old or new), path, nanoseconds."""

GATE_FILES = (GATE_FILE, JUNIT_FILE, MARKDOWN_FILE, PAIRS_FILE)
"""What a gate adds to a run's folder; it goes when the run is replaced."""

Verdict = Literal["pass", "fail", "cannot judge"]
Condition = Literal["min", "max", "max_drop", "max_growth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One rule as it was asked for; `name` says it in short.

    Attributes
    ----------
    slice
        ``"attribute=value"``; None for all images.
    limit
        A share for figures in [0, 1] and for growth (0.03: 3 %), else in the metric's own unit.
    to
        The detector that a ``latency_ratio`` divides by.
    machine
        Where an absolute time holds.
    minimum_detectable_effect
        The change that the gate must be able to detect; None for absolute budgets.
    """

    detector: str
    metric: str
    condition: Condition
    limit: float
    slice: str | None = None
    to: str | None = None
    machine: str | None = None
    minimum_detectable_effect: Annotated[
        float | None, Field(validation_alias=AliasChoices("minimum_detectable_effect", "must_see"))
    ] = None

    @property
    def name(self) -> str:
        """What test reports call it: detector, metric, slice, condition."""
        return f"{self.subject} {self.condition} {self.limit:g}"

    @property
    def subject(self) -> str:
        """What it is about: detector, metric, slice."""
        what = self.metric if self.to is None else f"{self.metric} to {self.to}"
        where = "" if self.slice is None else f" [{self.slice}]"
        return f"{self.detector} {what}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVerdict:
    """The verdict on one rule.

    Attributes
    ----------
    reason
        Why that is the verdict, for a person; `gate_wording.sentence` puts the figures before it.
    code
        Of the reason, such as ``FJ511``; empty where the rule is kept, and from earlier versions.
    before, after
        The metric in the baseline and now; ``before`` is None for an absolute budget.
    change
        After less before, or for latencies after over before less 1; None for an absolute budget.
    p
        One-sided, corrected for the number of rules (Holm); None where no test was made.
    minimum_detectable_effect
        The smallest change, in the unit of ``change``, that this gate would have failed; for an absolute
        budget the best value that it would have failed. None where it could not have failed any.
    pairs
        Pairs of processes that were measured for it, fresh ones of a second batch included.
    advice
        What is not a verdict: a stale baseline, a latency that moved between sessions, a first suspicion
        that fresh pairs did not confirm. The texts of ``notices``, which have their codes.
    stale
        Whether the detector became better than the baseline: a later change can lose all of that undetected.
    """

    rule: GateRule
    verdict: Verdict
    reason: str
    before: Figure | None = None
    after: Figure | None = None
    change: Figure | None = None
    p: float | None = None
    minimum_detectable_effect: Annotated[
        float | None, Field(validation_alias=AliasChoices("minimum_detectable_effect", "smallest_seen"))
    ] = None
    pairs: int = 0
    advice: list[str] = field(default_factory=list)
    stale: bool = False
    code: str = ""
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Have both forms of the advice, whichever was given."""
        if self.notices and not self.advice:
            object.__setattr__(self, "advice", [one.text for one in self.notices])
        elif self.advice and not self.notices:
            object.__setattr__(self, "notices", [uncoded(text) for text in self.advice])


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One detector's pairs of one batch.

    ``pair_growth`` has a value per pair: the median over images of new over old, less 1.
    """

    detector: str
    batch: int
    pairs: int
    images: int
    pair_growth: list[float]
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What was compared with: ``kind`` is ``"run"``, ``"git"``, ``"file"`` or ``"detector"``.

    ``where`` is as the user gave it; ``identity`` the commit, the file's hash, or the moment a run started.
    """

    kind: str
    where: str
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResults:
    """The whole of gate.json.

    Attributes
    ----------
    verdict
        The worst of all rules: fail before cannot judge before pass.
    interrupted
        Whether it was ended before it was done; rules that were not settled cannot be judged then.
    exit_code
        What the command exits with.
    """

    schema: str
    version: str
    started: str
    finished: str
    verdict: Verdict
    soft: bool
    interrupted: bool
    exit_code: int
    run: str
    dataset: str
    baselines: list[Baseline]
    rules_from: str
    rules: list[RuleVerdict]
    measurements: list[Measurement] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    environment: Mapping[str, Scalar] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Have both forms of the warnings, whichever was given."""
        if self.notices and not self.warnings:
            object.__setattr__(self, "warnings", [one.text for one in self.notices if not one.muted])
        elif self.warnings and not self.notices:
            object.__setattr__(self, "notices", [uncoded(text) for text in self.warnings])

    def counts(self) -> dict[Verdict, int]:
        """Return how many rules got each verdict."""
        names: tuple[Verdict, ...] = ("pass", "fail", "cannot judge")
        return {name: sum(one.verdict == name for one in self.rules) for name in names}


def write_gate(folder: Path, record: GateResults) -> Path:
    """Write gate.json into a run's folder, at once: a reader never sees half of it."""
    path = folder / GATE_FILE
    write_record(path, record)
    return path


def forget_verdicts(folder: Path) -> None:
    """Remove an earlier gate's verdicts: where this one is refused, nothing in the folder looks green."""
    for name in (GATE_FILE, JUNIT_FILE, MARKDOWN_FILE):
        (folder / name).unlink(missing_ok=True)


def read_gate(folder: Path) -> GateResults | None:
    """Read gate.json from a run's folder; None where the run was never judged by a gate.

    Raises
    ------
    InputError
        Where it is broken or was written by a later version.
    """
    path = folder / GATE_FILE
    if not path.is_file():
        return None
    return read_record(path, GateResults, SCHEMA, again="run the gate again")
