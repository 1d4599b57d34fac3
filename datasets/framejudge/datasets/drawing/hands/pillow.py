"""Borders as scripts with Pillow draw them: ImageOps, ImageDraw, and the fills that Image makes."""

from __future__ import annotations

import numpy as np
import PIL
import PIL.Image
import PIL.ImageDraw
import PIL.ImageEnhance
import PIL.ImageFilter
import PIL.ImageOps

from framejudge.datasets.drawing.frames.colours import Colour, near_colour, random_colour, random_palette
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed, ToolHand, Weighted, depth_px, pick
from framejudge.datasets.drawing.hands.words import any_font, words, write
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

_Ink = tuple[int, int, int]


def version() -> str:
    """Return Pillow's version."""
    return PIL.__version__


def _ink(colour: Colour) -> _Ink:
    return int(colour[0]), int(colour[1]), int(colour[2])


def _any_colour(image: Image, rng: np.random.Generator) -> _Ink:
    return _ink(near_colour(image, rng) if rng.random() < 0.2 else random_colour(rng))


def expanded(image: Image, rng: np.random.Generator) -> Composed:
    """``ImageOps.expand``: the same at every side, or four depths."""
    height, width = image.shape[:2]
    least = min(height, width)
    if rng.random() < 0.5:
        sides = [depth_px(rng, least)] * 4
    else:
        sides = [depth_px(rng, least, 0.015, 0.25) for _ in range(4)]
        for side in rng.permutation(4)[: int(rng.choice((0, 0, 1, 2, 3)))]:
            sides[int(side)] = 0
    left, top, right, bottom = sides
    made = PIL.ImageOps.expand(
        PIL.Image.fromarray(image), (left, top, right, bottom), fill=_any_colour(image, rng)
    )
    box = Box(left, top, left + width, top + height)
    thinnest = min(each for each in sides if each)
    return Composed(np.array(made), "expanded", box=box, thinnest_px=thinnest)


def padded(image: Image, rng: np.random.Generator) -> Composed:
    """``ImageOps.pad``: bars that bring the picture to another shape."""
    height, width = image.shape[:2]
    side = max(height, width)
    if 0.93 < width / height < 1.08:
        wide, tall = (round(side * rng.uniform(1.15, 1.8)), side)
        wide, tall = (wide, tall) if rng.random() < 0.5 else (tall, wide)
    else:
        wide = tall = side
    x, y = (0.5, 0.5) if rng.random() < 0.8 else tuple(rng.random(2))
    made = PIL.ImageOps.pad(
        PIL.Image.fromarray(image), (wide, tall), color=_any_colour(image, rng), centering=(x, y)
    )
    scale = min(wide / width, tall / height)
    columns, rows = round(width * scale), round(height * scale)
    left, top = round((wide - columns) * x), round((tall - rows) * y)
    box = Box(left, top, min(wide, left + columns), min(tall, top + rows))
    depths = [each for each in (box.left, box.top, wide - box.right, tall - box.bottom) if each]
    return Composed(np.array(made), "padded", box=box, thinnest_px=min(depths, default=0))


def outlined(image: Image, rng: np.random.Generator) -> Composed:
    """``ImageDraw.rectangle`` with an outline only, at the edge or inside."""
    height, width = image.shape[:2]
    canvas = PIL.Image.fromarray(image)
    line = max(1, round(min(height, width) * pick(rng, 0.003, 0.05)))
    gap = 0 if rng.random() < 0.55 else depth_px(rng, min(height, width), 0.01, 0.07)
    PIL.ImageDraw.Draw(canvas).rectangle(
        (gap, gap, width - 1 - gap, height - 1 - gap), outline=_any_colour(image, rng), width=line
    )
    inner = gap + line
    box = Box(inner, inner, width - inner, height - inner)
    return Composed(np.array(canvas), "outline", box=box, thinnest_px=line)


def rounded_outline(image: Image, rng: np.random.Generator) -> Composed:
    """A rounded window in a mat, with an outline around it or without, smooth or rough."""
    height, width = image.shape[:2]
    depth, line = depth_px(rng, min(height, width), 0.02, 0.12), int(rng.integers(0, 4))
    radius = round(min(height, width) * rng.uniform(0.03, 0.2))
    scale = int(rng.choice((1, 4)))
    mask = PIL.Image.new("L", (width * scale, height * scale), 0)
    inner = tuple(scale * each for each in (depth, depth, width - depth, height - depth))
    PIL.ImageDraw.Draw(mask).rounded_rectangle(
        (inner[0], inner[1], inner[2] - 1, inner[3] - 1), radius * scale, fill=255
    )
    canvas = PIL.Image.new("RGB", (width, height), _any_colour(image, rng))
    canvas.paste(PIL.Image.fromarray(image), (0, 0), mask.resize((width, height)))
    if line and line < depth:
        PIL.ImageDraw.Draw(canvas).rounded_rectangle(
            (depth - line, depth - line, width - 1 - depth + line, height - 1 - depth + line),
            radius + line, outline=_ink(random_colour(rng)), width=line,
        )  # fmt: skip
    box = Box(depth, depth, width - depth, height - depth)
    return Composed(np.array(canvas), "rounded window", DRAWN, box, depth, square=False)


