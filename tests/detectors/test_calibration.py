"""Calibration of scores."""

from __future__ import annotations

import numpy as np
import pytest

from framejudge.detectors.calibration import fit_platt, logit


def test_platt_scaling_recovers_a_known_distortion() -> None:
    rng = np.random.default_rng(0)
    true_logit = rng.normal(0, 2, 50_000)
    framed = (rng.random(50_000) < 1 / (1 + np.exp(-true_logit))).astype(float)
    distorted = 1 / (1 + np.exp(-(3 * true_logit + 1)))
    slope, shift = fit_platt(logit(distorted), framed)
    assert slope == pytest.approx(1 / 3, abs=0.02)
    assert shift == pytest.approx(-1 / 3, abs=0.05)


def test_logit_stays_finite_at_both_ends() -> None:
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()
