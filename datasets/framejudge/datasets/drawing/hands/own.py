"""The project's own frame styles, as one hand among many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.frames import SMALLEST_SIDE, STYLES, draw_frame
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed
from framejudge.datasets.drawing.hands.layering import worn
from framejudge.datasets.drawing.picture import Image


@dataclass(frozen=True, slots=True)
class OwnHand:
    """Every style of `STYLES`, photographic ones cut from the library's textures."""

    assets: Assets

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return the picture with a frame of a style; None where none shows."""
        if min(ground.shape[:2]) < SMALLEST_SIDE:
            return None
        name = list(STYLES)[int(rng.integers(len(STYLES)))]
        drawn = draw_frame(ground, rng, style=name, texture=lambda: self._texture(rng))
        if drawn is None:
            return None
        thinnest = float(drawn.attributes["thinnest_fraction"]) * max(ground.shape[:2])
        square = drawn.attributes["inner"] == "square" and STYLES[name].continuous
        return Composed(drawn.image, name, DRAWN, drawn.content_box, round(thinnest), square=square)

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return the picture as uploads have gone through other programs."""
        return Composed(worn(ground, rng), "as it is")

    def _texture(self, rng: np.random.Generator) -> Image:
        return self.assets.pixels(self.assets.random("textures", rng))[..., :3]
