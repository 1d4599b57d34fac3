"""How fast the harness itself is: decoding, judging, comparing, gating, following a history.

tox -e benchmark -- tests/benchmarks/test_harness_speed.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytest_benchmark", reason="speed is measured by `tox -e benchmark`")

from made.columns import made_columns
from made.history import write_history
from PIL import Image

from framejudge.bench.compare.history import build_history, open_runs
from framejudge.bench.figures import quality
from framejudge.bench.gate.accuracy.drop import drop_evidence
from framejudge.bench.gate.latency.sequential import LOOKS, LatencyRule, SlowdownTest
from framejudge.bench.run.columns import Answers, Columns
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.fingerprint import image_digest

IMAGES = 10_000
PAIR_IMAGES = 300


def _columns(images_a_group: int, *names: str) -> Columns:
    framed = np.arange(IMAGES) % 2 == 0
    noise = np.random.default_rng(1).normal(0, 0.25, (len(names), IMAGES))
    said = np.clip(np.where(framed, 0.8, 0.2) + noise, 0, 1)
    answers = (Answers(name, scores) for name, scores in zip(names, said, strict=True))
    return made_columns(framed, *answers, a_group=images_a_group)


@pytest.mark.parametrize("images_a_group", [1, 4])
def test_judging(benchmark: Any, images_a_group: int) -> None:
    """All figures of one detector on 10,000 images, with their intervals."""
    columns = _columns(images_a_group, "a")
    benchmark(quality.assess_detector, columns, columns.detectors[0])


def test_comparing(benchmark: Any) -> None:
    """Three detectors, each pair compared on 10,000 images, four from each photo."""
    benchmark(quality.compare_detectors, _columns(4, "a", "b", "c"), {})


def test_a_gate_on_accuracy(benchmark: Any) -> None:
    """Which of 10,000 images, four from each photo, are right before and now."""
    columns = _columns(4, "before", "now")
    before, now = (one.says_framed == columns.framed for one in columns.detectors)
    benchmark(drop_evidence, before, now, columns.groups.codes)


def test_a_gate_on_latency(benchmark: Any) -> None:
    """All looks at 16 pairs of 300 images that stay unclear to the last."""
    pairs = np.random.default_rng(3).normal(np.log(1.03), 0.02, (LOOKS[-1], PAIR_IMAGES))

    def decide() -> None:
        rows = iter(pairs)
        test = SlowdownTest([LatencyRule("canny"), LatencyRule.tail("canny")])
        test.first.run(
            lambda wanted: {name: np.array([next(rows) for _ in range(n)]) for name, n in wanted.items()}
        )

    benchmark(decide)


def test_decoding(benchmark: Any, tmp_path: Path) -> None:
    """A JPEG of 600 x 400 pixels, from the file to the array that a detector gets."""
    pixels = np.random.default_rng(4).integers(0, 255, (50, 75, 3), dtype=np.uint8)
    file = tmp_path / "image.jpg"
    Image.fromarray(pixels).resize((600, 400)).save(file, quality=90)
    benchmark(decode_image, file)


def test_fingerprint(benchmark: Any) -> None:
    """The digest of the pixels of one image of 600 x 400."""
    benchmark(image_digest, np.zeros((400, 600, 3), dtype=np.uint8))


def test_history(benchmark: Any, tmp_path: Path) -> None:
    """Twenty runs of 400 images: read, judged again, and searched for a step."""
    write_history(tmp_path, accuracies=[0.95] * 12 + [0.93] * 8)

    def follow() -> None:
        runs, _ = open_runs([tmp_path])
        build_history(runs)

    benchmark.pedantic(follow, rounds=3)
