"""A detector of red borders."""

import numpy as np


class RedBorder:
    """How much redder the outermost pixels are than blue, in [0, 1]."""

    threshold = 0.3

    def predict(self, image):
        edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]).astype(float)
        return float(np.clip((edge[:, 0] - edge[:, 2]).mean() / 255, 0, 1))
