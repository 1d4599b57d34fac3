"""The classical detector: boosted trees over features of the straight edges that OpenCV's Canny finds."""

from framejudge.detectors.canny.detector import CannyDetector

__all__ = ["CannyDetector"]
