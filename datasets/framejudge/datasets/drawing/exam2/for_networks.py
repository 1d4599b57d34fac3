"""Exam 2's hands as a network is trained on them: pairs at its size, mixed with the recipe ``training``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from framejudge.datasets.drawing.exam2.drawing import CARDS, ExamPart
from framejudge.datasets.drawing.hands import missing_hands
from framejudge.datasets.drawing.marketplace import decode, encode
from framejudge.datasets.drawing.network_example import NetworkExample, example_of
from framejudge.datasets.drawing.picture import Picture
from framejudge.datasets.drawing.recipe import (
    SMALLEST_CANVAS_PX,
    Recipe,
    draw_for_network,
)
from framejudge.datasets.errors import InputError


@dataclass(frozen=True, slots=True)
class TrainingMixture:
    """Pairs by many hands, and between them pictures of the first training recipe.

    Attributes
    ----------
    part
        What is drawn by many hands.
    first_recipe
        What the rest, ``share_of_training_1`` of all pairs, is drawn by.
    """

    part: ExamPart
    first_recipe: Recipe

    def check(self) -> None:
        """Refuse to train with a tool missing.

        Raises
        ------
        InputError
            When a hand's tool is not installed: its quota would be filled by others in silence.
        """
        recipe = self.part.recipe
        missing = missing_hands(recipe.hands.keys() - recipe.left_out_hands)
        for name, needs in missing.items():
            raise InputError(
                f"hand {name!r} needs {needs}, which is not installed",
                where=recipe.name,
                fix="install it, or name the hand in left_out_hands",
            )

    def examples(self, first: int, count: int, size_px: int) -> Iterator[NetworkExample]:
        """Yield pictures ``first`` to ``first + count - 1``; each number's picture is always the same."""
        longest = max(2 * size_px, SMALLEST_CANVAS_PX)
        for index in range(first, first + count):
            if self._is_of_first_recipe(index // 2):
                materials = self.part.open_grounds.materials
                yield draw_for_network(self.first_recipe, materials, index, size_px)
                continue
            picture = self.part.picture(index, longest=longest)
            assert picture is not None  # no tool is missing: `check`
            yield self._as_seen(picture, index, size_px)

    def _as_seen(self, picture: Picture, index: int, size_px: int) -> NetworkExample:
        degraded = decode(encode(picture.image, self.part.encoding_generator(index)))
        return example_of(picture, degraded, size_px)

    def _is_of_first_recipe(self, pair: int) -> bool:
        deck, place = divmod(pair, CARDS)
        cards = np.random.default_rng((self.part.recipe.seed, deck, 6)).permutation(CARDS)
        return bool(cards[place] < round(CARDS * self.part.recipe.share_of_training_1))
