"""The hands: what they frame has a frame that shows, where they say; what they leave plain has none."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_library import draw_library

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.hands import (
    HANDS,
    imagemagick,
    missing_hands,
    open_hand,
    pgfornament,
    pillow,
    reported_bands,
    reported_plain,
    tool_versions,
)
from framejudge.datasets.drawing.hands.hand import Composed, can_be_seen
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

NEEDS_IMAGEMAGICK = pytest.mark.skipif(not imagemagick.version(), reason=f"needs {imagemagick.NEEDS}")


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return Assets.read(draw_library(tmp_path_factory.mktemp("library") / "assets"))


def ground(seed: int = 0, height: int = 150, width: int = 200) -> Image:
    """Return a photo-like picture: soft blotches, no line along a side."""
    coarse = np.random.default_rng(seed).integers(40, 220, (5, 6, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def check(composed: Composed) -> None:
    height, width = composed.image.shape[:2]
    assert composed.image.dtype == np.uint8
    assert composed.image.shape[2] == 3
    if composed.box is not None:
        left, top, right, bottom = composed.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert composed.box != Box(0, 0, width, height)


@pytest.mark.parametrize("name", [name for name in HANDS if name != "pgfornament"])
def test_a_hand_draws_the_same_from_the_same_seed(name: str, assets: Assets) -> None:
    if name in missing_hands([name]):
        pytest.skip(f"needs {HANDS[name].needs}")
    kinds = set()
    for seed in range(8):
        first, second = (
            open_hand(name, assets).frame(ground(seed), np.random.default_rng(seed)) for _ in range(2)
        )
        assert (first is None) == (second is None)
        if first is None or second is None:
            continue
        check(first)
        kinds.add(first.kind)
        assert np.array_equal(first.image, second.image)
        assert (first.box, first.kind, first.material) == (second.box, second.kind, second.material)
        plain = open_hand(name, assets).leave_plain(ground(seed), np.random.default_rng(seed))
        assert plain.box is None
    assert kinds


@NEEDS_IMAGEMAGICK
@pytest.mark.parametrize("operation", [each for each, _ in imagemagick.HAND.framing.operations])
def test_imagemagick_leaves_the_picture_whole_inside_its_borders(operation: imagemagick.Operation) -> None:
    picture = ground()
    composed = operation(picture, np.random.default_rng(4))
    check(composed)
    box = composed.box
    if box is None or not composed.square or (box.width, box.height) != (200, 150):
        return  # drawn over the picture, or with round corners
    assert np.array_equal(composed.image[box.top : box.bottom, box.left : box.right], picture)


@pytest.mark.parametrize("seed", range(6))
def test_pillow_leaves_the_picture_whole_inside_its_borders(seed: int) -> None:
    picture = ground(seed)
    for operation in (pillow.expanded, pillow.on_a_canvas, pillow.blurred_copy):
        composed = operation(picture, np.random.default_rng(seed))
        assert composed.box is not None
        left, top, right, bottom = composed.box
        assert np.array_equal(composed.image[top:bottom, left:right], picture)


@pytest.mark.parametrize("kind", reported_bands.KINDS, ids=lambda kind: kind.__name__)
def test_a_reported_kind_is_drawn_on_all_shapes(kind: object, assets: Assets) -> None:
    assert callable(kind)
    shown = 0
    for seed, (height, width) in itertools.product(range(3), ((120, 200), (200, 120), (110, 110))):
        composed = kind(ground(seed, height, width), np.random.default_rng(seed), assets)
        if composed is not None:
            check(composed)
            shown += can_be_seen(composed)
    assert shown >= 3


@pytest.mark.parametrize("kind", [each for each, _ in reported_plain.HAND.plain.operations])
def test_a_plain_kind_keeps_to_the_page(kind: reported_plain.Operation) -> None:
    composed = kind(ground(), np.random.default_rng(3))
    assert composed.box is None
    margin = np.concatenate([composed.image[0], composed.image[-1]])
    on_the_page = margin.min(axis=1) >= 235
    own = composed.image.shape[:2] == (150, 200)
    assert own or on_the_page.mean() > 0.4  # padded: with the page's white alone


def test_a_band_in_the_page_s_white_is_no_frame() -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    picture[20:80, 20:80] = (30, 90, 160)
    assert not can_be_seen(Composed(picture, "white", box=Box(20, 20, 80, 80)))
    picture[:20] = picture[80:] = picture[:, :20] = picture[:, 80:] = (160, 30, 30)
    assert can_be_seen(Composed(picture, "red", box=Box(20, 20, 80, 80)))


def test_a_box_that_leaves_the_picture_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="leaves the picture"):
        can_be_seen(Composed(ground(), "wrong", box=Box(5, 5, 400, 90)))


def test_a_missing_tool_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagemagick.shutil, "which", lambda name: None)
    imagemagick.program.cache_clear()
    imagemagick.version.cache_clear()
    try:
        assert missing_hands(["imagemagick", "own"]) == {"imagemagick": imagemagick.NEEDS}
        assert tool_versions(["imagemagick", "own"]) == {"imagemagick": "not installed"}
    finally:
        imagemagick.program.cache_clear()
        imagemagick.version.cache_clear()


def test_a_program_of_the_same_name_is_not_taken_for_imagemagick(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "convert"
    other.write_text("#!/bin/sh\necho convert 1.0 of another package\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setattr(imagemagick, "_PROGRAMS", (str(other),))
    imagemagick.program.cache_clear()
    try:
        assert imagemagick.program() is None
    finally:
        imagemagick.program.cache_clear()


@pytest.mark.skipif(not pgfornament.version(), reason=f"needs {pgfornament.NEEDS}")
def test_an_ornament_is_set_by_tex() -> None:
    drawn = pgfornament.ornament(31)
    assert min(drawn.shape) > 100
    assert drawn.max() == 255
    assert drawn.min() == 0
