"""Products drawn without a photo, and the layers they are made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framejudge.datasets.drawing.products import canvas, draw_product
from framejudge.datasets.drawing.products.backgrounds import background, clutter, room, studio, table
from framejudge.datasets.drawing.products.colours import contrasting, luminance
from framejudge.datasets.drawing.products.scenes import stood
from framejudge.datasets.drawing.products.silhouettes import SILHOUETTES, draw_sprite
from framejudge.datasets.drawing.products.surfaces import (
    BUNDLED,
    SURFACES,
    bundled_picture,
    clouds,
    cropped,
    grain,
    noise,
    ramp,
)

RED = (255, 0, 0)


def red_square(side: int) -> canvas.Sprite:
    return canvas.opaque(canvas.solid(side, side, RED))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(32, 160))
def test_a_product_picture_is_rgb_and_its_longest_side_is_the_size(seed: int, size: int) -> None:
    image = draw_product(np.random.default_rng(seed), size)
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert max(image.shape[:2]) == size
    assert image.flags.c_contiguous


def test_the_same_seed_draws_the_same_product_and_another_seed_another() -> None:
    first, again, other = (draw_product(np.random.default_rng(seed), 96) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


def test_drawing_leaves_no_trace_in_later_pictures() -> None:
    alone = draw_product(np.random.default_rng(3), 96)
    for seed in range(20):
        draw_product(np.random.default_rng(100 + seed), 96)
    np.testing.assert_array_equal(draw_product(np.random.default_rng(3), 96), alone)


def test_pictures_vary_in_shape_ground_and_brightness() -> None:
    images = [draw_product(np.random.default_rng(seed), 64) for seed in range(80)]
    assert len({image.shape for image in images}) > 10
    on_white = [bool((image[:3] > 250).all()) for image in images]
    assert 8 < sum(on_white) < 60
    assert np.std([image.mean() for image in images]) > 30


@pytest.mark.parametrize("name", SILHOUETTES)
def test_each_silhouette_covers_a_part_of_its_square(name: str) -> None:
    for seed in range(4):
        sprite = SILHOUETTES[name][0](np.random.default_rng(seed), 80)
        assert sprite.dtype == np.uint8
        assert sprite.shape[2] == 4
        assert 0.005 < (sprite[..., 3] > 127).mean() < 0.97


def test_a_drawn_sprite_is_cropped_to_its_outline() -> None:
    for seed in range(12):
        alpha = draw_sprite(np.random.default_rng(seed), 80)[..., 3]
        assert alpha[0].any()
        assert alpha[-1].any()
        assert alpha[:, 0].any()
        assert alpha[:, -1].any()


@pytest.mark.parametrize("name", SURFACES)
def test_each_surface_fills_its_rectangle_with_something_uneven(name: str) -> None:
    image = SURFACES[name][0](np.random.default_rng(1), 60, 90, (180, 90, 40))
    assert image.shape == (60, 90, 3)
    assert image.dtype == np.uint8
    assert image.std() > 0


@pytest.mark.parametrize("draw", [background, clutter, room, studio, table])
def test_backgrounds_have_the_size_asked_for(draw: object) -> None:
    assert callable(draw)
    for seed in range(12):
        image = draw(np.random.default_rng(seed), 50, 70)
        assert image.shape == (50, 70, 3)
        assert image.dtype == np.uint8


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_pictures_need_no_download_and_cannot_be_written_to(name: str) -> None:
    picture = bundled_picture(name)
    assert max(picture.shape[:2]) <= 480
    with pytest.raises(ValueError, match="read-only"):
        picture[0, 0] = 0


def test_a_sprite_put_on_whole_pixels_keeps_them() -> None:
    rng = np.random.default_rng(0)
    sprite = canvas.opaque(rng.integers(0, 256, (20, 30, 3), np.uint8))
    corners = [(7, 5), (37, 5), (37, 25), (7, 25)]
    pixels, mask = canvas.project(sprite, canvas.quadrangle(sprite, corners), 40, 50)
    scene = canvas.laid(canvas.solid(40, 50, (9, 9, 9)), pixels, mask)
    np.testing.assert_array_equal(scene[5:25, 7:37], sprite[..., :3])
    assert (scene[:5] == 9).all()
    assert (scene[:, 37:] == 9).all()


def test_what_lies_below_transparent_pixels_does_not_fringe_the_outline() -> None:
    mask = canvas.polygon_mask(40, 40, [(5, 5), (35, 8), (20, 36)])
    sprite = canvas.sprite_of(canvas.solid(40, 40, (255, 255, 255)), mask)
    sprite[mask == 0, :3] = 0
    corners = np.array([(0, 0), (33.3, 2), (30, 35.5), (1, 30)])
    pixels, cover = canvas.project(sprite, canvas.quadrangle(sprite, corners), 40, 40)
    scene = canvas.laid(canvas.solid(40, 40, (255, 255, 255)), pixels, cover)
    assert scene.min() >= 252


def test_a_sprite_is_averaged_when_it_shrinks() -> None:
    stripes = np.zeros((120, 120, 3), np.uint8)
    stripes[:, ::2] = 255
    sprite = canvas.opaque(stripes)
    pixels, _ = canvas.project(
        sprite, canvas.quadrangle(sprite, [(0, 0), (20, 0), (20, 20), (0, 20)]), 20, 20
    )
    assert abs(pixels.mean() - 127.5) < 3
    assert pixels[2:-2, 2:-2].std() < 5


def test_a_standing_thing_ends_at_its_foot() -> None:
    scene = canvas.solid(100, 100, (255, 255, 255))
    for seed in range(6):
        drawn = stood(np.random.default_rng(seed), scene, red_square(40), (50, 80), 30)
        rows = np.flatnonzero((drawn == RED).all(axis=(2,)).any(axis=1))
        assert (rows.min(), rows.max()) == (50, 79)


def test_over_mixes_by_the_mask() -> None:
    base = canvas.solid(1, 3, (0, 0, 0))
    mixed = canvas.over(base, (200, 100, 50), np.array([[0, 128, 255]], np.uint8))
    np.testing.assert_allclose(mixed[0], [(0, 0, 0), (100, 50, 25), (200, 100, 50)], atol=1)


@pytest.mark.parametrize("radius", [0.3, 2.0, 12.0])
def test_a_blur_keeps_the_mean(radius: float) -> None:
    mask = np.zeros((90, 120), np.uint8)
    mask[30:60, 40:80] = 255
    soft = canvas.blurred(mask, radius)
    assert soft.shape == mask.shape
    assert abs(float(soft.mean()) - float(mask.mean())) < 4


@given(st.floats(0, 50), st.floats(0, 50), st.floats(1, 60), st.floats(1, 60), st.floats(0, 80))
def test_a_rounded_rectangle_stays_within_its_box(
    left: float, top: float, wide: float, tall: float, radius: float
) -> None:
    points = canvas.rounded_rectangle(left, top, left + wide, top + tall, radius)
    np.testing.assert_allclose(points.min(axis=0), (left, top), atol=1e-6)
    np.testing.assert_allclose(points.max(axis=0), (left + wide, top + tall), atol=1e-6)


def test_noise_has_no_bias_and_a_deviation_of_about_one() -> None:
    field = noise(np.random.default_rng(0), 300, 300, 60)
    assert abs(float(field.mean())) < 0.1
    assert 0.6 < float(field.std()) < 1.2
    assert clouds(np.random.default_rng(0), 30, 40, 5).shape == (30, 40)


@given(st.floats(0, 7))
def test_a_ramp_reaches_from_minus_one_to_one(angle: float) -> None:
    field = ramp(21, 31, angle)
    assert field.shape == (21, 31)
    np.testing.assert_allclose((field.min(), field.max()), (-1, 1), atol=1e-4)


def test_grain_is_as_strong_as_asked_and_leaves_the_mean() -> None:
    grey = canvas.solid(200, 200, (128, 128, 128))
    grainy = grain(np.random.default_rng(0), grey, 6.0)
    assert 5 < float(grainy.std()) < 7
    assert abs(float(grainy.mean()) - 128) < 0.5


def test_a_crop_has_the_size_asked_for_whatever_the_picture() -> None:
    picture = np.zeros((30, 200, 3), np.uint8)
    for seed in range(10):
        assert cropped(np.random.default_rng(seed), picture, 64, 48).shape == (64, 48, 3)


def test_a_contrasting_colour_can_be_read() -> None:
    rng = np.random.default_rng(0)
    for level in (0, 60, 127, 128, 200, 255):
        colour = (level, level, level)
        assert abs(luminance(contrasting(rng, colour)) - level) > 70
