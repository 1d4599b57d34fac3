"""How fast sets are drawn and audited: 1,000 pictures a round, in seconds of processor time.

tox -e benchmark -- tests/benchmarks/test_dataset_speed.py

FRAMEJUDGE_PHOTOS and FRAMEJUDGE_CUTOUTS name folders of material; without them products are drawn.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest

pytest.importorskip("pytest_benchmark", reason="speed is measured by `tox -e benchmark`")

from framejudge.datasets.audit import audit
from framejudge.datasets.drawing.builtin import make_generated_set
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.recipe import draw_for_network, load_recipe
from framejudge.datasets.drawing.writing import RecipeDrawer, write_set
from framejudge.datasets.table.reading import read_dataset

NETWORK_SIDE_PX = 128
PICTURES = 1000


@pytest.fixture
def materials() -> Materials:
    photos, cutouts = (os.environ.get(f"FRAMEJUDGE_{name}") for name in ("PHOTOS", "CUTOUTS"))
    return Materials.read(photos and Path(photos), cutouts and Path(cutouts), max_side=2 * NETWORK_SIDE_PX)


@pytest.fixture
def tell_rate(benchmark: Any) -> Callable[[], None]:
    """Add how many pictures a second of processor time allows; a busy machine changes that little."""

    def tell() -> None:
        benchmark.extra_info["a second"] = round(PICTURES / benchmark.stats.stats.median)

    return tell


@pytest.mark.benchmark(timer=time.process_time)
def test_drawing_for_a_network(benchmark: Any, materials: Materials, tell_rate: Callable[[], None]) -> None:
    cv2.setNumThreads(1)
    recipe = load_recipe("training")

    def draw() -> None:
        for index in range(PICTURES):
            draw_for_network(recipe, materials, index, NETWORK_SIDE_PX)

    benchmark.pedantic(draw, rounds=3, warmup_rounds=1)  # the first round decodes the photos, which are kept
    tell_rate()


@pytest.mark.benchmark(timer=time.process_time)
def test_writing_a_set(
    benchmark: Any, materials: Materials, tmp_path: Path, tell_rate: Callable[[], None]
) -> None:
    cv2.setNumThreads(1)

    def write() -> None:
        shutil.rmtree(tmp_path / "set", ignore_errors=True)
        write_set(tmp_path / "set", RecipeDrawer(load_recipe("exam"), materials), PICTURES, description={})

    benchmark.pedantic(write, rounds=3)
    tell_rate()


@pytest.mark.benchmark(timer=time.process_time)
def test_audit(benchmark: Any, tmp_path: Path, tell_rate: Callable[[], None]) -> None:
    make_generated_set(tmp_path / "set", count=PICTURES)
    dataset = read_dataset(tmp_path / "set")
    benchmark.pedantic(audit, (dataset,), rounds=3, warmup_rounds=1)
    tell_rate()
