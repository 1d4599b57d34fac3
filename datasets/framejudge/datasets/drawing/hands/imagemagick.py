"""ImageMagick's borders, as its own program draws them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from framejudge.datasets.drawing.frames.colours import Colour, near_colour, random_colour, random_palette
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed, ToolHand, Weighted, depth_px, pick
from framejudge.datasets.drawing.hands.words import any_font, words
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

NEEDS = "ImageMagick (apt-get install imagemagick)"
ANSWERS_WITHIN_S = 60.0
_PROGRAMS = ("magick", "/usr/bin/convert", "convert")
"""Version 7 is called magick. Other packages ship a convert too: the system's own comes first."""

_PATTERNS = (
    "BRICKS", "CHECKERBOARD", "CIRCLES", "CROSSHATCH", "CROSSHATCH45", "FISHSCALES", "GRAY25", "GRAY50",
    "HEXAGONS", "HORIZONTAL2", "HORIZONTALSAW", "HS_BDIAGONAL", "HS_CROSS", "HS_DIAGCROSS", "HS_FDIAGONAL",
    "LEFT30", "LEFT45", "LEFTSHINGLE", "OCTAGONS", "RIGHT30", "RIGHT45", "SMALLFISHSCALES", "VERTICAL2",
    "VERTICALBRICKS", "VERTICALSAW",
)  # fmt: skip


@cache
def program() -> str | None:
    """Return the path of ImageMagick's program, asked what it is; None where it is not installed."""
    for name in _PROGRAMS:
        path = shutil.which(name)
        if path and _answer(path):
            return path
    return None


@cache
def version() -> str:
    """Return ImageMagick's version, empty where it is not installed."""
    path = program()
    return _answer(path) if path else ""


def _answer(path: str) -> str:
    try:
        done = subprocess.run(
            [path, "-version"], capture_output=True, text=True, timeout=ANSWERS_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"Version: ImageMagick (\S+)", done.stdout)
    return found[1] if found else ""


