"""The exam: buckets by hash, near-duplicates together, the recipe's quotas, deterministic by index."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from framejudge.datasets.drawing.buckets import bucket, parse_buckets, representatives
from framejudge.datasets.drawing.frames import STYLES
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.negatives import KINDS
from framejudge.datasets.drawing.picture import Picture
from framejudge.datasets.drawing.recipe import (
    CARDS,
    Recipe,
    card,
    draw,
    draw_for_network,
    load_recipe,
    missing_negatives,
    parse_recipe,
    usable_negatives,
)
from framejudge.datasets.errors import InputError

NOTHING = Materials()
EXAM = load_recipe("exam")
TRAINING = load_recipe("training")


@cache
def deck() -> tuple[Picture, ...]:
    """Return one whole deck of the exam, drawn without any photo."""
    return tuple(draw(EXAM, NOTHING, index, training=False) for index in range(2 * CARDS))


def share(pictures: list[Picture], attribute: str, value: str) -> float:
    return sum(picture.attributes[attribute] == value for picture in pictures) / len(pictures)


def test_bucket_is_the_designs_formula() -> None:
    assert bucket("0000000a" + "f" * 56) == 0
    assert bucket("ffffffff" + "0" * 56) == 4294967295 % 10
    assert bucket("b855cd5c8be02e14cd02f6ad9c1972b2f8c0597bd63fcdd5a191354463a035b0") == 0xB855CD5C % 10


@pytest.mark.parametrize(
    ("text", "expected"), [("9", {9}), ("0-6", set(range(7))), ("7, 8", {7, 8}), ("0-1,9", {0, 1, 9})]
)
def test_buckets_are_parsed(text: str, expected: set[int]) -> None:
    assert parse_buckets(text) == expected


@pytest.mark.parametrize("text", ["", "x", "10", "5-3", "-1", "0-12"])
def test_other_texts_are_no_buckets(text: str) -> None:
    with pytest.raises(ValueError):
        parse_buckets(text)


def test_chains_of_near_duplicates_take_the_smallest_hash() -> None:
    assert representatives({"c": 0b0, "a": 0b1111, "b": 0b11111111, "d": 2**64 - 1}, max_bits=4) == {
        "a": "a", "b": "a", "c": "a", "d": "d"
    }  # fmt: skip


def test_recipe_has_no_rare_style_and_holds_families_out() -> None:
    total = sum(EXAM.styles.values())
    assert {style for style in STYLES if STYLES[style].held_out} <= set(EXAM.styles) <= set(STYLES)
    assert min(EXAM.styles.values()) / total >= 0.03
    assert len(EXAM.held_out_frames) >= 4
    assert len(EXAM.held_out_negatives) >= 2
    assert EXAM.hard_negative_share >= 0.4


@pytest.mark.parametrize("recipe", [EXAM, TRAINING], ids=["exam", "training"])
def test_recipes_and_registries_agree_on_what_is_held_out(recipe: object) -> None:
    assert recipe.held_out_frames == {style.family for style in STYLES.values() if style.held_out}
    assert recipe.held_out_negatives == {kind.family for kind in KINDS.values() if kind.held_out}


def test_the_exam_deals_its_kinds_in_the_order_it_was_fixed_with() -> None:
    dealt = [name for name, kind in KINDS.items() if kind.family not in EXAM.left_out_negatives]
    assert " ".join(dealt) == (
        "device_cutout device_cutouts card_cutout television monitor phone two_phones tablet laptop "
        "keyboard rug picture_frame hung_picture cushion towel cabinet infographic specification "
        "screenshot collage window mirror door carton carton_front retail_box retail_box_front "
        "packet battery memory_card blister media_case book book_front playing_card poster notebook "
        "full_photo packshot_crop packshot_close_up shelf tiles table_edge curtain panelled_wall "
        "straight_cut drop_shadow vignette white_on_white imprint padded"
    )


def test_training_draws_every_style_that_is_not_held_out() -> None:
    assert set(TRAINING.styles) == {style for style in STYLES if not STYLES[style].held_out}


def test_a_deck_keeps_the_quotas() -> None:
    framed = [picture for picture in deck() if picture.label == "framed"]
    plain = [picture for picture in deck() if picture.label == "plain"]
    assert len(framed) == len(plain) == CARDS
    assert Counter(picture.attributes["style"] for picture in framed) == EXAM.styles
    assert share(framed, "held_out", "yes") >= 0.12
    hard = [picture for picture in plain if picture.attributes.get("hard") == "yes"]
    assert len(hard) >= 0.4 * len(plain)
    assert {
        p.attributes["family"] for p in hard if p.attributes["held_out"] == "yes"
    } == EXAM.held_out_negatives
    assert not {p.attributes["family"] for p in hard} & EXAM.left_out_negatives


def test_thin_and_one_sided_frames_are_common() -> None:
    framed = [
        draw(EXAM, NOTHING, index, training=False)
        for index in range(4 * CARDS)
        if card(EXAM, NOTHING, index, training=False).label == "framed"
    ]
    assert share(framed, "sides", "1") >= 0.20
    assert share(framed, "thickness", "<=2%") >= 0.15


def test_training_never_meets_what_is_held_out() -> None:
    for recipe in (EXAM, TRAINING):
        cards = [card(recipe, NOTHING, index, training=True) for index in range(40 * CARDS)]
        families = {STYLES[dealt.style].family for dealt in cards if dealt.style}
        assert not families & recipe.held_out_frames
        assert families == {STYLES[style].family for style in recipe.styles if not STYLES[style].held_out}
        negatives = {KINDS[dealt.negative].family for dealt in cards if dealt.negative}
        assert not negatives & (recipe.held_out_negatives | recipe.left_out_negatives)
    for index in range(60):
        content = draw(TRAINING, NOTHING, index, training=True).attributes["content"]
        assert content not in KINDS or KINDS[content].family not in TRAINING.held_out_negatives


@pytest.mark.parametrize("recipe", [EXAM, TRAINING], ids=lambda recipe: recipe.name)
def test_a_deck_holds_as_many_hard_negatives_as_its_recipe_says(recipe: Recipe) -> None:
    cards = [card(recipe, NOTHING, index, training=recipe is TRAINING) for index in range(2 * CARDS)]
    hard = sum(bool(dealt.negative) for dealt in cards)
    assert hard == round(CARDS * recipe.hard_negative_share) >= 0.4 * CARDS


def test_picture_depends_on_seed_and_index_alone() -> None:
    for index in (7, 3, 11):
        again = draw(pickle.loads(pickle.dumps(EXAM)), Materials(), index, training=False)
        assert np.array_equal(again.image, deck()[index].image)
        assert again.attributes == deck()[index].attributes
        assert again.content_box == deck()[index].content_box
    other = draw(dataclasses.replace(EXAM, seed=1), NOTHING, 7, training=False)
    assert other.image.shape != deck()[7].image.shape or not np.array_equal(other.image, deck()[7].image)


def test_network_examples_have_the_networks_size_and_the_box_as_fractions() -> None:
    labels = []
    for index in range(30):
        example = draw_for_network(TRAINING, NOTHING, index, 64)
        assert example.pixels.shape == (64, 64, 3)
        assert example.pixels.dtype == np.uint8
        labels.append(example.label)
        assert (example.content is None) == (example.label == 0)
        if example.content:
            left, top, right, bottom = example.content
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
            assert (left, top, right, bottom) != (0, 0, 1, 1)
    assert set(labels) == {0, 1}


def test_size_and_shape_do_not_tell_the_label() -> None:
    sizes = {
        label: [max(p.image.shape[:2]) for p in deck() if p.label == label] for label in ("framed", "plain")
    }
    square = {
        label: np.mean([p.image.shape[0] == p.image.shape[1] for p in deck() if p.label == label])
        for label in ("framed", "plain")
    }
    assert abs(np.mean(sizes["framed"]) - np.mean(sizes["plain"])) < 35
    assert abs(square["framed"] - square["plain"]) < 0.25


def test_kinds_whose_material_is_missing_are_named() -> None:
    missing = missing_negatives(EXAM, NOTHING)
    assert "device_cutout" in missing["cutouts"]
    assert "full_photo" in missing["photos"]
    usable = usable_negatives(EXAM, NOTHING, training=False)
    assert not set(usable) & set(missing["cutouts"] + missing["photos"])


def test_a_kind_of_hard_negative_is_drawn_as_often_as_its_weight_says() -> None:
    table = "seed = 1\nhard_negative_share = 1.0\ndrawn_product_share = 0.0\nframed_negative_share = 0.0\n"
    kinds = usable_negatives(EXAM, NOTHING, training=False)
    recipe = parse_recipe(f"{table}[styles]\nsolid = 1\n[negatives]\nphone = 4\n", name="mine")
    drawn = Counter(
        card(recipe, NOTHING, index, training=False).negative for index in range(2 * CARDS * (len(kinds) + 5))
    )
    assert drawn["phone"] == pytest.approx(4 * drawn["television"], rel=0.05)
    assert set(drawn) == {*usable_negatives(recipe, NOTHING, training=False), ""}


GOOD = resources.files("framejudge.datasets.drawing").joinpath("exam.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("solid = 6", "sollid = 6", "unknown style 'sollid'"),
        ("solid = 6", "solid = -1", "whole numbers above 0"),
        ("solid = 6", "solid = 6000", "style 'badges' would never be drawn"),
        ('"checks"', '"chequers"', "unknown frame family 'chequers'"),
        ('"openings"', '"holes"', "unknown family of negatives 'holes'"),
        ("hard_negative_share = 0.5", "hard_negative_share = 5", "hard_negative_share is 5"),
        ("hard_negative_share = 0.5", "", "is no recipe"),
        ("[styles]", "[styles", "is no recipe"),
        ("frames = [", "frame = [", r"\[held_out\] has 'frame'"),
        ("seed = 20161130", "seed = -1", "seed is -1"),
        ("seed = 20161130", 'seed = "a"', "seed is 'a'"),
        ("drawn_product_share = 0.06", "drawn_product_share = 0.6", "more than 1 together"),
        ("[styles]", "styles = 3\n[others]", "is no recipe"),
        ("seed = 20161130", "seed = 20161130\nnegatives = 3", "negatives is 3"),
        ("[styles]", "[negatives]\nphoney = 2\n[styles]", "unknown kind of hard negative 'phoney'"),
        ("[styles]", "[negatives]\nphone = 0\n[styles]", "whole numbers above 0"),
    ],
)
def test_bad_recipe_is_told_in_one_line(old: str, new: str, what: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError, match=what) as told:
        parse_recipe(GOOD.replace(old, new), name="mine", place="mine.toml")
    assert str(told.value).startswith("mine.toml: ")


def test_styles_that_are_no_table_are_told_in_one_line() -> None:
    head = GOOD[: GOOD.index("[styles]")]
    with pytest.raises(InputError, match=r"styles is 3; write \[styles\]"):
        parse_recipe(f"{head}styles = 3\n", name="mine")


def test_a_recipe_that_is_not_utf_8_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes("# größer".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        load_recipe(str(tmp_path / "mine.toml"))


def test_unknown_recipe_name() -> None:
    with pytest.raises(InputError, match="no recipe 'exams'"):
        load_recipe("exams")