def _filled(kind: int, size: tuple[int, int], rng: np.random.Generator) -> PIL.Image.Image:
    """Return a grey canvas that Pillow makes: a gradient, a fractal or noise."""
    wide, tall = size
    if kind == 0:
        return PIL.Image.linear_gradient("L").rotate(float(rng.choice((0, 90, 180, 270)))).resize(size)
    if kind == 1:
        return PIL.Image.radial_gradient("L").resize(size)
    if kind == 2:
        x, y, zoom = rng.uniform(-2.2, 0.2), rng.uniform(-1.2, 0.2), rng.uniform(0.2, 1.5)
        return PIL.Image.effect_mandelbrot(size, (x, y, x + zoom, y + zoom), 60)
    grain = PIL.Image.fromarray(
        np.clip(rng.normal(128, 60, (tall // 2 + 1, wide // 2 + 1)), 0, 255).astype(np.uint8)
    )
    return grain.resize(size, PIL.Image.Resampling.BICUBIC)


def on_a_canvas(image: Image, rng: np.random.Generator) -> Composed:
    """``ImageOps.colorize`` over a gradient, a fractal or noise, and the picture pasted into it."""
    height, width = image.shape[:2]
    across, down = max(3, depth_px(rng, width, 0.02, 0.16)), max(3, depth_px(rng, height, 0.02, 0.16))
    kind = int(rng.integers(4))
    dark, light = random_palette(rng, 2)
    grey = PIL.ImageOps.autocontrast(_filled(kind, (width + 2 * across, height + 2 * down), rng))
    canvas = PIL.ImageOps.colorize(grey, _ink(dark), _ink(light))
    canvas.paste(PIL.Image.fromarray(image), (across, down))
    name = ("linear gradient", "radial gradient", "fractal", "grain")[kind]
    box = Box(across, down, across + width, down + height)
    return Composed(np.array(canvas), name, box=box, thinnest_px=min(across, down))


def blurred_copy(image: Image, rng: np.random.Generator) -> Composed:
    """The picture in the middle of a larger, blurred copy of itself."""
    height, width = image.shape[:2]
    share = rng.uniform(0.15, 0.6)
    wide, tall = (
        (round(width * (1 + share)), height) if rng.random() < 0.6 else (width, round(height * (1 + share)))
    )
    if rng.random() < 0.3:
        wide, tall = round(width * (1 + share / 2)), round(height * (1 + share / 2))
    source = PIL.Image.fromarray(image)
    canvas = PIL.ImageOps.fit(source, (wide, tall)).filter(PIL.ImageFilter.GaussianBlur(rng.uniform(6, 20)))
    canvas = PIL.ImageEnhance.Brightness(canvas).enhance(rng.uniform(0.4, 1.0))
    left, top = (wide - width) // 2, (tall - height) // 2
    canvas.paste(source, (left, top))
    depths = [each for each in (left, top) if each]
    return Composed(
        np.array(canvas),
        "blurred copy",
        box=Box(left, top, left + width, top + height),
        thinnest_px=min(depths),
    )


def white_padding(image: Image, rng: np.random.Generator) -> Composed:
    """``ImageOps.pad`` and ``expand`` in the page's white: plain."""
    source = PIL.Image.fromarray(image)
    side = round(max(image.shape[:2]) * rng.uniform(1, 1.2))
    if rng.random() < 0.5:
        return Composed(np.array(PIL.ImageOps.pad(source, (side, side), color="white")), "white padding")
    return Composed(np.array(PIL.ImageOps.expand(source, int(rng.integers(1, 40)), "white")), "white padding")


def adjusted(image: Image, rng: np.random.Generator) -> Composed:
    """Other tones: plain."""
    source = PIL.Image.fromarray(image)
    choices = (
        PIL.ImageOps.autocontrast,
        lambda each: PIL.ImageOps.posterize(each, int(rng.integers(3, 7))),
        lambda each: PIL.ImageOps.grayscale(each).convert("RGB"),
        lambda each: PIL.ImageEnhance.Color(each).enhance(rng.uniform(0.3, 1.8)),
        lambda each: PIL.ImageEnhance.Brightness(each).enhance(rng.uniform(0.7, 1.3)),
        lambda each: each.filter(PIL.ImageFilter.SHARPEN),
        PIL.ImageOps.mirror,
    )
    return Composed(np.array(choices[int(rng.integers(len(choices)))](source)), "adjusted")


def written_on(image: Image, rng: np.random.Generator) -> Composed:
    """Words on the picture, without a band: plain."""
    height, width = image.shape[:2]
    size = round(height * pick(rng, 0.04, 0.12))
    place = (round(width * rng.uniform(0.3, 0.7)), round(height * rng.choice((0.06, 0.5, 0.94))))
    return Composed(write(image, words(rng), place, size, random_colour(rng), font=any_font(rng)), "words")


HAND = ToolHand(
    Weighted((
        (expanded, 4), (padded, 3), (outlined, 3), (rounded_outline, 2), (on_a_canvas, 3),
        (blurred_copy, 1.5),
    )),
    Weighted(((white_padding, 3), (adjusted, 3), (written_on, 1.5))),
)  # fmt: skip
