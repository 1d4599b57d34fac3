"""A picture of exam 2 by its number: pairs of a framed and a plain one, dealt from decks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.drawing import marketplace
from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.exam2.grounds import Ground, Grounds
from framejudge.datasets.drawing.exam2.recipe import ManyHands
from framejudge.datasets.drawing.hands import HANDS, open_hand
from framejudge.datasets.drawing.hands.hand import Composed, Hand
from framejudge.datasets.drawing.hands.layering import worn
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.picture import Image, Picture

CARDS = 100
"""Pairs in a deck: each whole deck keeps the quotas."""

SMALLEST_CANVAS_PX = 110
SMALLEST_FRAMED_PX = 64
TINY_PX = (20, 60)
LARGE_PX = (1200, 3000)
_SHARES_OF_CANVAS = (0.9, 1.35)
_TRIES = 10
_NO_BOX_THINNEST_PX = 4
_NO_HAND = "none"
Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pair is to be.

    ``hand`` frames one picture, ``ground`` is what it is drawn around. ``plain`` is what the other one is,
    and ``other`` what it shows if it has a ground of its own. ``sealed`` says which of hand and source is.
    """

    hand: str
    ground: str
    plain: str
    other: str
    sealed: str


@dataclass(frozen=True)
class ExamPart:
    """What may be drawn with in one part of the exam: open material by buckets, and sealed sources.

    Attributes
    ----------
    recipe
        Hands and quotas.
    open_grounds, sealed_grounds
        Pictures of open sources in the wanted buckets, and of sealed sources; the latter None outside the
        sealed part.
    """

    recipe: ManyHands
    open_grounds: Grounds
    sealed_grounds: Grounds | None = None

    @classmethod
    def read(
        cls, recipe: ManyHands, materials: Materials, assets: Assets, *, buckets: frozenset[int], sealed: bool
    ) -> ExamPart:
        """Return the part of the exam in these buckets; with ``sealed``, sealed sources and hands too."""
        unwanted = recipe.left_out_sources
        photos = tuple(each for each in materials.photos if each.pool not in unwanted)
        materials = replace(materials, photos=photos)
        open_assets = assets.part(sealed=False, buckets=buckets, without_sources=unwanted)
        if not sealed:
            return cls(recipe, Grounds(materials, open_assets))
        nothing = replace(materials, photos=(), cutouts=())
        sealed_assets = assets.part(sealed=True, buckets=range(exam.BUCKETS))
        return cls(recipe, Grounds(materials, open_assets), Grounds(nothing, sealed_assets))

    def plan(self, pair: int) -> Plan:
        """Return what a pair is to be; every deck of pairs keeps the quotas of each list."""
        recipe = self.recipe
        sealed = self._dealt(recipe.sealed_parts, pair, 0) if self.sealed_grounds else "neither"
        hands = {name: weight for name, weight in recipe.hands.items() if name not in recipe.left_out_hands}
        sealed_hand = sealed in ("hand", "both")
        return Plan(
            hand=self._dealt(recipe.sealed if sealed_hand else hands, pair, 1),
            ground=self._dealt(recipe.grounds, pair, 2),
            plain=self._dealt(recipe.plain, pair, 3),
            other=self._dealt(recipe.others, pair, 4),
            sealed=sealed,
        )

    def picture(self, index: int, *, longest: int = marketplace.LONGEST_SIDE_PX) -> Picture | None:
        """Return picture ``index``, finished and not compressed; None where its hand's tool is not installed.

        Even ones are framed, odd ones plain; both of a pair are drawn from the same chance up to the frame.
        """
        pair, is_plain = divmod(index, 2)
        plan = self.plan(pair)
        if HANDS[plan.hand].is_missing:
            return None
        rng = self._generator(pair, 0)
        side, size = self._sizes(rng, longest)
        if is_plain and plan.plain in ("reported", "other"):
            plain, ground, hand = self._another(plan, self._generator(pair, 2), side)
            facts = {"hand": hand, "material": "none", "kind": plain.kind, "sealed": plan.sealed}
            return _finish(plain, ground, facts, self._generator(pair, 4), size, label=False)
        composed, ground = self._framed(plan, rng, side)
        rng = self._generator(pair, 1 + is_plain)
        if not is_plain:
            facts = {
                "hand": plan.hand,
                "material": composed.material,
                "kind": composed.kind,
                "sealed": plan.sealed,
            }
            return _finish(composed, ground, facts, rng, size, label=True)
        plain, hand = self._twin(plan, composed, ground, rng)
        facts = {"hand": hand, "material": "none", "kind": plain.kind, "sealed": plan.sealed}
        return _finish(plain, ground, facts, rng, size, label=False)

    def encoding_generator(self, index: int) -> np.random.Generator:
        """Return the chance by which picture ``index`` is compressed."""
        return self._generator(index, 3)

    def _framed(self, plan: Plan, rng: np.random.Generator, side: int) -> tuple[Composed, Ground]:
        """Return the framed picture of a pair, and what it is drawn around."""
        hand = self._hand(plan)
        for _ in range(_TRIES):
            ground = self._ground(plan, plan.ground, rng, side)
            if min(ground.image.shape[:2]) < SMALLEST_FRAMED_PX:
                continue
            for _ in range(3):
                composed = hand.frame(ground.image, rng)
                if composed is not None:
                    return composed, ground
        raise RuntimeError(f"{plan.hand} drew no frame that can be seen in {_TRIES} attempts: {plan}")

    def _twin(
        self, plan: Plan, framed: Composed, ground: Ground, rng: np.random.Generator
    ) -> tuple[Composed, str]:
        """Return what is inside the frame, or the same picture without one, and whose hand that is."""
        box = framed.box
        if plan.plain == "inside" and box is not None and framed.square and min(box.width, box.height) >= 40:
            # Where blending is soft the band reaches a little into its box.
            inside = framed.image[box.top + 3 : box.bottom - 3, box.left + 3 : box.right - 3]
            return Composed(np.ascontiguousarray(inside), "inside of a frame"), plan.hand
        if rng.random() < 0.5:
            return Composed(worn(ground.image, rng), ground.content), _NO_HAND
        return self._hand(plan).leave_plain(ground.image, rng), plan.hand

    def _another(self, plan: Plan, rng: np.random.Generator, side: int) -> tuple[Composed, Ground, str]:
        """Return a plain picture that has nothing to do with the framed one of its pair."""
        ground = self._ground(plan, plan.other, rng, side)
        if plan.plain == "reported" and "reported" not in self.recipe.left_out_hands:
            hand = self._opened("reported", self._grounds(plan))
            return hand.leave_plain(ground.image, rng), ground, "reported"
        return Composed(worn(ground.image, rng), ground.content), ground, _NO_HAND

    def _ground(self, plan: Plan, kind: str, rng: np.random.Generator, side: int) -> Ground:
        grounds = self._grounds(plan)
        usable = grounds.kinds()
        if not usable[kind]:  # sealed sources hold no photos; some libraries no scenes
            kind = next(
                name for name in ("packshot", "scene", "photo", "cutout", "hard_negative") if usable[name]
            )
        return grounds.draw(kind, rng, side)

    def _grounds(self, plan: Plan) -> Grounds:
        if plan.sealed in ("source", "both"):
            assert self.sealed_grounds is not None
            return self.sealed_grounds
        return self.open_grounds

    def _hand(self, plan: Plan) -> Hand:
        return self._opened(plan.hand, self._grounds(plan))

    def _opened(self, name: str, grounds: Grounds) -> Hand:
        key = (name, grounds is self.sealed_grounds)
        if key not in self._hands:
            self._hands[key] = open_hand(name, grounds.assets)
        return self._hands[key]

    @cached_property
    def _hands(self) -> dict[tuple[str, bool], Hand]:
        return {}

    def _sizes(self, rng: np.random.Generator, longest: int) -> tuple[int, int | None]:
        """Return the longer side of the canvas, and of the finished picture where it is tiny or large."""
        chance = rng.random()
        if chance < self.recipe.tiny_share:
            return round(rng.uniform(SMALLEST_CANVAS_PX, 160)), int(rng.integers(*TINY_PX))
        if chance < self.recipe.tiny_share + self.recipe.large_share:
            side = int(rng.integers(*LARGE_PX))
            return side, side
        canvas = rng.uniform(SMALLEST_CANVAS_PX, longest) * rng.uniform(*_SHARES_OF_CANVAS)
        return round(max(SMALLEST_CANVAS_PX, min(canvas, longest))), None

    def _dealt(self, weights: Mapping[Name, int], pair: int, list_number: int) -> Name:
        deck, place = divmod(pair, CARDS)
        cards = _cards(tuple(weights.values()))
        return list(weights)[cards[int(_shuffled(self.recipe.seed, deck, list_number)[place])]]

    def _generator(self, number: int, stage: int) -> np.random.Generator:
        return np.random.default_rng((self.recipe.seed, number, stage))


