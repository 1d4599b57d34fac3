"""What one ``bench run`` produced: dataclasses, reader, schema."""

from framejudge.bench.run.figure import Figure
from framejudge.bench.run.folder import Run
from framejudge.bench.run.manifest import DetectorRecord, Manifest, Rejudgement, Request
from framejudge.bench.run.results import (
    BlockSpread,
    Boxes,
    CalibrationBin,
    Comparison,
    Confusion,
    DatasetSummary,
    DetectorResult,
    HighestRate,
    ImageError,
    Latency,
    OpenLoop,
    RateTrial,
    RepeatCheck,
    Results,
    SliceResult,
    Stages,
    WeakestSlice,
)

__all__ = [
    "BlockSpread",
    "Boxes",
    "CalibrationBin",
    "Comparison",
    "Confusion",
    "DatasetSummary",
    "DetectorRecord",
    "DetectorResult",
    "Figure",
    "HighestRate",
    "ImageError",
    "Latency",
    "Manifest",
    "OpenLoop",
    "RateTrial",
    "Rejudgement",
    "RepeatCheck",
    "Request",
    "Results",
    "Run",
    "SliceResult",
    "Stages",
    "WeakestSlice",
]
