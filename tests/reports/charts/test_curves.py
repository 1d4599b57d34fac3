"""The points behind the charts, against scikit-learn and by their properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, average_precision_score, roc_auc_score

from framejudge.reports.charts import curves


def _scored(seed: int, images: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = np.arange(images) % 3 == 0
    return truth, np.clip(random.normal(np.where(truth, 0.6, 0.4), 0.2), 0, 1)


def test_roc_has_the_published_area_and_ends_in_the_corners() -> None:
    truth, scores = _scored(1, 400)
    curve = curves.roc(truth, scores)
    assert auc(curve.x, curve.y) == pytest.approx(roc_auc_score(truth, scores))
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)


def test_thinning_keeps_the_area_of_a_large_curve() -> None:
    truth, scores = _scored(2, 60_000)
    curve = curves.roc(truth, scores)
    assert len(curve.x) <= curves.MAX_CURVE_POINTS
    assert auc(curve.x, curve.y) == pytest.approx(roc_auc_score(truth, scores), abs=1e-3)


def test_precision_recall_has_no_invented_point() -> None:
    truth = np.array([False, True, True, False])
    curve = curves.precision_recall(truth, np.array([0.9, 0.8, 0.4, 0.1]))
    assert curve.y.tolist() == [0.0, 0.5, pytest.approx(2 / 3), 0.5]
    assert curve.x.tolist() == [0.0, 0.5, 1.0, 1.0]
    assert average_precision_score(truth, [0.9, 0.8, 0.4, 0.1]) < 1


@given(
    steps=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=300),
    limit=st.integers(2, 50),
)
def test_thinned_curves_stay_close_and_keep_their_ends(steps: list[tuple[float, float]], limit: int) -> None:
    points = np.cumsum(np.array([(0.0, 0.0), *steps]), axis=0)
    points /= max(points.max(), 1e-9)
    thinned = curves.thin(curves.Curve(points[:, 0], points[:, 1]), limit)
    assert len(thinned.x) <= max(limit, 2)
    assert (thinned.x[0], thinned.y[0]) == tuple(points[0])
    assert (thinned.x[-1], thinned.y[-1]) == tuple(points[-1])
    kept = np.stack([thinned.x, thinned.y], axis=1)
    length = np.abs(np.diff(points, axis=0)).sum()
    longest = np.abs(np.diff(points, axis=0)).sum(axis=1).max()
    nearest = np.abs(points[:, None, :] - kept[None, :, :]).sum(axis=2).min(axis=1)
    assert nearest.max() <= length / (limit - 1) + longest + 1e-9


def test_wrongness_is_one_where_the_score_is_as_wrong_as_can_be() -> None:
    scores = np.array([1.0, 0.0, 0.8, np.nan])
    framed = np.array([False, True, True, True])
    found = curves.wrongness(scores, framed, 0.8)
    assert found[:3].tolist() == [pytest.approx(1.0), pytest.approx(1.0), pytest.approx(0.0)]
    assert np.isnan(found[3])


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_wrongness_is_finite_at_the_ends_of_the_scale(threshold: float) -> None:
    scores = np.array([0.0, 0.5, 1.0])
    assert np.isfinite(curves.wrongness(scores, np.array([True, False, False]), threshold)).all()
