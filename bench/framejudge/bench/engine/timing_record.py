"""What the timing pass came to, on disk: a run that was killed after it is not timed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from framejudge.bench.figures.latency import Performance
from framejudge.bench.run.checked.unfinished import PARTS_FOLDER
from framejudge.bench.run.figure import Figure
from framejudge.bench.run.json_file import read_record, write_record
from framejudge.bench.run.results import Scalar
from framejudge.datasets.codes import Notice

SCHEMA = "framejudge/timing/1"
FILE = "timing.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyRatio:
    """How many times as long detector ``a`` takes as ``b``."""

    a: str
    b: str
    ratio: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingRecord:
    """The whole of timing.json, beside the run's parts.

    Attributes
    ----------
    performances
        What each detector costs, by its name; how many images a second it scores is not among it.
    latency_ratios
        Of detectors that took turns.
    environment, notices
        The conditions, and what makes the figures less sure.
    run_id
        Of the run that was timed.
    """

    schema: str = SCHEMA
    run_id: str
    performances: Mapping[str, Performance]
    latency_ratios: Sequence[LatencyRatio]
    environment: Mapping[str, Scalar]
    notices: Sequence[Notice]

    @property
    def ratios(self) -> dict[tuple[str, str], Figure]:
        """The ratios by the names of both detectors."""
        return {(one.a, one.b): one.ratio for one in self.latency_ratios}


def write_timing(place: Path, record: TimingRecord) -> None:
    """Keep what the timing pass of the run in a folder came to.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    write_record(_file(place), record)


def read_timing(place: Path, run_id: str) -> TimingRecord | None:
    """Return what the timing pass of the run in a folder came to; None where it was not finished.

    Raises
    ------
    InputError
        When the file is broken.
    """
    try:
        record = read_record(_file(place), TimingRecord, SCHEMA)
    except FileNotFoundError:
        return None
    return record if record.run_id == run_id else None


def _file(place: Path) -> Path:
    return place / PARTS_FOLDER / FILE
