"""The classical detector: OpenCV Canny and a ruleset over long straight edges near the sides."""

from framejudge.detectors.canny.detector import CannyDetector

__all__ = ["CannyDetector"]
