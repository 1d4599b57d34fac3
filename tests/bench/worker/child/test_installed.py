"""The child in an environment that is not the parent's: other modules, another version of framejudge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_set import draw_set
from old_version import write_old_version

from framejudge.bench.worker.child.commands import Score, Scored
from framejudge.bench.worker.process import CHILD, PlacedSpec, WorkerProcess

MODULES = sorted(path.stem for path in CHILD.parent.glob("*.py") if not path.stem.startswith("__"))

IMPORTING = f"""
import importlib, importlib.util

MODULES = {MODULES!r}


class Finds:
    def predict(self, image):
        return float(all(importlib.import_module(name).OWN for name in MODULES))


class FindsNone:
    def predict(self, image):
        return float(all(importlib.util.find_spec(name) is None for name in MODULES))
"""


def score(spec: PlacedSpec, paths: list[str]) -> Scored:
    with WorkerProcess(spec, threads=1) as process:
        process.load()
        return process.ask(Score(paths, decode_threads=2, digests=True))


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    draw_set(tmp_path / "set", framed=1, plain=1)
    return [str(path) for path in sorted((tmp_path / "set" / "images").iterdir())]


def test_a_detectors_imports_find_its_own_modules_and_never_the_childs(
    tmp_path: Path, paths: list[str]
) -> None:
    place = tmp_path / "detector"
    place.mkdir()
    (place / "importing.py").write_text(IMPORTING, encoding="utf-8")
    assert score(PlacedSpec("x", "importing:FindsNone", folder=str(place)), paths).scores.tolist() == [1, 1]
    for name in MODULES:
        (place / f"{name}.py").write_text("OWN = True", encoding="utf-8")
    assert score(PlacedSpec("x", "importing:Finds", folder=str(place)), paths).scores.tolist() == [1, 1]


def test_a_version_whose_modules_lie_elsewhere_is_found(tmp_path: Path, paths: list[str]) -> None:
    write_old_version(tmp_path / "old")
    spec = PlacedSpec(
        "trim",
        "framejudge.detectors.trim:TrimDetector",
        environment={"PYTHONPATH": str(tmp_path / "old")},
    )
    with WorkerProcess(spec, threads=1) as process:
        assert process.load().threshold == 0.25
        scored = process.ask(Score([*paths, "broken.png"], decode_threads=1, digests=True))
    np.testing.assert_array_equal(scored.scores, [0.125, 0.125, np.nan])
    assert scored.unreadable == [None, None, "too old"]
    assert scored.digests == ["an old digest", "an old digest", None]
    assert scored.sizes.tolist() == [[3, 2], [3, 2], [-1, -1]]
