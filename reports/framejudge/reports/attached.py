"""What a report can show beside the run: a baseline that it was compared with, trainings of its networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from framejudge.bench.run.comparison import RunComparison
from framejudge.bench.run.images.drift import SetDrift
from framejudge.datasets.codes import MuteList
from framejudge.reports.charts.training_history import Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """Nothing of it is in the run's folder; whoever asks for the report hands it over.

    Attributes
    ----------
    baseline
        The run compared with an earlier one, as ``after``.
    drift
        How the run's pictures differ from those of an earlier one.
    trainings
        How networks of the run, or others, were trained.
    mute
        Warnings that are not to be shown.
    """

    baseline: RunComparison | None = None
    drift: SetDrift | None = None
    trainings: Sequence[Training] = ()
    mute: MuteList = field(default_factory=MuteList)
