"""Detectors made and loaded in this process; what somebody's detector raises meanwhile is told as its own."""

from __future__ import annotations

from framejudge.detectors.blame import blamed
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.registry import DetectorSpec, create


def open_detector(spec: DetectorSpec, *, threshold: float | None = None) -> OpenedDetector:
    """Make and load the detector that a spec stands for; what it raises is told as its own.

    Parameters
    ----------
    threshold
        Takes the place of the detector's own; ``locate`` may answer for scores at or above it only.

    Raises
    ------
    InputError
        When it cannot be made.
    """
    opened = make_detector(spec)
    with blamed(spec):
        opened.load()
    if threshold is not None:
        opened.raw.threshold = threshold
    return opened


def make_detector(spec: DetectorSpec) -> OpenedDetector:
    """Make a detector and load nothing yet: enough to see what it offers.

    Raises
    ------
    InputError
        When it cannot be made.
    """
    with blamed(spec):
        return OpenedDetector(create(spec))
