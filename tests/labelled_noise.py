"""A tiny labelled set that a network of a few hundred parameters learns: a band on the left is a frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

PHOTOS, IMAGES_PER_PHOTO = 40, 4


def write_labelled_noise(root: Path) -> Path:
    """Write 160 noise pictures of 40 photos, every other one framed, and return their folder."""
    rng = np.random.default_rng(0)
    lines = ["path,label,group,left,top,right,bottom"]
    for index in range(PHOTOS * IMAGES_PER_PHOTO):
        picture = rng.integers(0, 128, (20, 24, 3), dtype=np.uint8)
        label, box = ("framed", "6,0,24,20") if index % 2 else ("plain", ",,,")
        if label == "framed":
            picture[:, :6] = 250
        cv2.imwrite(str(root / f"{index:03d}.png"), picture)
        lines.append(f"{index:03d}.png,{label},photo-{index // IMAGES_PER_PHOTO},{box}")
    (root / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root
