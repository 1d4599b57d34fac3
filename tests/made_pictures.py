"""Small drawn pictures for tests of sets: coarse random colours, with a band around them if wanted."""

from pathlib import Path

import numpy as np
import PIL.Image


def picture(seed: int, side: int = 64) -> np.ndarray:
    """Return a square of soft random colours; pictures of two seeds do not look alike."""
    rng = np.random.default_rng(seed)
    coarse = PIL.Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    return np.array(coarse.resize((side, side), PIL.Image.Resampling.BICUBIC))


def framed(
    pixels: np.ndarray, thickness: int = 6, colour: tuple[int, int, int] = (200, 20, 30)
) -> np.ndarray:
    """Return the picture with an even band at its four sides."""
    result = pixels.copy()
    for part in (result[:thickness], result[-thickness:], result[:, :thickness], result[:, -thickness:]):
        part[:] = colour
    return result


def save(file: Path, pixels: np.ndarray, **options) -> Path:
    """Write a picture, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(pixels).save(file, **options)
    return file
