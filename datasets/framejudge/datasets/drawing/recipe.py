"""What a labelled set is drawn by: how many of which frames and plain pictures; deterministic by index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing import marketplace
from framejudge.datasets.drawing.frames import SMALLEST_SIDE, STYLES, Framed, draw_frame_with_mask
from framejudge.datasets.drawing.materials import Materials, Photo
from framejudge.datasets.drawing.negatives import KINDS, draw_negative
from framejudge.datasets.drawing.network_example import NetworkExample, example_of
from framejudge.datasets.drawing.picture import Image, Picture
from framejudge.datasets.drawing.products import draw_product
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.sample import Label
from framejudge.datasets.text_files import parse_toml, read_utf8

BUILT_IN = ("exam", "training")

CARDS = 100
"""Of either label in a deck."""

SMALLEST_CANVAS_PX = 128
"""Frames are drawn on at least so many pixels a side, however small the finished picture."""

_TRIES = 12


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a labelled set is drawn.

    Attributes
    ----------
    name
        Of the recipe.
    seed
        What chance starts from.
    hard_negative_share
        Of the plain pictures: those made to look framed.
    drawn_product_share
        Of the plain pictures, and of the pictures that are framed: drawn products instead of photos.
    framed_negative_share
        Of the framed pictures: those whose frame surrounds a hard negative.
    styles
        Frame styles with their weights.
    negatives
        How often a kind of hard negative is drawn, by its name; what is not named counts 1.
    held_out_frames, held_out_negatives
        Families that training must not see.
    left_out_negatives
        Families that are never drawn: the labelling guide leaves their label open, or the recipe is older.
    """

    name: str
    seed: int
    hard_negative_share: float
    drawn_product_share: float
    framed_negative_share: float
    styles: Mapping[str, int]
    negatives: Mapping[str, int] = field(default_factory=dict)
    held_out_frames: frozenset[str] = frozenset()
    held_out_negatives: frozenset[str] = frozenset()
    left_out_negatives: frozenset[str] = frozenset()

    def as_table(self) -> dict[str, object]:
        """Return the recipe as JSON can hold it."""
        return {
            each.name: sorted(value) if isinstance(value := getattr(self, each.name), frozenset) else value
            for each in fields(self)
        }

    def check(self, place: str) -> None:
        """Raise an InputError that names the place if a share, a style or a family is wrong."""
        shares: dict[str, Any] = {
            "hard_negative_share": self.hard_negative_share,
            "drawn_product_share": self.drawn_product_share,
            "framed_negative_share": self.framed_negative_share,
        }
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise InputError(f"seed is {self.seed!r}", where=place, fix="use a whole number from 0 on")
        for key, share in shares.items():
            if not isinstance(share, int | float) or not 0 <= share <= 1:
                raise InputError(f"{key} is {share!r}", where=place, fix="use a number from 0 to 1")
        if self.hard_negative_share + self.drawn_product_share > 1:
            raise InputError(
                "hard_negative_share and drawn_product_share are more than 1 together",
                where=place,
                fix="they are parts of the plain pictures",
            )
        for key, weights in (("styles", self.styles), ("negatives", self.negatives)):
            if not isinstance(weights, Mapping):
                raise InputError(f"{key} is {weights!r}", where=place, fix=f"write [{key}] and weights below")
        if unknown := sorted(set(self.styles) - set(STYLES)):
            raise InputError(f"unknown style {unknown[0]!r}", where=place, fix=f"use {', '.join(STYLES)}")
        if not self.styles or not all(isinstance(w, int) and w > 0 for w in self.styles.values()):
            raise InputError(
                "styles need weights that are whole numbers above 0", where=place, fix="give each one"
            )
        if rare := sorted(set(self.styles) - set(_spread(tuple(self.styles.items())))):
            raise InputError(
                f"style {rare[0]!r} would never be drawn: its weight is under 1 % of all",
                where=place,
                fix="give it more, or leave it out",
            )
        if unknown := sorted(set(self.negatives) - set(KINDS)):
            raise InputError(
                f"unknown kind of hard negative {unknown[0]!r}", where=place, fix=f"use {', '.join(KINDS)}"
            )
        if not all(isinstance(w, int) and w > 0 for w in self.negatives.values()):
            raise InputError(
                "hard negatives need weights that are whole numbers above 0",
                where=place,
                fix="give each one; left_out_negatives leaves a family out",
            )
        families = {style.family for style in STYLES.values()}
        if unknown := sorted(self.held_out_frames - families):
            raise InputError(
                f"unknown frame family {unknown[0]!r}", where=place, fix=f"use {sorted(families)}"
            )
        negatives = {kind.family for kind in KINDS.values()}
        if unknown := sorted((self.held_out_negatives | self.left_out_negatives) - negatives):
            raise InputError(
                f"unknown family of negatives {unknown[0]!r}", where=place, fix=f"use {sorted(negatives)}"
            )


