"""images.parquet of a made-up run: random light and places, one small picture for all."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
from PIL import Image

from framejudge.bench.run import tables
from framejudge.bench.run.columns import Columns, by_position


def made_looks(columns: Columns, images: int, *, brighter: float = 0.0, seed: int = 3) -> pa.Table:
    """Return rows of the first images that can be read; the second half of them was not drawn at random.

    The second image has the pixels of the first, and the fourth looks like the third.
    """
    random = np.random.default_rng(seed)
    unreadable = by_position(columns.unreadable)
    shown = [k for k in range(min(images, len(columns))) if k not in unreadable]
    jpeg = io.BytesIO()
    Image.new("RGB", (96, 72), (200, 120, 40)).save(jpeg, "JPEG", quality=60)
    light = random.random((len(shown), 3))
    light[:, 0] = light[:, 0] * (1 - brighter) + brighter
    places = random.random((len(shown), 2))
    rows = [
        {
            "path": columns.path(k),
            "sampled": 2 * row < len(shown),
            "format": "PNG" if row % 4 == 0 else "JPEG",
            "bytes": int(random.integers(2_000, 90_000)),
            "width": int(columns.sizes[k, 0]),
            "height": int(columns.sizes[k, 1]),
            "brightness": light[row, 0],
            "contrast": light[row, 1] / 2,
            "colourfulness": light[row, 2],
            "same_pixels": columns.path(shown[0]) if row == 1 else None,
            "looks_like": columns.path(shown[2]) if row == 3 else None,
            "map_x": places[row, 0],
            "map_y": places[row, 1],
            "jpeg": jpeg.getvalue(),
        }
        for row, k in enumerate(shown)
    ]
    return pa.Table.from_pylist(rows, schema=tables.IMAGES)
