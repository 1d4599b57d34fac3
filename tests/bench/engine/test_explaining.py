"""Which images a detector is asked about, and where it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_set import draw_set

from framejudge.bench.engine.explaining import explain_all
from framejudge.bench.engine.scoring import read_parts, score_all
from framejudge.bench.engine.tabulation import labelled_columns
from framejudge.bench.parts.store import PartStore
from framejudge.bench.run.columns import by_position
from framejudge.bench.worker.limits import Limits
from framejudge.bench.worker.process import PlacedSpec
from framejudge.datasets.progress import Silence
from framejudge.datasets.table.reading import read_dataset

SOURCE = """
from framejudge.detectors.protocol import Explanation


class Wrong:
    def predict(self, image):
        return 1.0

    def explain(self, image):
        return Explanation("it always says so")
"""


def test_a_detector_explains_where_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_set(tmp_path / "set", framed=2, plain=2)
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / "explaining.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    dataset = read_dataset(tmp_path / "set")
    spec = PlacedSpec("Wrong", "explaining:Wrong", folder=str(home))

    labelled = labelled_columns(dataset)
    work = read_parts(labelled, [spec], PartStore(tmp_path / "parts"))
    scoring = score_all(work, [spec], limits=Limits(timeout_s=60), progress=Silence())
    columns = explain_all(
        labelled, [spec], scoring, work=work, limits=Limits(timeout_s=60), progress=Silence()
    )

    plain = [k for k, sample in enumerate(dataset) if sample.label == "plain"]
    assert by_position(columns.detector("Wrong").explanations) == dict.fromkeys(
        plain, '{"text": "it always says so", "lines": []}'
    )