def load_recipe(name: str) -> Recipe:
    """Return a built-in recipe by its name, or one from a TOML file by its path.

    Raises
    ------
    InputError
        When there is no such recipe, or the file does not hold one.
    """
    if name in BUILT_IN:
        text = (
            resources.files("framejudge.datasets.drawing")
            .joinpath(f"{name}.toml")
            .read_text(encoding="utf-8")
        )
        return parse_recipe(text, name=name)
    path = Path(name)
    if not path.is_file():
        raise InputError(
            f"no recipe {name!r}", fix=f"use {' or '.join(BUILT_IN)}, or the path of a TOML file"
        )
    try:
        text = read_utf8(path)
    except ValueError as problem:
        raise InputError(str(problem), where=path, fix="save it as UTF-8 text") from None
    return parse_recipe(text, name=path.stem, place=str(path))


def parse_recipe(text: str, *, name: str, place: str = "") -> Recipe:
    """Return the recipe that a TOML text holds; ``place`` is named in errors."""
    place = place or f"{name}.toml"
    try:
        table = parse_toml(text)
        held_out = table.pop("held_out", {})
        if unknown := sorted(held_out.keys() - {"frames", "negatives"}):
            raise TypeError(f"[held_out] has {unknown[0]!r}, where only frames and negatives may stand")
        recipe = Recipe(
            name=name,
            held_out_frames=frozenset(held_out.get("frames", ())),
            held_out_negatives=frozenset(held_out.get("negatives", ())),
            left_out_negatives=frozenset(table.pop("left_out_negatives", ())),
            **table,
        )
    except (ValueError, TypeError, AttributeError) as problem:
        raise InputError(f"is no recipe: {problem}", where=place, fix="compare it with exam.toml") from None
    recipe.check(place)
    return recipe


class Card(NamedTuple):
    """What one picture is to be: framed in a style, a hard negative of a kind, a drawn product or a photo."""

    label: Label
    style: str = ""
    negative: str = ""
    product: bool = False


@dataclass(frozen=True, slots=True)
class _Base:
    """A picture before a frame is drawn on it, with what is known about it."""

    image: Image
    attributes: Mapping[str, str]


def usable_negatives(recipe: Recipe, materials: Materials, *, training: bool) -> tuple[str, ...]:
    """Return the kinds of hard negatives that can be drawn from these materials.

    Training leaves the held-out families out.
    """
    unwanted = recipe.left_out_negatives | (recipe.held_out_negatives if training else frozenset())
    return _usable(unwanted, bool(materials.photos), bool(materials.cutouts))


@lru_cache(maxsize=16)
def _usable(unwanted: frozenset[str], photos: bool, cutouts: bool) -> tuple[str, ...]:
    at_hand = {"nothing": True, "photos": photos, "cutouts": cutouts}
    return tuple(name for name, kind in KINDS.items() if kind.family not in unwanted and at_hand[kind.needs])


def _as_often_as_weighed(recipe: Recipe, materials: Materials, *, training: bool) -> tuple[str, ...]:
    """Return the kinds of hard negatives that can be drawn, each as often as its weight says."""
    kinds = usable_negatives(recipe, materials, training=training)
    weights = [recipe.negatives.get(kind, 1) for kind in kinds]
    return tuple(
        kind
        for turn in range(max(weights, default=0))
        for kind, weight in zip(kinds, weights, strict=True)
        if turn < weight
    )


