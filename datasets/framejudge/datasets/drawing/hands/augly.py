"""AugLy's borders: what an augmentation library of a social network does to pictures."""

from __future__ import annotations

import importlib.util
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np
import PIL.Image

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.frames.colours import random_colour
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed, can_be_seen, covering, pick
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

NEEDS = "AugLy (pip install augly)"


def version() -> str:
    """Return AugLy's version, empty where it is not installed."""
    return metadata.version("augly") if importlib.util.find_spec("augly") else ""


@dataclass(frozen=True, slots=True)
class AuglyHand:
    """Frames and plain pictures by AugLy's functions; backgrounds are textures of a library."""

    assets: Assets

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return the picture with a border; None where it does not show."""
        operations = (_pad, _pad_square, _pad_twice, _background)
        with _Seeded(rng):
            composed = operations[int(rng.integers(len(operations)))](ground, rng, self.assets)
        return composed if can_be_seen(composed) else None

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return the picture in another quality, other tones, with an emoji or padded in white."""
        import augly.image as augly

        white = (255, 255, 255)
        operations: tuple[tuple[str, Callable[[PIL.Image.Image], Any]], ...] = (
            ("quality", lambda each: augly.encoding_quality(each, quality=int(rng.integers(25, 90)))),
            ("brightness", lambda each: augly.brightness(each, factor=rng.uniform(0.7, 1.4))),
            ("sharpened", lambda each: augly.sharpen(each, factor=rng.uniform(1.5, 6))),
            ("saturation", lambda each: augly.saturation(each, factor=rng.uniform(0.3, 2.5))),
            ("noise", lambda each: augly.random_noise(each, var=rng.uniform(0.0005, 0.004), seed=7)),
            ("emoji", lambda each: augly.overlay_emoji(each, x_pos=rng.uniform(0, 0.8))),
            ("white padding", lambda each: augly.pad_square(each, color=white)),
            ("white padding", lambda each: augly.pad(each, w_factor=0.06, h_factor=0.06, color=white)),
        )
        kind, operation = operations[int(rng.integers(len(operations)))]
        with _Seeded(rng):
            return Composed(_pixels(operation(PIL.Image.fromarray(ground))), kind)


class _Seeded:
    """AugLy draws from the standard library's and numpy's global generators; its warnings are not ours."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._seed = int(rng.integers(2**31))
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        random.seed(self._seed)
        np.random.seed(self._seed)  # noqa: NPY002  # the generator that AugLy draws from
        self._warnings.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, *problem: object) -> None:
        self._warnings.__exit__(*problem)  # type: ignore[arg-type]


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(each) for each in random_colour(rng))
    return red, green, blue


def _pixels(picture: Any) -> Image:
    return np.array(picture.convert("RGB"))


def _pad(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    import augly.image as augly

    across, down = pick(rng, 0.012, 0.25), pick(rng, 0.012, 0.25)
    if rng.random() < 0.3:
        across, down = (across, 0.0) if rng.random() < 0.5 else (0.0, down)
    made = _pixels(augly.pad(PIL.Image.fromarray(ground), w_factor=across, h_factor=down, color=_colour(rng)))
    return _centred(ground, made, "pad")


def _pad_square(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    import augly.image as augly

    height, width = ground.shape[:2]
    if 0.95 < width / height < 1.05:
        ground = ground[:, : round(width * rng.uniform(0.5, 0.85))]
    made = _pixels(augly.pad_square(PIL.Image.fromarray(ground), color=_colour(rng)))
    return _centred(ground, made, "pad square")


def _pad_twice(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """Two pads of two colours: a mat and a frame."""
    import augly.image as augly

    inner, outer = pick(rng, 0.015, 0.1), pick(rng, 0.015, 0.12)
    first = augly.pad(PIL.Image.fromarray(ground), w_factor=inner, h_factor=inner, color=_colour(rng))
    made = _pixels(augly.pad(first, w_factor=outer, h_factor=outer, color=_colour(rng)))
    return _centred(ground, made, "pad twice")


def _background(ground: Image, rng: np.random.Generator, assets: Assets) -> Composed:
    """``overlay_onto_background_image``: the picture on a texture."""
    import augly.image as augly

    height, width = ground.shape[:2]
    piece = assets.random("textures", rng)
    share = rng.uniform(0.7, 0.94)
    texture = covering(assets.pixels(piece)[..., :3], width, height)
    inner = PIL.Image.fromarray(ground).resize((round(width * share), round(height * share)))
    x, y = (1 - share) / 2, (1 - share) / 2
    made = _pixels(
        augly.overlay_onto_background_image(
            inner, PIL.Image.fromarray(texture), opacity=1.0, overlay_size=share, x_pos=x, y_pos=y
        )
    )
    left, top = int(width * x), int(height * y)
    # How AugLy rounds the overlay's size differs by a pixel between versions: the box is not exact.
    return Composed(made, "background", piece.source, None, max(1, min(left, top)))


def _centred(ground: Image, made: Image, kind: str) -> Composed:
    height, width = ground.shape[:2]
    left, top = (made.shape[1] - width) // 2, (made.shape[0] - height) // 2
    depths = [each for each in (left, top) if each]
    box = Box(left, top, left + width, top + height)
    return Composed(made, kind, DRAWN, box, min(depths, default=0))
