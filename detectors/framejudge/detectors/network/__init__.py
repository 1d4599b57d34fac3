"""The convolutional networks: architectures by name, training, and the shipped detectors.

Importing this package imports neither Keras nor TensorFlow; loading a detector does.
"""

from framejudge.detectors.network.model.detector import Cnn2016Detector, CnnDetector, NetworkDetector

__all__ = ["Cnn2016Detector", "CnnDetector", "NetworkDetector"]
