"""Hard negatives: every kind, its label and attributes, and what keeps it from being framed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.negatives import HELD_OUT_FAMILIES, KINDS, draw_negative
from framejudge.datasets.drawing.negatives.cutouts import empty_screen, filled
from framejudge.datasets.drawing.negatives.photographs import product_box
from framejudge.datasets.drawing.negatives.props import Props, has_uniform_background
from framejudge.datasets.drawing.negatives.staging import Pose, Solid, margins, stage, stage_solid
from framejudge.datasets.drawing.products.canvas import (
    opaque,
    polygon_mask,
    rounded_rectangle,
    solid,
    sprite_of,
)
from framejudge.datasets.errors import InputError

WHITE = (255, 255, 255)


def write_photos(folder: Path) -> None:
    """Write packshots on white and busy photos, in two pools."""
    for number in range(4):
        rng = np.random.default_rng(number)
        packshot = np.full((120, 90, 3), 255, np.uint8)
        packshot[30:100, 20:70] = rng.integers(0, 150, 3)
        busy = np.asarray(PIL.Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize((120, 90)))
        for pool, image in (("packshots", packshot), ("busy", busy)):
            (folder / pool).mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(image).save(folder / pool / f"{number}.png")


def phone_cutout() -> np.ndarray:
    """Return a white phone with rounded corners and an empty dark screen."""
    body = solid(160, 80, (240, 240, 240))
    body[20:140, 6:74] = 30
    return sprite_of(body, polygon_mask(160, 80, rounded_rectangle(0, 0, 80, 160, 12)))


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    root = tmp_path_factory.mktemp("materials")
    write_photos(root / "photos")
    card = solid(140, 100, (250, 250, 250))
    card[60:80, 40:60] = (200, 0, 0)
    card_mask = polygon_mask(140, 100, rounded_rectangle(0, 0, 100, 140, 8))
    for folder, sprite in (("devices", phone_cutout()), ("cards", sprite_of(card, card_mask))):
        (root / "cutouts" / folder).mkdir(parents=True)
        PIL.Image.fromarray(sprite).save(root / "cutouts" / folder / "one.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        return Materials.read(root / "photos", root / "cutouts")


@pytest.mark.parametrize("size", [64, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_plain_picture_of_the_size_asked_for(
    kind: str, size: int, materials: Materials
) -> None:
    for seed in range(3):
        picture = draw_negative(kind, np.random.default_rng(seed), materials, size)
        assert picture.label == "plain"
        assert picture.content_box is None
        assert picture.image.dtype == np.uint8
        assert picture.image.shape[2] == 3
        assert max(picture.image.shape[:2]) == size
        assert min(picture.image.shape[:2]) >= 16
        assert picture.attributes["style"] == kind
        assert picture.attributes["family"] == KINDS[kind].family
        assert picture.attributes["hard"] == "yes"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].needs == "nothing"])
def test_kinds_that_need_nothing_are_drawn_without_materials(kind: str) -> None:
    picture = draw_negative(kind, np.random.default_rng(1), size=80)
    assert "group" not in picture.attributes
    assert picture.image.std() > 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same_negative(kind: str, materials: Materials) -> None:
    first, again = (draw_negative(kind, np.random.default_rng(8), materials, 80) for _ in range(2))
    np.testing.assert_array_equal(first.image, again.image)
    assert first.attributes == again.attributes


def test_a_kind_varies_from_seed_to_seed(materials: Materials) -> None:
    for kind in KINDS:
        images = [draw_negative(kind, np.random.default_rng(seed), materials, 64).image for seed in range(4)]
        assert len({image.tobytes() for image in images}) > 1, kind


def test_families_are_held_out_as_a_whole_and_enough_are_left() -> None:
    assert len(HELD_OUT_FAMILIES) >= 2
    families = {kind.family for kind in KINDS.values()}
    assert families > HELD_OUT_FAMILIES
    assert all(kind.held_out == (kind.family in HELD_OUT_FAMILIES) for kind in KINDS.values())
    assert sum(kind.held_out for kind in KINDS.values()) < len(KINDS) / 3


def test_a_picture_with_a_photo_names_its_group_and_source(materials: Materials) -> None:
    groups = {photo.group for photo in materials.photos}
    picture = draw_negative("full_photo", np.random.default_rng(0), materials, 64)
    assert picture.attributes["group"] in groups
    assert picture.attributes["source"] in {"packshots", "busy"}


def test_all_photos_in_one_picture_come_from_one_group(materials: Materials) -> None:
    props = Props(materials)
    rng = np.random.default_rng(0)
    first = props.photo(rng)
    assert all(props.photo(rng) is first for _ in range(10))
    assert props.source is not None


def test_an_unknown_kind_and_missing_materials_are_told() -> None:
    with pytest.raises(InputError, match=r"unknown kind of hard negative 'televison'.*television"):
        draw_negative("televison", np.random.default_rng(0))
    with pytest.raises(InputError, match="packshot_crop needs photos"):
        draw_negative("packshot_crop", np.random.default_rng(0))
    with pytest.raises(InputError, match="device_cutout needs cutouts"):
        draw_negative("device_cutout", np.random.default_rng(0))


def test_a_film_still_has_black_bars_and_an_attribute_of_its_own() -> None:
    picture = draw_negative("film_still", np.random.default_rng(0), size=120)
    assert picture.attributes["letterbox"] == "yes"
    assert not picture.image[0].any()
    assert not picture.image[-1].any()
    assert picture.image[picture.image.shape[0] // 2].any()


def test_padding_is_page_white_so_that_it_is_no_band() -> None:
    for seed in range(20):
        image = draw_negative("padded", np.random.default_rng(seed), size=100).image
        sides = (image[0], image[-1], image[:, 0], image[:, -1])
        assert max(int(side.min()) for side in sides) >= 247


def test_a_product_is_found_on_a_uniform_background_only() -> None:
    packshot = solid(100, 80, (250, 250, 250))
    packshot[30:90, 10:60] = (20, 60, 160)
    assert has_uniform_background(packshot)
    assert product_box(packshot) == (10, 30, 60, 90)
    busy = np.random.default_rng(0).integers(0, 256, (100, 80, 3), np.uint8)
    assert not has_uniform_background(busy)
    assert product_box(busy) is None
    assert product_box(solid(100, 80, WHITE)) is None


def test_a_packshot_is_cropped_to_its_outline(materials: Materials) -> None:
    picture = draw_negative("packshot_crop", np.random.default_rng(0), materials, 100)
    assert picture.attributes["source"] == "packshots"
    product = (picture.image < 200).any(axis=2)
    assert product.mean() > 0.9


def only_photo(folder: Path, image: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Materials:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    (folder / "photos" / "pool").mkdir(parents=True)
    PIL.Image.fromarray(image).save(folder / "photos" / "pool" / "one.png")
    return Materials.read(folder / "photos")


def test_a_retake_lets_nothing_in_from_beyond_the_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    materials = only_photo(tmp_path, solid(120, 90, WHITE), monkeypatch)
    for seed in range(40):
        image = draw_negative("retake", np.random.default_rng(seed), materials, 100).image
        assert max(image.shape) == 100
        assert image.min() == 255, seed


def test_a_packshot_on_a_colour_keeps_the_products_own_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packshot = solid(120, 90, WHITE)
    cv2.circle(packshot, (45, 60), 30, (200, 40, 90), -1)
    materials = only_photo(tmp_path, packshot, monkeypatch)
    corners = []
    for seed in range(20):
        image = draw_negative("packshot_on_colour", np.random.default_rng(seed), materials, 100).image
        assert tuple(image[image.shape[0] // 2, image.shape[1] // 2]) == (200, 40, 90)
        corners.append(tuple(image[0, 0]))
    assert len(set(corners)) > 15


def test_a_rectangle_is_not_laid_on_a_colour(materials: Materials) -> None:
    for seed in range(10):
        image = draw_negative("packshot_on_colour", np.random.default_rng(seed), materials, 100).image
        assert tuple(image[0, 0]) == WHITE


def test_an_empty_screen_is_found_and_filled_and_a_card_is_left_alone() -> None:
    phone = phone_cutout()
    mask = empty_screen(phone)
    assert mask is not None
    assert mask[20:140, 6:74].all()
    assert mask.sum() == 255 * 120 * 68
    after = filled(np.random.default_rng(0), Props(Materials()), phone)
    np.testing.assert_array_equal(after[mask == 0], phone[mask == 0])
    assert (after[mask > 0] != phone[mask > 0]).any()
    card = opaque(solid(140, 100, (250, 250, 250)))
    np.testing.assert_array_equal(filled(np.random.default_rng(0), Props(Materials()), card), card)


def paper(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    del rng
    return solid(height, width, WHITE)


def test_a_least_margin_leaves_background_on_all_sides_unless_the_product_is_cut() -> None:
    product = opaque(solid(80, 60, (0, 0, 200)))
    for seed in range(30):
        pose = Pose(least_margin=0.04, cut_share=0.0)
        image = stage(np.random.default_rng(seed), [product], 100, pose, paper)
        blue = (image[..., 2].astype(int) - image[..., 0]) > 100
        assert blue.any()
        edges = (blue[:2], blue[-2:], blue[:, :2], blue[:, -2:])
        assert not any(edge.any() for edge in edges)


def test_a_cut_product_leaves_background_on_three_sides() -> None:
    product = opaque(solid(80, 60, (0, 0, 200)))
    for seed in range(30):
        pose = Pose(cut_share=1.0, straight_share=1.0)
        image = stage(np.random.default_rng(seed), [product], 100, pose, paper)
        blue = (image[..., 2].astype(int) - image[..., 0]) > 100
        touched = [bool(edge.any()) for edge in (blue[0], blue[-1], blue[:, 0], blue[:, -1])]
        assert sum(touched) == 1


def test_margins_are_within_the_pose() -> None:
    rng = np.random.default_rng(0)
    pose = Pose(least_margin=0.03, most_margin=0.1)
    for _ in range(200):
        for side in margins(rng, pose):
            assert ((side >= 0.03) & (side <= 0.12 + 1e-9)).all()


def test_a_shadow_that_the_pose_demands_is_there() -> None:
    product = opaque(solid(80, 60, (0, 0, 200)))
    for seed in range(20):
        pose = Pose(least_margin=0.1, shadow=True, cut_share=0.0)
        image = stage(np.random.default_rng(seed), [product], 120, pose, paper)
        grey = (np.ptp(image.astype(int), axis=2) < 3) & (image.max(axis=2) < 252)
        assert grey.any()


def test_a_box_shows_its_side_and_the_nearer_edge_is_the_longer() -> None:
    front, side, top = (opaque(solid(60, 60, colour)) for colour in ((220, 0, 0), (0, 220, 0), (0, 0, 220)))
    box = Solid(front, side, top, 1.0)
    for seed in range(12):
        image = stage_solid(np.random.default_rng(seed), box, 160, Pose(cut_share=0), paper)
        strongest = image.argmax(axis=2)
        coloured = np.ptp(image.astype(int), axis=2) > 90
        red, green = coloured & (strongest == 0), coloured & (strongest == 1)
        assert red.sum() > 50
        assert green.sum() > 20
        red_rows, green_columns = red.sum(axis=0), np.flatnonzero(green.any(axis=0))
        heights = green.sum(axis=0)
        # The side begins at the front's near edge and gets shorter away from it.
        to_the_right = green_columns.mean() > np.flatnonzero(red_rows).mean()
        inner, outer = green_columns[[2, -3]] if to_the_right else green_columns[[-3, 2]]
        assert heights[inner] >= heights[outer]
