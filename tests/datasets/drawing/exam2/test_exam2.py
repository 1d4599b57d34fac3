"""Exam 2: quotas, pairs, and what is sealed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_library import draw_library

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.exam2 import drawing
from framejudge.datasets.drawing.exam2.drawer import HandsDrawer
from framejudge.datasets.drawing.exam2.drawing import CARDS, ExamPart
from framejudge.datasets.drawing.exam2.for_networks import TrainingMixture
from framejudge.datasets.drawing.exam2.recipe import ManyHands, is_many_hands, load_many_hands
from framejudge.datasets.drawing.hands import HANDS, HandSpec
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.recipe import load_recipe
from framejudge.datasets.errors import InputError

TABLE = """
seed = 3
sealed_hands = ["texture"]
[hands]
pillow = 60
own = 40
[sealed]
texture = 1
[sealed_parts]
neither = 1
hand = 1
source = 1
both = 1
[grounds]
packshot = 3
scene = 1
[plain]
twin = 1
inside = 1
reported = 1
other = 1
[others]
cutout = 1
"""


def recipe(tmp_path: Path, text: str = TABLE) -> ManyHands:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return load_many_hands(str(file))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return Assets.read(draw_library(tmp_path_factory.mktemp("library") / "assets"))


def part(chosen: ManyHands, library: Assets, *, sealed: bool = False) -> ExamPart:
    return ExamPart.read(chosen, Materials(), library, buckets=frozenset(range(10)), sealed=sealed)


def test_the_committed_recipes_keep_sealed_hands_out() -> None:
    exam, training = load_many_hands("exam-2"), load_many_hands("training-2")
    assert exam.sealed_hands == training.sealed_hands == set(exam.sealed)
    assert not exam.sealed_hands & (exam.hands.keys() | training.hands.keys())
    assert exam.seed != training.seed
    assert not training.sealed_parts
    assert {*exam.hands, *exam.sealed} == set(HANDS)


def test_a_deck_keeps_the_quotas(tmp_path: Path, library: Assets) -> None:
    plans = [part(recipe(tmp_path), library).plan(pair) for pair in range(CARDS, 2 * CARDS)]
    assert Counter(plan.hand for plan in plans) == {"pillow": 60, "own": 40}
    assert Counter(plan.ground for plan in plans) == {"packshot": 75, "scene": 25}
    assert {plan.sealed for plan in plans} == {"neither"}


def test_a_sealed_part_draws_each_case(tmp_path: Path, library: Assets) -> None:
    chosen = part(recipe(tmp_path), library, sealed=True)
    for index in range(24):
        plan, picture = chosen.plan(index // 2), chosen.picture(index)
        assert picture is not None
        assert (plan.hand == "texture") == (plan.sealed in ("hand", "both"))
        if picture.attributes["source"] != "drawn":
            is_sealed = picture.attributes["source"].startswith("sealed shop")
            assert is_sealed == (plan.sealed in ("source", "both"))


def test_an_open_part_never_meets_what_is_sealed(tmp_path: Path, library: Assets) -> None:
    chosen = part(recipe(tmp_path), library)
    pictures = [chosen.picture(index) for index in range(24)]
    seen = {(each.attributes["hand"], each.attributes["source"]) for each in pictures if each is not None}
    assert not [hand for hand, source in seen if hand == "texture" or source.startswith("sealed")]


def test_even_pictures_are_framed_and_odd_ones_plain(tmp_path: Path, library: Assets) -> None:
    chosen = part(recipe(tmp_path), library)
    groups = []
    for index in range(16):
        picture = chosen.picture(index)
        assert picture is not None
        assert picture.label == ("plain" if index % 2 else "framed")
        assert picture.content_box is None or picture.label == "framed"
        assert {"hand", "source", "material", "kind", "group", "size"} <= picture.attributes.keys()
        groups.append(picture.attributes["group"])
    twins = [pair for pair in range(8) if chosen.plan(pair).plain in ("twin", "inside")]
    assert twins
    assert all(groups[2 * pair] == groups[2 * pair + 1] for pair in twins)


def test_a_picture_depends_on_its_number_alone(tmp_path: Path, library: Assets) -> None:
    first, second = part(recipe(tmp_path), library), part(recipe(tmp_path), library)
    for index in (9, 4):
        one, other = first.picture(index), second.picture(index)
        assert one is not None
        assert other is not None
        assert np.array_equal(one.image, other.image)
        assert one.attributes == other.attributes


def test_a_missing_tool_leaves_its_quota_empty_and_says_so(
    tmp_path: Path, library: Assets, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = HandSpec(HANDS["pillow"].open, lambda: "", "Pillow (pip install pillow)")
    monkeypatch.setitem(HANDS, "pillow", absent)  # type: ignore[arg-type]
    chosen = part(recipe(tmp_path), library)
    drawer = HandsDrawer(chosen)
    drawn = [drawer(index) is not None for index in range(12)]
    assert drawn == [chosen.plan(index // 2).hand == "own" for index in range(12)]
    (line,) = drawer.left_out(200)
    assert line.startswith("left out: 120 images by the hand pillow, which needs Pillow")
    assert drawer.description()["tools"] == {"pillow": "not installed"}
    with pytest.raises(InputError, match="hand 'pillow' needs Pillow"):
        TrainingMixture(chosen, load_recipe("training")).check()


def test_what_is_left_out_is_not_drawn(tmp_path: Path, library: Assets) -> None:
    text = 'left_out_hands = ["own"]\nleft_out_sources = ["open shop packshots"]\n' + TABLE
    chosen = part(recipe(tmp_path, text), library)
    assert {chosen.plan(pair).hand for pair in range(CARDS)} == {"pillow"}
    assert {each.source for each in chosen.open_grounds.assets.of("packshots")} == {"another shop packshots"}


def test_tiny_and_large_pictures_have_their_sizes(tmp_path: Path, library: Assets) -> None:
    chosen = recipe(tmp_path)
    tiny = part(chosen.model_copy(update={"tiny_share": 1.0}), library).picture(0)
    large = part(chosen.model_copy(update={"large_share": 1.0}), library).picture(0)
    assert tiny is not None
    assert large is not None
    assert max(tiny.image.shape) < drawing.TINY_PX[1]
    assert max(large.image.shape) >= drawing.LARGE_PX[0]
    assert (tiny.attributes["size"], large.attributes["size"]) == ("tiny", "large")


def test_a_network_gets_pairs_and_the_first_recipe_between_them(tmp_path: Path, library: Assets) -> None:
    chosen = recipe(tmp_path).model_copy(update={"share_of_training_1": 0.3})
    mixture = TrainingMixture(part(chosen, library), replace(load_recipe("training"), seed=9))
    examples = list(mixture.examples(0, 40, 64))
    assert all(each.pixels.shape == (64, 64, 3) for each in examples)
    pairs = [(examples[start].label, examples[start + 1].label) for start in range(0, 40, 2)]
    assert pairs.count((1, 0)) >= 12
    again = list(mixture.examples(20, 2, 64))
    assert np.array_equal(again[0].pixels, examples[20].pixels)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("pillow = 60", "pilow = 60"), "unknown hand 'pilow'"),
        (("pillow = 60", "texture = 60"), "'texture' is sealed and may not stand in"),
        (('sealed_hands = ["texture"]', ""), "'texture' stands in .sealed. and is not in sealed_hands"),
        (("pillow = 60", "pillow = 0.5"), "hands.pillow"),
        (("twin = 1", "twinned = 1"), "plain.twinned"),
        (("seed = 3", "seed = "), "is no recipe"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        recipe(tmp_path, TABLE.replace(*change))


def test_which_recipes_are_of_many_hands(tmp_path: Path) -> None:
    recipe(tmp_path)
    assert is_many_hands("exam-2")
    assert is_many_hands(str(tmp_path / "mine.toml"))
    assert not is_many_hands("exam")
    assert not is_many_hands("nothing")
    with pytest.raises(InputError, match="can be read"):
        load_many_hands("nothing")