def convert(image: Image, arguments: Sequence[str]) -> Image:
    """Return what ``convert IMAGE ARGUMENTS...`` makes of a picture."""
    path = program()
    assert path is not None, NEEDS
    height, width = image.shape[:2]
    done = subprocess.run(
        [path, "-size", f"{width}x{height}", "-depth", "8", "rgb:-", "+size", *arguments,
         "+repage", "-flatten", "-depth", "8", "ppm:-"],
        input=image.tobytes(), capture_output=True, check=True, timeout=ANSWERS_WITHIN_S,
        env=os.environ | {"MAGICK_THREAD_LIMIT": "1"},
    )  # fmt: skip
    pixels = cv2.imdecode(np.frombuffer(done.stdout, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.asarray(pixels, dtype=np.uint8)


def _colour(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*(int(level) for level in colour))


def _any_colour(image: Image, rng: np.random.Generator) -> str:
    return _colour(near_colour(image, rng) if rng.random() < 0.2 else random_colour(rng))


def _depths(image: Image, rng: np.random.Generator) -> tuple[int, int]:
    """Return how deep a border is at the left and right, and at the top and bottom."""
    height, width = image.shape[:2]
    depth = depth_px(rng, min(height, width))
    if rng.random() < 0.7:
        return depth, depth
    return depth, depth_px(rng, min(height, width))


def border(image: Image, rng: np.random.Generator) -> Composed:
    """``-border``: one colour all around, or at two sides."""
    across, down = _depths(image, rng)
    if rng.random() < 0.25:
        across, down = (across, 0) if rng.random() < 0.5 else (0, down)
    made = convert(image, ["-bordercolor", _any_colour(image, rng), "-border", f"{across}x{down}"])
    return _around(image, made, "border", across, down)


def two_borders(image: Image, rng: np.random.Generator) -> Composed:
    """``-border`` twice: a mat and a frame, or a frame and a line."""
    inner, outer = depth_px(rng, min(image.shape[:2]), 0.006, 0.1), depth_px(rng, min(image.shape[:2]))
    first, second = (_colour(each) for each in random_palette(rng, 2))
    arguments = ["-bordercolor", first, "-border", str(inner), "-bordercolor", second, "-border", str(outer)]
    return _around(image, convert(image, arguments), "two borders", inner + outer, inner + outer)


def bevelled_frame(image: Image, rng: np.random.Generator) -> Composed:
    """``-frame``: a frame with bevelled edges."""
    across, down = _depths(image, rng)
    across, down = max(3, across), max(3, down)
    most = max(1, min(across, down) // 3)
    outer, inner = int(rng.integers(0, most + 1)), int(rng.integers(0, most + 1))
    arguments = ["-mattecolor", _any_colour(image, rng), "-frame", f"{across}x{down}+{outer}+{inner}"]
    return _around(image, convert(image, arguments), "bevelled frame", across, down)


def raised(image: Image, rng: np.random.Generator) -> Composed:
    """``-raise``: the picture's own margin lightened and darkened like a button's edge."""
    depth = max(2, depth_px(rng, min(image.shape[:2]), 0.02, 0.12))
    made = convert(image, ["-raise" if rng.random() < 0.7 else "+raise", f"{depth}x{depth}"])
    height, width = image.shape[:2]
    return Composed(made, "raised", box=Box(depth, depth, width - depth, height - depth), thinnest_px=depth)


def spliced(image: Image, rng: np.random.Generator) -> Composed:
    """``-splice``: a strip along one side, or an L along two."""
    height, width = image.shape[:2]
    across, down = depth_px(rng, width, 0.03, 0.25), depth_px(rng, height, 0.03, 0.25)
    gravity, left, top = (
        ("West", 1, 0), ("East", 0, 0), ("North", 0, 1), ("South", 0, 0),
        ("NorthWest", 1, 1), ("NorthEast", 0, 1), ("SouthWest", 1, 0), ("SouthEast", 0, 0),
    )[int(rng.integers(8))]  # fmt: skip
    across = across if "West" in gravity or "East" in gravity else 0
    down = down if "North" in gravity or "South" in gravity else 0
    arguments = ["-background", _any_colour(image, rng), "-gravity", gravity, "-splice", f"{across}x{down}"]
    box = Box(across * left, down * top, across * left + width, down * top + height)
    thinnest = min(each for each in (across, down) if each)
    return Composed(convert(image, arguments), "spliced strip", box=box, thinnest_px=thinnest)


def extended(image: Image, rng: np.random.Generator) -> Composed:
    """``-extent``: bars beside a picture, or above and below it."""
    height, width = image.shape[:2]
    share = pick(rng, 0.08, 0.7)
    across, down = (round(width * share), 0) if rng.random() < 0.6 else (0, round(height * share))
    arguments = ["-background", _any_colour(image, rng), "-gravity", "center",
                 "-extent", f"{width + across}x{height + down}"]  # fmt: skip
    left, top = across // 2, down // 2
    box = Box(left, top, left + width, top + height)
    thinnest = min(each for each in (left, top, across - left, down - top) if each) if across + down else 0
    return Composed(convert(image, arguments), "extended", box=box, thinnest_px=thinnest)


def _on_canvas(image: Image, rng: np.random.Generator, canvas: Sequence[str], kind: str) -> Composed:
    """Return the picture in the middle of a canvas that ImageMagick fills."""
    height, width = image.shape[:2]
    across, down = max(3, depth_px(rng, width, 0.02, 0.15)), max(3, depth_px(rng, height, 0.02, 0.15))
    wide, tall = width + 2 * across, height + 2 * down
    filled = [each.format(size=f"{wide}x{tall}") for each in canvas]
    arguments = ["(", *filled, ")", "+swap", "-gravity", "center", "-composite"]
    return _around(image, convert(image, arguments), kind, across, down)


def patterned(image: Image, rng: np.random.Generator) -> Composed:
    """A canvas of one of the built-in patterns, in two colours."""
    dark, light = (_colour(each) for each in random_palette(rng, 2))
    scale = int(rng.choice((100, 100, 200, 300)))
    canvas = ["-size", "{size}", f"tile:pattern:{_PATTERNS[int(rng.integers(len(_PATTERNS)))]}",
              "-filter", "point", "-resize", f"{scale}%", "-gravity", "northwest", "-crop", "{size}+0+0",
              "+repage", "+level-colors", f"{dark},{light}"]  # fmt: skip
    return _on_canvas(image, rng, canvas, "pattern")


def graded(image: Image, rng: np.random.Generator) -> Composed:
    """A canvas of a linear, a radial or a fractal gradient."""
    first, second = (_colour(each) for each in random_palette(rng, 2))
    kind = ("gradient", "radial-gradient", "plasma")[int(rng.integers(3))]
    canvas = ["-size", "{size}", "-seed", str(int(rng.integers(2**31))), f"{kind}:{first}-{second}"]
    return _on_canvas(image, rng, canvas, kind)


def lettered_strip(image: Image, rng: np.random.Generator) -> Composed:
    """``label:`` in a strip that is appended at one side."""
    height, width = image.shape[:2]
    paper, ink = (_colour(each) for each in random_palette(rng, 2))
    side = int(rng.integers(4))
    upright = side % 2 == 0
    length, depth = (height if upright else width), depth_px(rng, height, 0.07, 0.24)
    gravity = ("west", "center", "east")[int(rng.integers(3))]
    turn = ["-rotate", "90" if rng.random() < 0.5 else "270"] if upright else []
    label = ["(", "-size", f"{length}x{depth}", "-background", paper, "-fill", ink, "-font", any_font(rng),
             "-gravity", gravity, f"label:{words(rng)}", *turn, ")"]  # fmt: skip
    first = ["+swap"] if side < 2 else []
    made = convert(image, [*label, *first, "+append" if upright else "-append"])
    rows, columns = made.shape[:2]
    left, top = (columns - width if side == 0 else 0), (rows - height if side == 1 else 0)
    box = Box(left, top, left + width, top + height)
    return Composed(made, "lettered strip", box=box, thinnest_px=max(columns - width, rows - height))


def _cut_out(image: Image, shape: str, ground: str, effects: Sequence[str] = ()) -> Image:
    """Return the picture where a white shape is drawn, and one colour elsewhere."""
    height, width = image.shape[:2]
    size = f"{width}x{height}"
    mask = ["(", "-size", size, "xc:black", "-fill", "white", "-draw", shape, *effects, ")"]
    return convert(image, ["(", "-size", size, f"xc:{ground}", ")", "+swap", *mask, "-composite"])


def oval(image: Image, rng: np.random.Generator) -> Composed:
    """An oval opening in a mat, hard or soft."""
    height, width = image.shape[:2]
    x, y = width / 2 * rng.uniform(0.86, 1.0), height / 2 * rng.uniform(0.86, 1.0)
    soft = ["-blur", f"0x{rng.uniform(0.5, 6):.1f}"] if rng.random() < 0.4 else []
    shape = f"ellipse {width / 2:.1f},{height / 2:.1f} {x:.1f},{y:.1f} 0,360"
    return Composed(_cut_out(image, shape, _strong_colour(image, rng), soft), "oval")


def rounded(image: Image, rng: np.random.Generator) -> Composed:
    """A rounded opening in a mat, hard or soft."""
    height, width = image.shape[:2]
    depth = depth_px(rng, min(height, width), 0.015, 0.12)
    radius = rng.uniform(0.03, 0.2) * min(height, width)
    soft = ["-blur", f"0x{rng.uniform(0.5, 4):.1f}"] if rng.random() < 0.4 else []
    shape = (
        f"roundrectangle {depth},{depth} {width - 1 - depth},{height - 1 - depth} {radius:.1f},{radius:.1f}"
    )
    made = _cut_out(image, shape, _any_colour(image, rng), soft)
    box = Box(depth, depth, width - depth, height - depth)
    return Composed(made, "soft and rounded" if soft else "rounded", DRAWN, box, depth, square=False)


def torn(image: Image, rng: np.random.Generator) -> Composed:
    """A torn edge: ``-spread`` on the mask, twice."""
    height, width = image.shape[:2]
    depth = max(4, depth_px(rng, min(height, width), 0.03, 0.12))
    rough = max(2, round(depth * rng.uniform(0.3, 0.8)))
    shape = f"rectangle {depth},{depth} {width - 1 - depth},{height - 1 - depth}"
    effects = ["-seed", str(int(rng.integers(2**31))), "-spread", str(rough), "-blur",
               f"0x{rng.uniform(0.8, 2.5):.1f}", "-threshold", "50%"]  # fmt: skip
    if rng.random() < 0.5:
        effects += ["-spread", "1", "-blur", "0x0.7"]
    return Composed(_cut_out(image, shape, _strong_colour(image, rng), effects), "torn edge")


def _strong_colour(image: Image, rng: np.random.Generator) -> str:
    """Return a colour that shows on the picture's margin and on a page."""
    rows, columns = image.shape[:2]
    reach = max(2, min(rows, columns) // 12)
    margin = np.concatenate(
        [image[:reach].reshape(-1, 3), image[-reach:].reshape(-1, 3), image[:, :reach].reshape(-1, 3)]
    ).astype(int)
    colour = random_colour(rng)
    for _ in range(20):
        if np.abs(margin - colour).max(axis=1).mean() > 55 and colour.min() < 205:
            break
        colour = random_colour(rng)
    return _colour(colour)


def inset_line(image: Image, rng: np.random.Generator) -> Composed:
    """``-draw rectangle`` without a fill: a line on the picture, at its edge or inside it."""
    height, width = image.shape[:2]
    line = max(1, round(min(height, width) * pick(rng, 0.004, 0.02)))
    gap = 0 if rng.random() < 0.5 else depth_px(rng, min(height, width), 0.01, 0.06)
    half = line / 2 - 0.5
    corners = f"{gap + half:.1f},{gap + half:.1f} {width - 1 - gap - half:.1f},{height - 1 - gap - half:.1f}"
    arguments = ["-fill", "none", "-stroke", _any_colour(image, rng), "-strokewidth", str(line),
                 "-draw", f"rectangle {corners}"]  # fmt: skip
    inner = gap + line
    box = Box(inner, inner, width - inner, height - inner)
    return Composed(convert(image, arguments), "line", box=box, thinnest_px=line)


def polaroid(image: Image, rng: np.random.Generator) -> Composed:
    """``-polaroid``: a paper border, a shadow, on a coloured ground."""
    paper = _colour(random_palette(rng, 1)[0]) if rng.random() < 0.5 else "snow"
    angle = 0.0 if rng.random() < 0.7 else rng.uniform(-4, 4)
    arguments = ["-bordercolor", paper, "-background", _strong_colour(image, rng), "-polaroid",
                 f"{angle:.1f}"]  # fmt: skip
    return Composed(convert(image, arguments), "polaroid")


def white_border(image: Image, rng: np.random.Generator) -> Composed:
    """The page's white around a picture: plain."""
    across, down = _depths(image, rng)
    level = 255 if rng.random() < 0.8 else int(rng.integers(248, 256))
    colour = _colour(np.full(3, level, np.uint8))
    made = convert(image, ["-bordercolor", colour, "-border", f"{across}x{down}"])
    return Composed(made, "white border")


def white_canvas(image: Image, rng: np.random.Generator) -> Composed:
    """A square of the page's white: plain."""
    side = round(max(image.shape[:2]) * rng.uniform(1, 1.3))
    made = convert(image, ["-background", "white", "-gravity", "center", "-extent", f"{side}x{side}"])
    return Composed(made, "white canvas")


def shadowed(image: Image, rng: np.random.Generator) -> Composed:
    """A drop shadow on the page's white: plain."""
    opacity, blur, right, down = (int(rng.integers(*each)) for each in ((25, 80), (1, 6), (0, 6), (0, 6)))
    shadow = f"{opacity}x{blur}+{right}+{down}"
    made = convert(
        image,
        ["(", "+clone", "-background", "black", "-shadow", shadow, ")", "+swap", "-background", "white",
         "-layers", "merge", "+repage", "-bordercolor", "white", "-border", str(int(rng.integers(0, 20)))],
    )  # fmt: skip
    return Composed(made, "drop shadow")


def rounded_on_white(image: Image, rng: np.random.Generator) -> Composed:
    """A picture with round corners on the page's white: plain."""
    height, width = image.shape[:2]
    margin = int(rng.integers(0, max(2, min(height, width) // 14)))
    radius = rng.uniform(0.02, 0.25) * min(height, width)
    shape = f"roundrectangle {margin},{margin} {width - 1 - margin},{height - 1 - margin} {radius:.1f},{radius:.1f}"  # noqa: E501
    return Composed(_cut_out(image, shape, "white"), "round corners on white")


def annotated(image: Image, rng: np.random.Generator) -> Composed:
    """Words on the picture, without a band: plain."""
    size = max(7, round(image.shape[0] * pick(rng, 0.04, 0.12)))
    gravity = ("south", "north", "southeast", "northwest", "center")[int(rng.integers(5))]
    shift = f"+{int(rng.integers(0, 12))}+{int(rng.integers(0, 12))}"
    arguments = ["-gravity", gravity, "-fill", _colour(random_colour(rng)), "-font", any_font(rng),
                 "-pointsize", str(size), "-annotate", shift, words(rng)]  # fmt: skip
    return Composed(convert(image, arguments), "words")


def adjusted(image: Image, rng: np.random.Generator) -> Composed:
    """Sharpened, or in other tones: plain."""
    choices = (
        ["-unsharp", f"0x{rng.uniform(0.5, 2):.1f}"],
        ["-modulate", f"{rng.uniform(80, 120):.0f},{rng.uniform(60, 150):.0f},{rng.uniform(90, 110):.0f}"],
        ["-sigmoidal-contrast", f"{rng.uniform(1, 5):.1f}x50%"],
        ["-resize", f"{rng.uniform(40, 90):.0f}%"],
        ["-blur", f"0x{rng.uniform(0.3, 1.2):.1f}"],
        ["-colorspace", "gray"],
    )
    return Composed(convert(image, choices[int(rng.integers(len(choices)))]), "adjusted")


def _around(image: Image, made: Image, kind: str, across: int, down: int) -> Composed:
    height, width = image.shape[:2]
    thinnest = min(each for each in (across, down) if each)
    box = Box(across, down, across + width, down + height)
    return Composed(made, kind, box=box, thinnest_px=thinnest)


HAND = ToolHand(
    Weighted((
        (border, 3), (two_borders, 2), (bevelled_frame, 2), (raised, 1), (spliced, 3), (extended, 2),
        (patterned, 2), (graded, 2), (lettered_strip, 3), (oval, 1.5), (rounded, 1.5), (torn, 2),
        (inset_line, 2), (polaroid, 0.7),
    )),
    Weighted((
        (white_border, 2), (white_canvas, 2), (shadowed, 1.5), (rounded_on_white, 2), (annotated, 1.5),
        (adjusted, 3),
    )),
)  # fmt: skip
