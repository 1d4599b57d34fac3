"""The threshold for cropping that is stored with a detector, and that of a calibrated one."""

from __future__ import annotations

from pathlib import Path

import pytest

from framejudge.bench.unframe.operating_point import read_operating_point
from framejudge.detectors.calibrated import Calibration, write_calibration
from framejudge.detectors.registry import find, weights_of


def test_a_calibrated_detector_crops_the_same_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = find("canny")
    shop = Calibration(
        detector="canny", target=spec.target, weights=weights_of(spec), slope=0.5, shift=-1, threshold=0.5
    )
    write_calibration(shop, tmp_path / "shop.json")
    own, calibrated = read_operating_point(spec), read_operating_point(find("canny+shop.json"))
    assert own is not None and calibrated is not None
    assert calibrated.threshold == pytest.approx(float(shop.probability(own.threshold)))
    assert calibrated.threshold < own.threshold
    assert calibrated.files == own.files
