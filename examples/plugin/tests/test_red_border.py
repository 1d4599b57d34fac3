import numpy as np
from frame_plugin import RedBorder

from framejudge.detectors.contract import check
from framejudge.detectors.opened import OpenedDetector


def test_a_red_border_is_found():
    picture = np.full((40, 60, 3), 128, np.uint8)
    assert RedBorder().predict(picture) < RedBorder.threshold
    picture[:4] = picture[-4:] = picture[:, :4] = picture[:, -4:] = (220, 20, 30)
    assert RedBorder().predict(picture) >= RedBorder.threshold


def test_it_keeps_to_the_interface():
    assert all(finding.kept for finding in check(OpenedDetector(RedBorder())))
