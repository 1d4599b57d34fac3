"""Fixing a network's threshold on several labelled sets."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from labelled_noise import write_labelled_noise

from framejudge.detectors.network.model.detector import WEIGHTS, ModelFile
from framejudge.detectors.network.train.fit_threshold import (
    Scored,
    common_threshold,
    main,
    store_threshold,
    threshold_across_hands,
)


def scored(name: str, count: int, limit: float) -> Scored:
    """Return a set on which every picture scoring above ``limit`` is framed."""
    scores = np.linspace(0, 1, count)
    return Scored(name, "0" * 64, scores, scores > limit, np.full(len(scores), name))


def test_each_set_counts_the_same_however_large_it_is() -> None:
    many = scored("many", 5_000, 0.5)
    few = scored("few", 500, 0.8)
    alone = common_threshold([many])
    assert alone == pytest.approx(0.5, abs=0.001)
    # Between the limits each step costs the one set what it brings the other: chance decides, so 0.5 stays.
    assert common_threshold([many, few]) == pytest.approx(0.5, abs=0.02)
    assert common_threshold([many, few, scored("fewer", 300, 0.8)]) == pytest.approx(0.8, abs=0.06)


def test_the_threshold_is_stored_beside_the_model_with_its_sets(tmp_path: Path) -> None:
    shutil.copy(WEIGHTS / "cnn.json", tmp_path / "mine.json")
    before = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    sets = [scored("one", 100, 0.3), scored("other", 200, 0.3)]
    chosen_on = store_threshold(ModelFile.read(tmp_path / "mine.keras"), 0.3, sets)
    after = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    assert after.pop("threshold") == 0.3
    assert [each["dataset"] for each in after.pop("threshold_chosen")["sets"]] == ["one", "other"]
    assert [each.accuracy for each in chosen_on] == [1.0, 1.0]
    assert [each.images for each in chosen_on] == [100, 200]
    assert after.items() <= before.items()
    assert ModelFile.read(tmp_path / "mine.keras").threshold == 0.3


def test_a_set_without_hands_is_a_hand_of_its_own() -> None:
    sets = [scored("many", 5_000, 0.5), scored("few", 50, 0.7)]
    assert 0.5 <= threshold_across_hands(sets) <= 0.7


@pytest.mark.tensorflow
def test_the_command_fixes_the_threshold_of_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    for ending in ("keras", "json"):
        shutil.copy(WEIGHTS / f"cnn-2016.{ending}", tmp_path / f"mine.{ending}")
    (tmp_path / "set").mkdir()
    folder = write_labelled_noise(tmp_path / "set")
    monkeypatch.setattr(sys, "argv", ["fit_threshold", str(tmp_path / "mine.keras"), str(folder)])
    main()
    told = capsys.readouterr().out
    facts = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    assert f"threshold {facts['threshold']:.4f}, before" in told
    (chosen_on,) = facts["threshold_chosen"]["sets"]
    assert f"set: accuracy {chosen_on['accuracy']:.4f} of 160" in told
