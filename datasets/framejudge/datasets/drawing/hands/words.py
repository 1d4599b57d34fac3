"""What sellers write on strips and pictures; a page's number."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from framejudge.datasets.drawing.frames.colours import Colour
from framejudge.datasets.drawing.picture import Image

_STARTS = (
    "Autumn", "Brand new", "Classic", "Cotton", "Easy", "Eco", "Extra", "Family pack", "Fast", "Fresh",
    "Genuine", "Hand made", "Kitchen", "Men's", "Model 2024", "Natural", "Original", "Premium", "Pro",
    "Set of 3", "Small", "Soft", "Summer", "Super", "Travel", "Vintage", "Winter", "Women's",
)  # fmt: skip
_ENDS = (
    "adapter", "bag", "battery", "blanket", "bottle", "cable", "camera", "chair", "collection", "cover",
    "deal", "edition", "guide", "kit", "lamp", "mug", "offer", "price", "quality", "shoes", "shop", "size L",
    "style", "toys", "warranty", "watch",
)  # fmt: skip


_FACES = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSerif-Bold",
    "DejaVuSerif-Italic", "DejaVuSansMono", "DejaVuSansMono-Bold", "STIXGeneral", "STIXGeneralBol", "cmss10",
)  # fmt: skip


@cache
def fonts() -> tuple[str, ...]:
    """Return the paths of the fonts that come with matplotlib: the same letters on every machine."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None and found.origin is not None  # a dependency of this project
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    return tuple(str(path) for face in _FACES if (path := folder / f"{face}.ttf").is_file())


def any_font(rng: np.random.Generator) -> str:
    """Return the path of a font by chance."""
    return fonts()[int(rng.integers(len(fonts())))]


def words(rng: np.random.Generator) -> str:
    """Return a few words as a caption has them."""
    kind = rng.random()
    text = f"{_STARTS[int(rng.integers(len(_STARTS)))]} {_ENDS[int(rng.integers(len(_ENDS)))]}"
    if kind < 0.2:
        return f"{int(rng.integers(1, 999))}.{int(rng.integers(0, 100)):02d} EUR"
    if kind < 0.35:
        return f"{text} {int(rng.integers(2, 60))} cm"
    return text.upper() if kind < 0.6 else text


def number(rng: np.random.Generator) -> str:
    """Return what stands at the foot of a page or a slide."""
    count = int(rng.integers(1, 400))
    forms = (
        f"- {count} -",
        f"{count}",
        f"No. {count}",
        f"{count} / {count + 7}",
        f"Fig. {count % 20}",
        f"p. {count}",
    )
    return forms[int(rng.integers(len(forms)))]


def write(
    image: Image,
    text: str,
    place: tuple[int, int],
    size_px: int,
    colour: Colour,
    *,
    font: str,
) -> Image:
    """Return the picture with a text around a place (x, y), its letters about ``size_px`` high."""
    canvas = PIL.Image.fromarray(image)
    face = PIL.ImageFont.truetype(font, max(6, size_px))
    PIL.ImageDraw.Draw(canvas).text(place, text, fill=tuple(int(c) for c in colour), font=face, anchor="mm")
    return np.array(canvas)


def strip_of_words(
    rng: np.random.Generator, width: int, height: int, paper: Colour, ink: Colour, text: str
) -> Image:
    """Return a strip, (height, width, 3), with a text along it."""
    canvas = PIL.Image.new("RGB", (width, height), tuple(int(c) for c in paper))
    drawing = PIL.ImageDraw.Draw(canvas)
    size = max(6, round(height * rng.uniform(0.35, 0.65)))
    path = any_font(rng)
    while size > 6 and drawing.textlength(text, font=PIL.ImageFont.truetype(path, size)) > width * 0.94:
        size = max(6, round(size * 0.9))
    font = PIL.ImageFont.truetype(path, size)
    centred = rng.random() < 0.6
    place = (width // 2, height // 2) if centred else (max(2, height // 4), height // 2)
    drawing.text(place, text, fill=tuple(int(c) for c in ink), font=font, anchor="mm" if centred else "lm")
    return np.array(canvas)
