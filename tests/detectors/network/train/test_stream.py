"""The stream of drawn pictures."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_library import draw_library

from framejudge.datasets.drawing.exam2.recipe import load_many_hands
from framejudge.datasets.drawing.recipe import parse_recipe
from framejudge.datasets.errors import InputError
from framejudge.detectors.network.train import stream as stream_module
from framejudge.detectors.network.train.stream import (
    PictureStream,
    drawing_processes,
    training_source,
    validation_source,
)

SIZE = 64


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "SHARD_PICTURES", 8)


def test_a_shard_drawn_twice_is_the_same(tmp_path: Path) -> None:
    source = training_source(None, None, SIZE)
    for name in ("a.npz", "b.npz"):
        stream_module.draw_shard(source, 3, tmp_path / name)
    first, second = (stream_module.read_shard(tmp_path / name) for name in ("a.npz", "b.npz"))
    assert np.array_equal(first.pictures, second.pictures)
    assert np.array_equal(first.sides, second.sides)
    assert set(first.framed) <= {0, 1}
    assert not first.sides[first.framed == 0].any()


def test_no_picture_of_the_training_is_validated_on(tmp_path: Path) -> None:
    for name, source in (("a", training_source), ("b", validation_source)):
        stream_module.draw_shard(source(None, None, SIZE), 0, tmp_path / f"{name}.npz")
    trained, held = (stream_module.read_shard(tmp_path / f"{name}.npz").pictures for name in "ab")
    seen = {picture.tobytes() for picture in trained}
    assert not [picture for picture in held if picture.tobytes() in seen]


def test_a_recipe_of_ones_own_is_drawn_apart_from_the_built_in_one(tmp_path: Path) -> None:
    table = "hard_negative_share = 0.0\ndrawn_product_share = 1.0\nframed_negative_share = 0.0\n"
    mine = parse_recipe(f"seed = 1\n{table}[styles]\nsolid = 1\n", name="mine")
    built_in, own = training_source(None, None, SIZE), training_source(None, None, SIZE, mine)
    assert built_in.fingerprint != own.fingerprint
    held = validation_source(None, None, SIZE, mine)
    assert (held.recipe.seed, held.recipe.styles) == (2, {"solid": 1})
    stream_module.draw_shard(own, 0, tmp_path / "own.npz")
    stream_module.draw_shard(built_in, 0, tmp_path / "built-in.npz")
    one, other = (stream_module.read_shard(tmp_path / name) for name in ("own.npz", "built-in.npz"))
    assert not np.array_equal(one.pictures, other.pictures)
    with drawing_processes(1) as executor:
        assert PictureStream(own, tmp_path, executor).origin["recipe"] == "mine"


def test_pictures_are_drawn_for_the_smallest_input_too(tmp_path: Path) -> None:
    stream_module.draw_shard(training_source(None, None, 16), 0, tmp_path / "small.npz")
    shard = stream_module.read_shard(tmp_path / "small.npz")
    assert shard.pictures.shape == (8, 16, 16, 3)
    assert set(shard.framed) == {0, 1}


def test_photos_need_no_manifest(tmp_path: Path) -> None:
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 40, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f"{number}.png"), pixels)
        if number == 0:
            first = training_source(tmp_path, None, 16).fingerprint
            assert training_source(tmp_path, None, 16).fingerprint == first
    assert training_source(tmp_path, None, 16).fingerprint != first


def test_a_window_waits_for_its_shards_and_finds_them_again(tmp_path: Path) -> None:
    source = training_source(None, None, SIZE)
    with ThreadPoolExecutor(1) as executor:  # a process of its own would draw shards of the full size
        drawn = PictureStream(source, tmp_path, executor).window(0, 2)  # type: ignore[arg-type]
        again = PictureStream(source, tmp_path, executor).window(1, 1)  # type: ignore[arg-type]
    assert [len(shard.pictures) for shard in drawn] == [8, 8]
    assert np.array_equal(drawn[1].pictures, again[0].pictures)


def test_a_drawing_process_is_a_fresh_one_and_leaves_the_cores_and_the_graphics_processor_alone() -> None:
    with drawing_processes(1) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        assert executor.submit(cv2.getNumThreads).result() == 1
        assert executor.submit(os.getenv, "CUDA_VISIBLE_DEVICES").result() == "-1"


@pytest.mark.tensorflow
def test_a_network_picks_from_three_times_as_many(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="needs framejudge[tensorflow]")
    from framejudge.detectors.network.model.architectures import build
    from framejudge.detectors.network.model.detector import NetworkDetector, save_model

    model = tmp_path / "picker.keras"
    save_model(build(f"{SIZE}_4_conv3_nofc_sgd_lr_0_05_decay_0"), model)
    model.with_suffix(".json").write_text(f'{{"threshold": 0.5, "size_px": {SIZE}}}', encoding="utf-8")
    plain, picked = training_source(None, None, SIZE), training_source(None, None, SIZE, focus=model)
    assert plain.fingerprint != picked.fingerprint
    for index in range(3, 6):
        stream_module.draw_shard(plain, index, tmp_path / f"{index}.npz")
    drawn = [stream_module.read_shard(tmp_path / f"{index}.npz") for index in range(3, 6)]
    stream_module.draw_shard(picked, 1, tmp_path / "picked.npz")
    shard = stream_module.read_shard(tmp_path / "picked.npz")
    number = {picture.tobytes(): i for i, picture in enumerate(np.concatenate([s.pictures for s in drawn]))}
    rows = [number.get(picture.tobytes(), -1) for picture in shard.pictures]
    assert min(rows) >= 0
    assert len(set(rows)) == 8
    assert np.array_equal(shard.framed, np.concatenate([each.framed for each in drawn])[rows])
    assert np.array_equal(shard.sides, np.concatenate([each.sides for each in drawn])[rows])
    errors = np.abs(NetworkDetector(model).predict_batch(list(shard.pictures)) - shard.framed)
    assert shard.weights is not None
    assert np.argmin(shard.weights) == np.argmax(errors)
    with drawing_processes(1) as executor:
        assert PictureStream(picked, tmp_path, executor).origin["focus"] == picked.focus_sha256


def test_a_recipe_of_many_hands_is_drawn_in_pairs(tmp_path: Path) -> None:
    library = draw_library(tmp_path / "library", each=8)
    table = tmp_path / "mine.toml"
    table.write_text(
        "seed = 1\n[hands]\npillow = 1\n[grounds]\npackshot = 1\n[plain]\ntwin = 1\n[others]\nscene = 1\n",
        encoding="utf-8",
    )
    source = training_source(None, None, SIZE, load_many_hands(str(table)), assets=library)
    source.check()
    stream_module.draw_shard(source, 0, tmp_path / "a.npz")
    assert stream_module.read_shard(tmp_path / "a.npz").framed.tolist() == [1, 0] * 4
    held = validation_source(None, None, SIZE, load_many_hands(str(table)), assets=library)
    assert (held.recipe.seed, held.fingerprint != source.fingerprint) == (2, True)
    with drawing_processes(1) as executor:
        assert PictureStream(source, tmp_path, executor).together == 2
        assert PictureStream(training_source(None, None, SIZE), tmp_path, executor).together == 1
    with pytest.raises(InputError, match="draws on a library"):
        training_source(None, None, SIZE, load_many_hands(str(table))).check()
