"""Shards put together are the run that one machine would have done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench import api
from framejudge.bench.engine.sharding import ShardDone
from framejudge.bench.run import Request, Run
from framejudge.bench.run.folder import read_manifest, write_manifest
from framejudge.datasets.errors import InputError

REQUEST = Request(detectors=["toys:Good", "toys:Raising"], dataset="set", calls=0, timeout_s=60)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with toy detectors and a set of 150 images: three blocks."""
    write_toys(tmp_path)
    draw_set(tmp_path / "set", framed=70, plain=80)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def said(run: Run) -> object:
    """Return what a run says, without what another moment changes."""
    detectors = {name: replace(one, images_per_second=None) for name, one in run.results.detectors.items()}
    return replace(run.results, detectors=detectors, environment={}, run_id="")


def test_merged_shards_say_what_one_run_says(home: Path) -> None:
    whole = api.run(REQUEST, home / "whole")
    shards = [home / f"shard-{number}" for number in (1, 2, 3)]
    for number, place in enumerate(shards, start=1):
        done = api.run_shard(REQUEST, f"{number}/3", place)
        assert isinstance(done, ShardDone) and done.images == ({1: 64, 2: 64, 3: 22}[number], 150)
        assert not (place / "results.json").exists()
    with pytest.raises(InputError, match="these folders lack answers of shard 2/3"):
        api.merge([shards[0], shards[2]], home / "merged")
    assert not (home / "merged").exists()
    merged = api.merge([*shards[::-1], shards[0]], home / "merged")
    assert said(merged) == said(whole)
    assert merged.predictions.equals(whole.predictions)
    assert merged.thumbnails.equals(whole.thumbnails) and merged.images.equals(whole.images)
    again = api.resume(shards[1])
    assert isinstance(again, ShardDone) and again.images == (64, 150)
    _refuse_others(home, shards)


def _refuse_others(home: Path, shards: list[Path]) -> None:
    record = read_manifest(shards[1])
    for changed, why in (
        (replace(record, request=replace(record.request, timeout_s=5.0)), "timeout s is 5.0, and 60.0 there"),
        (replace(record, environment={**record.environment, "version.numpy": "0"}), "numpy is 0, and "),
    ):
        write_manifest(shards[1], changed)
        with pytest.raises(InputError, match=f"is no piece of the same run as .*: {why}"):
            api.merge(shards, home / "again")
    with pytest.raises(InputError, match="not a run's folder"):
        api.merge([home / "set"], home / "again")
