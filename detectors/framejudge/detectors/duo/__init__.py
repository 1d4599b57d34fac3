"""``duo``: the network first, the ruleset's features where it is unsure."""

from framejudge.detectors.duo.detector import DuoDetector

__all__ = ["DuoDetector"]
