"""What is shown on screens, posters and covers, and which photo it came from."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from framejudge.datasets.drawing.materials import Materials, Photo
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.drawing.products.backgrounds import background, room, studio, uniform_background
from framejudge.datasets.drawing.products.canvas import Sprite, fill_rounded, lit, solid
from framejudge.datasets.drawing.products.colours import (
    WHITE,
    any_colour,
    chance,
    contrasting,
    dark_colour,
    light_colour,
)
from framejudge.datasets.drawing.products.lettering import any_font, logo, phrase, word, write, write_lines
from framejudge.datasets.drawing.products.scenes import placed
from framejudge.datasets.drawing.products.silhouettes import draw_sprite
from framejudge.datasets.drawing.products.surfaces import (
    BUNDLED,
    bundled_picture,
    clouds,
    cropped,
    dead_leaves,
    gradient,
    textured,
)

PHOTO_SHARE = 0.5
"""Of the shown pictures that are photos, where there are any."""

SMALLEST_PICTURE_PX = 4
"""Below, one colour stands for a picture; OpenCV stops the whole process on some empty arrays."""

UNIFORM_SPREAD = 14
"""A photo's background counts as uniform when the grey levels at its border spread no more than this."""

_PACKSHOT_TRIES = 10


class Props:
    """Gives pictures to fill things with, all from one photo, which it remembers.

    Attributes
    ----------
    source
        The photo whose group the finished picture belongs to; None while no photo is in it.
    """

    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        self.source: Photo | None = None

    @property
    def has_photos(self) -> bool:
        """Whether there are photos."""
        return bool(self._materials.photos)

    def photo(self, rng: np.random.Generator) -> Image:
        """Return a photo, whole; always the same one, so that a picture belongs to one group."""
        if self.source is None:
            self.source = self._materials.random_photo(rng)
        return self._materials.photo(self.source)

    def packshot(self, rng: np.random.Generator) -> Image:
        """Return a photo, one on a uniform background where a few tries find it."""
        for _ in range(_PACKSHOT_TRIES):
            self.source = self._materials.random_photo(rng)
            photo = self._materials.photo(self.source)
            if has_uniform_background(photo):
                return photo
        return self.photo(rng)

    def cutout(self, rng: np.random.Generator, folder: str) -> Sprite:
        """Return a cut-out of a folder, or any where it has none in these buckets."""
        present = any(cutout.pool == folder for cutout in self._materials.cutouts)
        return self._materials.cutout(self._materials.random_cutout(rng, folder if present else ""))

    def picture(self, rng: np.random.Generator, height: int, width: int) -> Image:
        """Return a picture of this size: a photo or a drawn one."""
        if min(height, width) < SMALLEST_PICTURE_PX:
            return np.full((height, width, 3), any_colour(rng), np.uint8)
        if self.has_photos and chance(rng, PHOTO_SHARE):
            return cropped(rng, self.photo(rng), height, width, least=0.5)
        pick = rng.random()
        if pick < 0.25:
            return landscape(rng, height, width)
        if pick < 0.45:
            return cropped(rng, bundled_picture(str(rng.choice(BUNDLED))), height, width)
        if pick < 0.65:
            colours = any_colour(rng), any_colour(rng)
            swirl = gradient(rng, height, width, *colours)
            return lit(swirl, 1 + clouds(rng, height, width, 3, 2) * np.float32(rng.uniform(0, 0.3)))
        if pick < 0.8:
            return dead_leaves(rng, height, width)
        return _still(rng, height, width)

    def screen(self, rng: np.random.Generator, height: int, width: int) -> Image:
        """Return what a screen shows: a picture, an interface, text, or nothing."""
        pick = rng.random()
        if pick < 0.5:
            return self.picture(rng, height, width)
        if pick < 0.62:
            return icons(rng, self.picture(rng, height, width))
        if pick < 0.76:
            return page(rng, height, width)
        if pick < 0.88:
            return dark_screen(rng, height, width)
        image = self.picture(rng, height, width)
        ink = WHITE if image.mean() < 140 else (20, 20, 20)
        at = rng.uniform(0.1, 0.7) * height
        write(
            image,
            phrase(rng, 2),
            (width * 0.1, at, width * 0.9, at + height * 0.2),
            ink,
            any_font(rng),
        )
        return image


def has_uniform_background(photo: Image) -> bool:
    """Tell whether the photo's border is all of about one colour."""
    border = np.concatenate((photo[0], photo[-1], photo[:, 0], photo[:, -1])).astype(np.int16)
    spread = np.abs(border - np.median(border, axis=0)).max(axis=1)
    return bool(np.quantile(spread, 0.9) <= UNIFORM_SPREAD)


