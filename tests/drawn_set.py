"""Labelled sets of a few drawn images, for tests of whatever reads one."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image


def draw_set(folder: Path, *, framed: int = 8, plain: int = 8, images_a_group: int = 1) -> Path:
    """Write a set with a labels table: framed images have a red band, plain ones are grey noise.

    Corners differ from image to image, every second one being odd; ``style`` alternates.
    """
    random = np.random.default_rng(3)
    (folder / "images").mkdir(parents=True)
    rows = []
    for number in range(framed + plain):
        label = "framed" if number < framed else "plain"
        pixels = np.repeat(random.integers(80, 170, (24, 32, 1), dtype=np.uint8), 3, axis=2)
        if label == "framed":
            pixels[:3] = pixels[-3:] = (230, 20, 10)
        pixels[-1, -1] = 100 + number
        path = f"images/{number:03}.png"
        Image.fromarray(pixels).save(folder / path)
        rows.append((path, label, f"photo-{number // images_a_group}", f"style-{number % 2}"))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "group", "style"))
        writer.writerows(rows)
    return folder