def _finish(
    composed: Composed,
    ground: Ground,
    facts: Mapping[str, str],
    rng: np.random.Generator,
    size: int | None,
    *,
    label: bool,
) -> Picture:
    """Return the picture as a marketplace shows it: padded or not, scaled; or at exactly a size."""
    image = worn(composed.image, rng)
    attributes = {"group": ground.group, "source": ground.source, "content": ground.content, **facts}
    if label:
        longer = max(image.shape[:2])
        thinnest = composed.thinnest_px or _NO_BOX_THINNEST_PX
        attributes["thinnest_fraction"] = str(thinnest / longer)
    picture = Picture(image, "framed" if label else "plain", attributes, composed.box)
    if size is None:
        done = marketplace.finish(picture, rng)
    else:
        done = marketplace.apply(_at_size(image, size), picture)
    return replace(done, attributes={**done.attributes, "size": _size_class(done.image)})


def _at_size(image: Image, side: int) -> marketplace.Finishing:
    height, width = image.shape[:2]
    scale = side / max(height, width)
    return marketplace.Finishing(
        0, 0, 0, 0, (255, 255, 255), max(8, round(width * scale)), max(8, round(height * scale))
    )


def _size_class(image: Image) -> str:
    longer = max(image.shape[:2])
    return "tiny" if longer < TINY_PX[1] else "large" if longer >= LARGE_PX[0] else "usual"


@lru_cache(maxsize=64)
def _cards(weights: Sequence[int]) -> tuple[int, ...]:
    """Return for each card of a deck which of the weighted names stands on it."""
    ends = np.cumsum(weights) * (CARDS / sum(weights))
    return tuple(int(np.searchsorted(ends, card + 0.5)) for card in range(CARDS))


@lru_cache(maxsize=64)
def _shuffled(seed: int, deck: int, list_number: int) -> npt.NDArray[np.intp]:
    return np.random.default_rng((seed, deck, 5, list_number)).permutation(CARDS)
