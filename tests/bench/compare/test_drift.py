"""How the pictures of two runs differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made.columns import made_columns
from made.looks import made_looks
from made.run import write_run

from framejudge.bench.compare.drift import set_drift
from framejudge.bench.run import Run, folder
from framejudge.bench.run.columns import Answers
from framejudge.reports.text.drift import summarise

IMAGES = 200


def _run(
    place: Path, *, brighter: float = 0.0, framed: float = 0.5, seed: int = 1, fingerprint: str = "aa"
) -> Run:
    labels = np.arange(IMAGES) < framed * IMAGES
    columns = made_columns(np.random.default_rng(seed).permutation(labels), Answers("a", np.zeros(IMAGES)))
    sizes = np.random.default_rng(seed).integers(150, 900, (IMAGES, 2)).astype(np.int32)
    columns = replace(columns, sizes=sizes)
    looks = made_looks(columns, IMAGES, brighter=brighter, seed=seed)
    looks = looks.set_column(1, looks.schema.field("sampled"), pa.array([True] * IMAGES))
    return Run.open(write_run(place, columns, looks=looks, fingerprint=fingerprint * 32))


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return _run(tmp_path_factory.mktemp("drift") / "earlier")


def test_a_brighter_set_with_fewer_frames_is_called_so(tmp_path: Path, earlier: Run) -> None:
    later = _run(tmp_path / "later", brighter=0.5, framed=0.1, seed=2, fingerprint="bb")
    found = set_drift(earlier, later)
    sizes = {one.property: one.size for one in found.properties}
    assert sizes["brightness"] in ("medium", "large") and sizes["share of framed"] in ("medium", "large")
    assert {sizes[name] for name in ("contrast", "longer side", "aspect", "file size")} == {"none shown"}
    share = next(one for one in found.properties if one.property == "share of framed")
    assert (share.before.mean, share.after.mean) == pytest.approx((0.5, 0.1))
    said = summarise(found)
    assert said.headline.startswith("The pictures have drifted. Those of this run are brighter (")
    assert "less often framed" in said.headline
    assert [row.kind for row in said.rows].count("moved") == 2


def test_sets_of_one_kind_have_not_drifted(tmp_path: Path, earlier: Run) -> None:
    found = set_drift(earlier, _run(tmp_path / "later", seed=5, fingerprint="bb"))
    assert {one.size for one in found.properties} == {"none shown"}
    assert summarise(found).headline == "The pictures are alike: no drift beyond chance in 7 properties."


def test_the_same_images_are_not_compared(tmp_path: Path, earlier: Run) -> None:
    found = set_drift(earlier, _run(tmp_path / "later", seed=2))
    assert found.same_images and not found.properties
    assert summarise(found).headline == "The images are the same as in the earlier run."


def test_a_run_of_an_earlier_version_knows_sizes_and_classes(tmp_path: Path, earlier: Run) -> None:
    later = _run(tmp_path / "later", seed=2, fingerprint="bb")
    (later.folder / folder.IMAGES_FILE).unlink()
    found = set_drift(earlier, Run.open(later.folder))
    assert [one.property for one in found.properties] == ["longer side", "aspect", "share of framed"]
    assert found.not_compared == ["brightness", "contrast", "colourfulness", "file size"]
    assert "brightness, contrast, colourfulness and file size" in summarise(found).notes[0]
