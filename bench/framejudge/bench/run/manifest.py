"""What run.json holds: what was asked, on what, with which files, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from framejudge.bench import defaults
from framejudge.bench.run.decision.terms import DecisionTerms
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.results import Scalar

SCHEMA = "framejudge/run/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for.

    Attributes
    ----------
    detectors
        Names as they were given, in order.
    dataset
        The path that was given; None for the built-in set.
    where
        Conditions that an image had to meet: ``column=value``; all images where there is none.
    columns, labels
        Other names of the set's columns (``path=image``) and words for its labels (``framed=1,plain=0``).
    calls
        Timed single-image calls of each detector; 0 where timing was left out.
    threads
        Threads that a detector may use while it is timed.
    prevalence
        Share of framed images that accuracy and precision are reweighted to; None for the set's own.
    seed
        Random seed for the order in which images and detectors take turns.
    timeout_s
        How long a detector may take to load, or for one image.
    min_seconds
        How long the turns of each detector last in all, at least.
    arrivals
        ``"poisson:RATE"`` with images a second; None where each call starts when the one before is done.
    p99_under_ms
        The highest rate that keeps p99 under so much is looked for; None where it is not.
    decision
        What to decide by; None where no costs and no budget were given.
    mute
        Numbers of the codes whose warnings are recorded and not shown.
    max_memory_bytes
        What a detector's process and all that it starts may hold; None for no limit.
    max_crashes
        Images that may end a detector's process: with so many it fails.
    """

    detectors: list[str]
    dataset: str | None = None
    where: list[str] = field(default_factory=list)
    columns: str | None = None
    labels: str | None = None
    calls: int = defaults.CALLS
    threads: int = 1
    prevalence: float | None = None
    seed: int = 0
    timeout_s: float = defaults.TIMEOUT_S
    min_seconds: float = 0.0
    arrivals: str | None = None
    p99_under_ms: float | None = None
    decision: DecisionTerms | None = None
    mute: list[str] = field(default_factory=list)
    max_memory_bytes: int | None = None
    max_crashes: int = defaults.MAX_CRASHES


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorRecord:
    """What a detector's name stood for.

    Attributes
    ----------
    target
        Its class, as ``package.module:Class``.
    files
        The SHA-256 of each file that decides its scores.
    hashed
        ``"sources"``: its weights or parameters and all sources that its module imports, by their paths below
        the import root. ``"module"``, as older runs have it: its module's one file instead, and bare names.
    calibration
        The file of `bench calibrate` that its scores went through; None without one.
    """

    target: str
    origin: str
    files: Mapping[str, str]
    hashed: Literal["module", "sources"] = "module"
    calibration: str | None = None


def changed_files(before: DetectorRecord, after: DetectorRecord) -> list[str] | None:
    """Return the files of a detector that differ between two runs; None where nobody can know."""
    old, new = before.files, after.files
    if before.hashed != after.hashed or not (old and new):
        return None
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudgement:
    """How stored scores came to be judged against other labels than those that the run read.

    Attributes
    ----------
    run
        The folder of the run as it was measured; its figures are kept there.
    labels
        The folder or the table that the labels are from.
    labels_changed
        How many images have another label than before.
    accuracy_before
        Of each detector, by the labels before.
    pixels_checked
        Whether the images lay beside the labels and were those of the run; else paths were matched alone.
    """

    run: str
    labels: str
    at: str
    labels_changed: int
    labels_fingerprint_before: str
    accuracy_before: Mapping[str, Figure]
    pixels_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The whole of run.json.

    ``finished`` is None, and the fingerprint of the images is empty, in the folder of a run that was cut
    short. ``rejudged`` is None where the labels are those that the run read.

    Attributes
    ----------
    run_id
        In every file of the run, so that files of two runs are not taken for one; empty in older folders.
    shard
        Which blocks of the set this folder is about, ``"3/16"``; None for all of them.
    failures
        Why a detector could not go on while it scored, by its name.
    """

    schema: str
    version: str
    argv: list[str]
    started: str
    finished: str | None
    request: Request
    dataset_root: str
    images_fingerprint: str
    labels_fingerprint: str
    detectors: Mapping[str, DetectorRecord]
    environment: Mapping[str, Scalar]
    rejudged: Rejudgement | None = None
    run_id: str = ""
    shard: str | None = None
    failures: Mapping[str, str] = field(default_factory=dict)
