"""Latency of the shipped networks against the bare compiled call plus its resize: ``tox -e benchmark``.

The two take turns inside one process, so that a slow minute hits both; the figure is the ratio of medians.
"""

from __future__ import annotations

import time
from statistics import median

import cv2
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")

ROUNDS = 400


@pytest.mark.parametrize("name", ["cnn", "cnn-2016"])
def test_a_prediction_against_the_bare_call(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    import tensorflow as tf

    from framejudge.detectors.network.model.detector import NetworkDetector, load_model
    from framejudge.detectors.registry import create, find

    detector = create(find(name))
    assert isinstance(detector, NetworkDetector)
    detector.load()
    model = load_model(detector.model_file.path)
    size = detector.model_file.size_px
    signature = [tf.TensorSpec((1, size, size, 3), tf.uint8)]
    bare = tf.function(lambda x: model(x, training=False), input_signature=signature).get_concrete_function()
    picture = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)

    def call_bare() -> object:
        small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        return bare(tf.constant(small[None]))

    ours, theirs = [], []
    for round_number in range(ROUNDS + 50):
        started = time.perf_counter_ns()
        detector.predict(picture)
        between = time.perf_counter_ns()
        call_bare()
        ended = time.perf_counter_ns()
        if round_number >= 50:  # the first ones warm up
            ours.append(between - started)
            theirs.append(ended - between)
    ratio = median(ours) / median(theirs)
    ours_ms, bare_ms = median(ours) / 1e6, median(theirs) / 1e6
    with capsys.disabled():
        print(f"\n{name}: p50 {ours_ms:.2f} ms, bare call and resize {bare_ms:.2f} ms, ratio {ratio:.3f}")
    assert np.isfinite(ratio)
