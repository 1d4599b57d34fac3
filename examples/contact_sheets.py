"""Draw the contact sheets of docs/hard-negatives.md: ``python examples/contact_sheets.py docs/images``.

Generated pictures only, so that the sheets may be published.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import PIL.Image

from framejudge.datasets.negatives import KINDS, draw_negative
from framejudge.datasets.picture import Image
from framejudge.datasets.products import draw_product

COLUMNS = 10
CELL_PX = 84
GAP_PX = 4
GROUND = (96, 72, 116)
PRODUCT_ROWS = 6


def sheet(rows: Iterable[Iterable[Image]]) -> PIL.Image.Image:
    """Return the pictures in rows, on a ground that no shop uses."""
    cells = [list(row) for row in rows]
    page = PIL.Image.new("RGB", (COLUMNS * CELL_PX, len(cells) * CELL_PX), GROUND)
    for y, row in enumerate(cells):
        for x, picture in enumerate(row):
            small = PIL.Image.fromarray(picture)
            small.thumbnail((CELL_PX - GAP_PX, CELL_PX - GAP_PX))
            page.paste(small, (x * CELL_PX + GAP_PX // 2, y * CELL_PX + GAP_PX // 2))
    return page


def products() -> Iterator[list[Image]]:
    """Yield rows of products."""
    rng = np.random.default_rng(0)
    for _ in range(PRODUCT_ROWS):
        yield [draw_product(rng, 2 * CELL_PX) for _ in range(COLUMNS)]


def negatives(kinds: Iterable[str]) -> Iterator[list[Image]]:
    """Yield a row for each kind."""
    for kind in kinds:
        rng = np.random.default_rng(0)
        yield [draw_negative(kind, rng, size=2 * CELL_PX).image for _ in range(COLUMNS)]


def main(folder: Path) -> None:
    """Write one sheet of products and one for each family of hard negatives."""
    save(sheet(products()), folder / "products.jpg")
    drawn = sorted((kind for kind in KINDS.values() if kind.needs == "nothing"), key=lambda kind: kind.family)
    for family, kinds in groupby(drawn, key=lambda kind: kind.family):
        save(
            sheet(negatives(kind.name for kind in kinds)),
            folder / f"negatives-{family.replace('_', '-')}.jpg",
        )


def save(page: PIL.Image.Image, path: Path) -> None:
    """Write a sheet as a small JPEG."""
    page.save(path, quality=72, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
