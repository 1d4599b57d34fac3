"""Frame detectors: the interface for anyone's, and the built-in ones."""

from framejudge.detectors.protocol import DEFAULT_THRESHOLD, Detector, Explanation, Image, Line

__all__ = ["DEFAULT_THRESHOLD", "Detector", "Explanation", "Image", "Line"]
