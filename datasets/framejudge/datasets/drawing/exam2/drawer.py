"""Exam 2 as a set to be written: its pictures one by one, and what a set says of how it was drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from framejudge.datasets.drawing import marketplace
from framejudge.datasets.drawing.exam2.drawing import ExamPart
from framejudge.datasets.drawing.hands import missing_hands, tool_versions
from framejudge.datasets.drawing.writing import Drawn


@dataclass(frozen=True, slots=True)
class HandsDrawer:
    """Draws the pictures of a part of the exam, each by its number alone."""

    part: ExamPart

    def __call__(self, index: int) -> Drawn | None:
        """Return picture ``index``; None where its hand's tool is not installed."""
        picture = self.part.picture(index)
        if picture is None:
            return None
        return Drawn(picture, marketplace.encode(picture.image, self.part.encoding_generator(index)))

    def description(self) -> dict[str, object]:
        """Return what the set's dataset.json says: the recipe, the tools and their versions, the material."""
        part = self.part
        grounds = [part.open_grounds, *([part.sealed_grounds] if part.sealed_grounds else [])]
        return {
            "recipe": part.recipe.as_table(),
            "sealed": part.sealed_grounds is not None,
            "tools": tool_versions(self._hands()),
            "photos": sum(len(each.materials.photos) for each in grounds),
            "cutouts": sum(len(each.materials.cutouts) for each in grounds),
            "assets": dict(
                Counter(f"{each.kind} of {each.source}" for ground in grounds for each in ground.assets.files)
            ),
        }

    def left_out(self, count: int) -> list[str]:
        """Return a line for each hand whose tool is missing: how many of ``count`` images are not drawn."""
        missing = missing_hands(self._hands())
        wanted = Counter(self.part.plan(index // 2).hand for index in range(count))
        return [
            f"left out: {wanted[name]} images by the hand {name}, which needs {needs}; none take their place"
            for name, needs in missing.items()
            if wanted[name]
        ]

    def _hands(self) -> Mapping[str, int]:
        recipe = self.part.recipe
        sealed = recipe.sealed if self.part.sealed_grounds else {}
        known = {name: weight for name, weight in recipe.hands.items() if name not in recipe.left_out_hands}
        return {**known, **sealed}
