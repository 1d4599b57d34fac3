"""Histograms of oriented gradients and a linear model: the usual method before networks."""

from framejudge.detectors.peers.hog.detector import HogDetector

__all__ = ["HogDetector"]