def missing_negatives(recipe: Recipe, materials: Materials) -> dict[str, list[str]]:
    """Return what the materials lack, each with the kinds of hard negatives that cannot be drawn without."""
    usable = usable_negatives(recipe, materials, training=False)
    missing: dict[str, list[str]] = {}
    for name, kind in KINDS.items():
        if kind.family not in recipe.left_out_negatives and name not in usable:
            missing.setdefault(kind.needs, []).append(name)
    return missing


def card(recipe: Recipe, materials: Materials, index: int, *, training: bool) -> Card:
    """Return what picture ``index`` is to be.

    Cards are dealt from decks of `CARDS` framed and as many plain ones, each deck shuffled anew: every run of
    pictures keeps the quotas closely, and each whole deck keeps them exactly.
    """
    deck, place = divmod(index, 2 * CARDS)
    position = int(_shuffled(recipe.seed, deck)[place])
    if position < CARDS:
        styles = _spread(tuple(_styles(recipe, training=training).items()))
        return Card("framed", style=styles[position])
    position -= CARDS
    hard, drawn = round(CARDS * recipe.hard_negative_share), round(CARDS * recipe.drawn_product_share)
    negatives = _as_often_as_weighed(recipe, materials, training=training)
    if position < hard and negatives:
        return Card("plain", negative=negatives[(deck * hard + position) % len(negatives)])
    return Card("plain", product=hard <= position < hard + drawn or not materials.photos)


def draw(
    recipe: Recipe,
    materials: Materials,
    index: int,
    *,
    training: bool,
    photo: Photo | None = None,
    longest: int = marketplace.LONGEST_SIDE_PX,
) -> Picture:
    """Return picture ``index``, finished but not compressed.

    It depends on the recipe, the materials and the index alone, not on what was drawn before it. With
    ``training`` no held-out family is ever drawn. Its attributes name its group (``group``) and its source.
    A given photo takes the place of one by chance; ``longest`` bounds the finished picture's longer side.
    """
    framed, finishing = _framed(recipe, materials, index, training=training, photo=photo, longest=longest)
    return _finished(framed.picture, finishing, index)


def draw_with_mask(
    recipe: Recipe, materials: Materials, index: int, *, training: bool, photo: Photo | None = None
) -> Framed:
    """Return picture ``index`` as `draw` does, with the pixels that its frame covers."""
    framed, finishing = _framed(recipe, materials, index, training=training, photo=photo)
    return Framed(_finished(framed.picture, finishing, index), finishing.mask(framed.mask))


def _finished(picture: Picture, finishing: marketplace.Finishing, index: int) -> Picture:
    done = marketplace.apply(finishing, picture)
    return replace(done, attributes={"group": f"drawn-{index}", "source": "drawn", **done.attributes})


def _framed(
    recipe: Recipe,
    materials: Materials,
    index: int,
    *,
    training: bool,
    photo: Photo | None,
    longest: int = marketplace.LONGEST_SIDE_PX,
) -> tuple[Framed, marketplace.Finishing]:
    """Return picture ``index`` before a marketplace finishes it, and what that will do to it."""
    rng = _generator(recipe, index)
    chosen = card(recipe, materials, index, training=training)
    for attempt in range(_TRIES):
        # A photo on which no frame of this style shows gives way to another, and at last to a drawn product.
        around = _what_is_framed(recipe, materials, rng, training=training)
        if attempt >= _TRIES // 2:
            around = Card("plain", product=True)
        base_card = around if chosen.style else chosen
        drawn = _attempt(recipe, materials, chosen, base_card, rng, photo=photo, longest=longest)
        if drawn:
            return drawn, marketplace.plan(drawn.picture, rng, longest=longest)
    raise RuntimeError(f"no visible frame of style {chosen.style} in {_TRIES} attempts at picture {index}")


def draw_for_network(
    recipe: Recipe, materials: Materials, index: int, size: int, *, training: bool = True
) -> NetworkExample:
    """Return picture ``index`` as a network of this input size sees it: compressed, decoded, resized.

    Pictures are finished at no more than twice the input size, which costs less and hardly shows.
    """
    longest = max(2 * size, SMALLEST_CANVAS_PX)  # nothing can be drawn on less
    picture = draw(recipe, materials, index, training=training, longest=longest)
    degraded = marketplace.decode(marketplace.encode(picture.image, encoding_generator(recipe, index)))
    return example_of(picture, degraded, size)


