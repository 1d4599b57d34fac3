"""bench run --detectors canny,plain_class:Bright"""


class Bright:
    threshold = 0.6

    def predict(self, image):  # (H, W, 3) uint8 RGB
        return float(image[0].mean() / 255)
