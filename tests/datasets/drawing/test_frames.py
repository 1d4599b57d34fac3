"""Frames: where they lie, that they can be seen, and that their truth is exact."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framejudge.datasets.drawing.frames import (
    FAMILIES,
    STYLES,
    draw_frame,
    draw_frame_with_mask,
    thickness_class,
)
from framejudge.datasets.drawing.frames.layout import Edges, Layout, Limits, random_layout
from framejudge.datasets.drawing.frames.visible import contrast_along_edges, looks_like_padding

HEIGHT, WIDTH = 150, 120
ARTWORK = {"corners", "captioned_frame", "badges", "moulding"}
"""Styles that reach into the picture: a corner piece, a label, a pill, a shadow."""


def picture(seed: int = 0) -> np.ndarray:
    """Return a product on a pale ground, with some grain."""
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT, WIDTH, 3), (232, 226, 214), np.uint8)
    image[40:110, 30:90] = rng.integers(0, 200, 3)
    return np.clip(image + rng.integers(-6, 7, image.shape), 0, 255).astype(np.uint8)


def texture() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (60, 60, 3), dtype=np.uint8)


def drawn(style: str, seed: int):
    framed = draw_frame_with_mask(picture(), np.random.default_rng(seed), style=style, texture=texture)
    assert framed is not None
    return framed


def drawn_square(style: str, count: int = 6):
    """Return frames of the style whose inside has no rounded corners."""
    frames = (drawn(style, seed) for seed in range(10 * count))
    square = list(islice((one for one in frames if one.picture.attributes["inner"] == "square"), count))
    assert len(square) == count
    return square


@pytest.mark.parametrize("style", STYLES)
def test_style_is_drawn_with_its_attributes(style: str) -> None:
    for seed in range(8):
        framed = drawn(style, seed)
        attributes = framed.picture.attributes
        assert framed.picture.label == "framed"
        assert framed.picture.image.shape == (HEIGHT, WIDTH, 3)
        assert framed.picture.image.dtype == np.uint8
        assert attributes["style"] == style
        assert attributes["family"] == STYLES[style].family
        assert attributes["sides"] == str(len(attributes["which"].split("+")))
        assert 0.005 < float(attributes["thickness_fraction"]) < 0.16
        assert framed.mask.any()


@pytest.mark.parametrize("style", STYLES)
def test_same_seed_same_pixels_and_source_left_alone(style: str) -> None:
    source = picture()
    first, second = (
        draw_frame(source, np.random.default_rng(5), style=style, texture=texture) for _ in range(2)
    )
    assert first is not None
    assert second is not None
    assert np.array_equal(first.image, second.image)
    assert first.content_box == second.content_box
    assert np.array_equal(source, picture())


@pytest.mark.parametrize("style", sorted(set(STYLES) - ARTWORK))
def test_the_band_leaves_the_content_box_free_up_to_rounded_corners(style: str) -> None:
    for seed in range(10):
        framed = drawn(style, seed)
        left, top, right, bottom = framed.picture.content_box
        assert not framed.mask[top:bottom, left:right][8:-8, 8:-8].any()


@pytest.mark.parametrize("style", sorted(set(STYLES) - ARTWORK - {"motifs", "foliage"}))
def test_a_square_content_box_is_free_of_the_band(style: str) -> None:
    for framed in drawn_square(style):
        left, top, right, bottom = framed.picture.content_box
        assert not framed.mask[top:bottom, left:right].any()


@pytest.mark.parametrize("style", ["solid", "gradient", "stripes", "noise", "thin_line", "photo_texture"])
def test_band_reaches_up_to_the_content_box(style: str) -> None:
    for seed in range(10):
        framed = drawn(style, seed)
        left, top, right, bottom = framed.picture.content_box
        rows, columns = (top + bottom) // 2, (left + right) // 2
        just_outside = {
            "left": (rows, left - 1), "right": (rows, right),
            "top": (top - 1, columns), "bottom": (bottom, columns),
        }  # fmt: skip
        for side in framed.picture.attributes["which"].split("+"):
            assert framed.mask[just_outside[side]], side


def test_one_sided_strip_moves_one_side_only() -> None:
    seen = set()
    for seed in range(80):
        framed = drawn("solid", seed)
        if framed.picture.attributes["sides"] != "1":
            continue
        whole = {"left": 0, "top": 0, "right": WIDTH, "bottom": HEIGHT}
        box = framed.picture.content_box._asdict()
        assert {side for side in whole if box[side] != whole[side]} == {framed.picture.attributes["which"]}
        seen.add(framed.picture.attributes["which"])
    assert seen == {"left", "top", "right", "bottom"}


def test_picture_is_untouched_outside_a_band_laid_over_it() -> None:
    source = picture()
    for framed in drawn_square("translucent"):
        away = ~framed.mask
        away[:, 1:] &= ~framed.mask[:, :-1]
        away[:, :-1] &= ~framed.mask[:, 1:]
        away[1:] &= ~framed.mask[:-1]
        away[:-1] &= ~framed.mask[1:]
        assert np.array_equal(framed.picture.image[away], source[away])
        assert framed.picture.attributes["opacity"] == "translucent"


def test_at_least_four_families_are_held_out_and_families_can_be_chosen() -> None:
    held_out = {family for family, out in FAMILIES.items() if out}
    assert len(held_out) >= 4
    rng = np.random.default_rng(0)
    for _ in range(20):
        framed = draw_frame(picture(), rng, families={"solid", "dots"})
        assert framed is not None
        assert framed.attributes["family"] in {"solid", "dots"}


def test_tiny_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        draw_frame(np.zeros((40, 200, 3), np.uint8), np.random.default_rng(0))


def test_thickness_classes() -> None:
    fractions = (0.01, 0.02, 0.0201, 0.05, 0.0999, 0.1, 0.11)
    classes = [thickness_class(fraction) for fraction in fractions]
    assert classes == ["<=2%", "<=2%", "2-5%", "2-5%", "5-10%", "5-10%", ">10%"]


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(64, 400),
    width=st.integers(64, 400),
    thinnest=st.floats(0.01, 0.05),
    inset=st.sampled_from((0.0, 1.0)),
    rounded=st.sampled_from((0.0, 1.0)),
)
def test_layout_mask_and_boxes_agree(
    seed: int, height: int, width: int, thinnest: float, inset: float, rounded: float
) -> None:
    limits = Limits(thinnest=thinnest, inset=inset, rounded=rounded)
    layout = random_layout(np.random.default_rng(seed), height, width, limits)
    mask, content, outer = layout.mask(), layout.content, layout.outer
    assert mask.shape == (height, width)
    assert content.width > 0.5 * width
    assert content.height > 0.5 * height
    assert layout.inset == bool(inset)
    assert not mask[height // 2, width // 2]
    outside = np.ones((height, width), bool)
    outside[outer.top : outer.bottom, outer.left : outer.right] = False
    assert not mask[outside].any()
    for side in layout.sides:
        row = {"top": content.top - 1, "bottom": content.bottom}.get(side, height // 2)
        column = {"left": content.left - 1, "right": content.right}.get(side, width // 2)
        assert mask[row, column] == 255
    on_band = mask == 255
    assert on_band.any()
    assert (layout.depth()[on_band] >= 0).all()
    assert rounded or not layout.radius
    assert layout.radius or (layout.depth()[on_band] <= 1).all()


def banded(colour: tuple[int, int, int], ground: tuple[int, int, int]) -> tuple[np.ndarray, Layout]:
    layout = Layout(HEIGHT, WIDTH, Edges(10, 10, 10, 10))
    image = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
    image[layout.mask() > 0] = colour
    return image, layout


def test_contrast_is_measured_across_the_edge() -> None:
    assert contrast_along_edges(*banded((200, 30, 30), (250, 250, 250)))
    assert contrast_along_edges(*banded((225, 225, 225), (250, 250, 250)))
    assert not contrast_along_edges(*banded((246, 246, 246), (250, 250, 250)))


def test_one_invisible_side_is_enough_to_reject() -> None:
    image, layout = banded((200, 30, 30), (250, 250, 250))
    image[:, :10] = 249
    assert not contrast_along_edges(image, layout)


def test_inset_band_must_stand_out_from_the_space_outside_too() -> None:
    layout = Layout(HEIGHT, WIDTH, Edges(8, 8, 8, 8), Edges(6, 6, 6, 6))
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    left, top, right, bottom = layout.content
    image[top:bottom, left:right] = (90, 60, 30)
    image[layout.mask() > 0] = 253
    assert not contrast_along_edges(image, layout)
    image[layout.mask() > 0] = (0, 120, 0)
    assert contrast_along_edges(image, layout)


def test_band_of_the_same_mean_but_another_texture_is_visible() -> None:
    image, layout = banded((128, 128, 128), (128, 128, 128))
    stripes = np.where(np.indices((HEIGHT, WIDTH)).sum(axis=0) % 6 < 3, 60, 196).astype(np.uint8)
    on_band = layout.mask() > 0
    image[on_band] = stripes[on_band][:, None]
    assert contrast_along_edges(image, layout)


def test_padding_is_told_from_a_pale_band() -> None:
    assert looks_like_padding(*banded((255, 255, 255), (120, 90, 60)))
    assert looks_like_padding(*banded((230, 230, 230), (120, 90, 60)))
    assert not looks_like_padding(*banded((225, 225, 225), (255, 255, 255)))
    assert not looks_like_padding(*banded((230, 120, 120), (120, 90, 60)))