def encoding_generator(recipe: Recipe, index: int) -> np.random.Generator:
    """Return the chance by which picture ``index`` is compressed."""
    return _generator(recipe, index, stage=1)


def _attempt(
    recipe: Recipe,
    materials: Materials,
    chosen: Card,
    around: Card,
    rng: np.random.Generator,
    *,
    photo: Photo | None,
    longest: int,
) -> Framed | None:
    """Return the card's picture before it is finished; None when its frame could not be seen.

    ``around`` is what the frame is drawn around; for a plain picture, the card itself.
    """
    side = max(
        SMALLEST_CANVAS_PX, round(rng.uniform(marketplace.SHORTEST_SIDE_PX, longest) * rng.uniform(0.9, 1.3))
    )
    side = min(side, longest)
    base = _base(around, materials, rng, side, photo)
    if chosen.label == "plain":
        picture = Picture(base.image, "plain", base.attributes)
        return Framed(picture, np.zeros(base.image.shape[:2], np.bool_))
    if min(base.image.shape[:2]) < SMALLEST_SIDE:
        return None
    framed = draw_frame_with_mask(
        base.image, rng, style=chosen.style, texture=lambda: materials.random_texture(rng)
    )
    if framed is None:
        return None
    held_out = STYLES[chosen.style].family in recipe.held_out_frames
    attributes = {**base.attributes, **framed.picture.attributes, "held_out": _yes_or_no(held_out)}
    return Framed(replace(framed.picture, attributes=attributes), framed.mask)


def _what_is_framed(
    recipe: Recipe, materials: Materials, rng: np.random.Generator, *, training: bool
) -> Card:
    """Return the card of the picture that a frame is drawn around: a photo, mostly."""
    chance = rng.random()
    negatives = _as_often_as_weighed(recipe, materials, training=training)
    if chance < recipe.framed_negative_share and negatives:
        return Card("plain", negative=negatives[int(rng.integers(len(negatives)))])
    product = chance < recipe.framed_negative_share + recipe.drawn_product_share
    return Card("plain", product=product or not materials.photos)


def _base(
    chosen: Card, materials: Materials, rng: np.random.Generator, side: int, photo: Photo | None
) -> _Base:
    """Return the plain picture that a card names, its longer side as given, cropped as an upload is."""
    if chosen.negative:
        kind = KINDS[chosen.negative]
        picture = draw_negative(chosen.negative, rng, materials, side)
        held_out = _yes_or_no(kind.held_out)
        known = {**picture.attributes, "content": chosen.negative, "held_out": held_out}
        return _Base(picture.image, known)
    if chosen.product:
        return _Base(_cropped(draw_product(rng, side), rng, side), _known("product"))
    photo = photo or materials.random_photo(rng)
    known = {**_known("photo"), "group": photo.group, "source": photo.pool}
    return _Base(_cropped(materials.photo(photo), rng, side), known)


def _known(content: str) -> dict[str, str]:
    return {"content": content, "style": content, "family": content, "held_out": "no"}


def _cropped(image: Image, rng: np.random.Generator, side: int) -> Image:
    return marketplace.scale_to(marketplace.crop(image, rng), side)


def _styles(recipe: Recipe, *, training: bool) -> dict[str, int]:
    """Return the recipe's styles and weights; training goes without the held-out families."""
    return {
        name: weight
        for name, weight in recipe.styles.items()
        if not (training and STYLES[name].family in recipe.held_out_frames)
    }


@lru_cache(maxsize=16)
def _spread(weights: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """Return a name for each card of a deck, as often as its weight says."""
    names, shares = zip(*weights, strict=True)
    ends = np.cumsum(shares) * (CARDS / sum(shares))
    return tuple(names[int(np.searchsorted(ends, card + 0.5))] for card in range(CARDS))


@lru_cache(maxsize=16)
def _shuffled(seed: int, deck: int) -> npt.NDArray[np.intp]:
    return np.random.default_rng((seed, deck, 2)).permutation(2 * CARDS)


def _generator(recipe: Recipe, index: int, stage: int = 0) -> np.random.Generator:
    return np.random.default_rng((recipe.seed, index, stage))


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
