"""``canny-2016``: Canny's edges and a dozen readable rules, as the published baseline was."""

from framejudge.detectors.canny_2016.detector import Canny2016Detector

__all__ = ["Canny2016Detector"]