def _still(rng: np.random.Generator, height: int, width: int) -> Image:
    scene = background(rng, height, width)
    sprite = draw_sprite(rng, max(24, max(height, width) * 3 // 4))
    return placed(rng, scene, sprite, (width / 2, height / 2), rng.uniform(0.5, 1.0))


def landscape(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return hills or sea under a sky: what wallpapers and posters show."""
    image = gradient(rng, height, width, any_colour(rng), light_colour(rng))
    if chance(rng, 0.5):
        sun = (int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.1, 0.6) * height))
        cv2.circle(
            image,
            sun,
            max(1, int(min(height, width) * rng.uniform(0.04, 0.15))),
            light_colour(rng),
            -1,
            cv2.LINE_AA,
        )
    x = np.linspace(0, 1, 24)
    for layer in range(int(rng.integers(1, 6))):
        base = rng.uniform(0.35, 0.6) + 0.1 * layer
        ridge = (
            base
            + np.cumsum(rng.normal(0, 0.03, len(x)))
            + 0.05 * np.sin(x * rng.uniform(3, 20) + rng.uniform(0, 6))
        )
        outline = np.column_stack((x * width, ridge * height))
        outline = np.concatenate((outline, [(width, height), (0, height)]))
        cv2.fillPoly(image, [outline.round().astype(np.int32)], any_colour(rng), cv2.LINE_AA)
    return image


def icons(rng: np.random.Generator, image: Image) -> Image:
    """Return the picture with rows of application icons over it."""
    image = image.copy()
    height, width = image.shape[:2]
    columns = int(rng.integers(3, 6)) if height > width else int(rng.integers(5, 9))
    step = width / columns
    icon = step * rng.uniform(0.5, 0.7)
    rows = int(height / step * rng.uniform(0.4, 1.0))
    for row in range(rows):
        for column in range(columns):
            left, top = step * column + (step - icon) / 2, step * (row + 0.35)
            fill_rounded(image, (left, top, left + icon, top + icon), icon * 0.24, any_colour(rng))
            if icon > 14:
                logo(rng, image, left + icon / 2, top + icon / 2, icon * 0.28, WHITE)
    return image


def page(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a page of an application or of text: a head, paragraphs, boxes."""
    paper = light_colour(rng) if chance(rng, 0.7) else dark_colour(rng)
    image = solid(height, width, paper)
    ink = contrasting(rng, paper)
    head = height * rng.uniform(0.05, 0.16)
    if chance(rng, 0.6):
        bar = any_colour(rng)
        cv2.rectangle(image, (0, 0), (width, int(head)), bar, -1)
        write(
            image,
            word(rng),
            (width * 0.05, head * 0.2, width * 0.5, head * 0.8),
            contrasting(rng, bar),
            any_font(rng),
        )
    y = head * 1.3
    while y < height * 0.95:
        tall = height * rng.uniform(0.08, 0.3)
        split = width * rng.choice((0.05, 0.05, 0.4, 0.6))
        if chance(rng, 0.5):
            box = (width * 0.05, y, max(split, width * 0.3), min(y + tall, height * 0.97))
            fill_rounded(image, box, width * 0.02, any_colour(rng))
            split = max(split, width * 0.33)
        write_lines(
            rng, image, (split, y, width * 0.95, min(y + tall, height * 0.97)), ink, int(rng.integers(2, 6))
        )
        y += tall * 1.15
    return image


def dark_screen(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a screen that is off, with the room's reflection on it."""
    colour = dark_colour(rng)
    image = (
        gradient(rng, height, width, colour, any_colour(rng))
        if chance(rng, 0.2)
        else solid(height, width, colour)
    )
    return reflected(rng, image) if chance(rng, 0.6) else image


def reflected(rng: np.random.Generator, image: Image) -> Image:
    """Return the image behind glass that reflects a window: a pale slanting patch."""
    height, width = image.shape[:2]
    start, wide, lean = rng.uniform(-0.2, 0.9), rng.uniform(0.1, 0.6), rng.uniform(-0.5, 0.5)
    patch = np.zeros((height, width), np.uint8)
    points = np.array([(start, 0), (start + wide, 0), (start + wide + lean, 1), (start + lean, 1)]) * (
        width,
        height,
    )
    cv2.fillPoly(patch, [points.round().astype(np.int32)], int(rng.integers(10, 60)), cv2.LINE_AA)
    return cast("Image", cv2.add(image, cv2.merge((patch, patch, patch))))


def wall(rng: np.random.Generator, height: int, width: int) -> Image:
    """Return a wall for things that hang: plain, papered, of brick, of concrete."""
    pick = rng.random()
    if pick < 0.35:
        return uniform_background(rng, height, width)
    if pick < 0.6:
        return studio(rng, height, width)
    if pick < 0.8:
        return textured(rng, height, width, light_colour(rng))
    return room(rng, height, width)
