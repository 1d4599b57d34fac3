"""A made-up run of any size for the report: drawn pictures, boxes, explanations, hostile names.

``python tests/made/review_run.py FOLDER [IMAGES] [DETECTORS]`` writes it where a person can look at it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from framejudge.bench.run.columns import Answers, Columns, texts_at

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from made.looks import made_looks
from made.run import unreadable, write_run

HOSTILE_NAMES = (
    "<script>document.title='owned'</script>",
    "\"'><img src=x onerror=alert(1)>",
    "\u202egpj.\u05e9\u05dc\u05d5\u05dd",
    "</script><!-- ]]> {{ 7 * 7 }} & $x^2$",
    "two  spaces, comma\tand tab",
)
DETECTORS = (
    # name, spread of its scores around the truth, median latency in ms
    ("canny", 0.30, 0.9),
    ("cnn", 0.17, 2.1),
    ("cnn-2016", 0.20, 1.9),
    ("my_package.detectors:VeryLongDetectorName<b>", 0.24, 14.0),
    ("$edges_{all}$", 0.42, 0.3),
    ("onnx", 0.171, 1.2),
)
STYLES = ("solid", "striped", "ornament", 'quoted "style"', "<script>alert(2)</script>")
SOURCES = ("drawn", "textured", "\u05ea\u05de\u05d5\u05e0\u05d4")


CALLS = 500
ODD_IMAGE = 40
"""On which canny breaks, where there are so many."""


def write_review_run(
    place: Path,
    *,
    images: int = 300,
    detectors: int = 2,
    thumbnails: int = 60,
    looked_at: int = 120,
    generated: bool = True,
    seed: int = 11,
) -> Path:
    """Write a complete run's folder; the first images carry the hostile names, one more cannot be read.

    Runs with another seed have other scores of the same images: a baseline.
    """
    random = np.random.default_rng(seed)
    framed = np.arange(images + 1) % 2 == 0
    framed[images] = False
    style = np.array([STYLES[k % len(STYLES)] if framed[k] else "none" for k in range(images + 1)])
    made = _images(images, framed, style)
    hard = np.where(style == "striped", 1.6, 1.0)
    said = [
        Answers(name, _scores(random, framed, spread * hard)) for name, spread, _ in DETECTORS[:detectors]
    ]
    columns = made.answered(_located(made, one) if one.name == "canny" else one for one in said)
    times = {
        name: (1e6 * median * _spreads(random)).astype(np.int64) for name, _, median in DETECTORS[:detectors]
    }
    columns = unreadable(columns, {images: "truncated after 1,024 bytes"})
    return write_run(
        place,
        columns,
        times,
        looks=made_looks(columns, looked_at, brighter=0.2 if seed != 11 else 0.0),
        generated=generated,
        thumbnails=_thumbnails(random, columns, style, thumbnails),
    )


def _images(images: int, framed: npt.NDArray[np.bool_], style: npt.NDArray[np.str_]) -> Columns:
    """Return the images with their true boxes, which lie off canny's in some."""
    sizes = np.random.default_rng(5).integers(150, 900, (images + 1, 2)).astype(np.int32)
    off = np.arange(images + 1) % 3 * (np.arange(images + 1) % 11)
    boxes = _boxes(sizes) + off[:, None]
    columns = Columns.of_images(
        paths=[*_paths(images), f"plain/{HOSTILE_NAMES[0]}.png"],
        labels=np.where(framed, "framed", "plain").tolist(),
        groups=[f"photo-{k // 2}" for k in range(images + 1)],
        boxes=dict(enumerate(boxes.tolist())),
        attributes={
            "style": style.tolist(),
            "source": [SOURCES[k % 7 % len(SOURCES)] for k in range(images + 1)],
        },
    )
    return replace(columns, sizes=sizes)


def _boxes(sizes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    return np.concatenate((sizes // 10, sizes - sizes // 10), axis=1)


def _located(columns: Columns, answers: Answers) -> Answers:
    """Return canny's answers with boxes and words on what it missed, and with no score of an odd image."""
    boxes = np.where(columns.framed[:, None], _boxes(columns.sizes), np.nan)
    words = "two long lines <b>near</b> the sides"
    explanations = {
        int(k): json.dumps({"text": words, "lines": [[0, 0, int(columns.sizes[k, 0]), 0, "edge"]]})
        for k in np.flatnonzero(columns.framed & ~answers.says_framed)
    }
    odd = {ODD_IMAGE: "ValueError: no <edges> here"} if len(columns) > ODD_IMAGE + 1 else {}
    return replace(
        answers,
        scores=np.where(np.isin(np.arange(len(columns)), list(odd)), np.nan, answers.scores),
        boxes=boxes,
        explanations=texts_at(explanations, len(columns)),
        errors=texts_at(odd, len(columns)),
    )


def _paths(images: int) -> list[str]:
    named = [f"{'plain' if k % 2 else 'framed'}/{HOSTILE_NAMES[k]}.jpg" for k in range(min(5, images))]
    return named + [f"{'plain' if k % 2 else 'framed'}/{k:06}.jpg" for k in range(len(named), images)]


def _scores(
    random: np.random.Generator, framed: npt.NDArray[np.bool_], spread: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    logits = (np.where(framed, 1.0, -1.0) + random.normal(0, 3.2, len(framed)) * spread) * 2.2
    return np.asarray(1 / (1 + np.exp(-logits)))


def _spreads(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return how much longer than the median each call takes; one in a hundred takes three times as long."""
    return random.lognormal(0, 0.18, CALLS) * np.where(random.random(CALLS) < 0.01, 3, 1)


def _thumbnails(
    random: np.random.Generator, columns: Columns, style: npt.NDArray[np.str_], wanted: int
) -> Iterator[tuple[int, Image.Image]]:
    """Draw the images whose scores are furthest from the truth; the last one cannot be read."""
    distance = np.nanmax(
        [np.where(columns.framed, 1 - one.scores, one.scores) for one in columns.detectors], axis=0
    )
    for image in np.argsort(-distance[:-1])[:wanted].tolist():
        yield image, _picture(random, framed=bool(columns.framed[image]), style=str(style[image]))


def _picture(random: np.random.Generator, *, framed: bool, style: str) -> Image.Image:
    """Draw a product on a light background, with a band around it where it is framed."""
    width, height = (int(side) for side in random.integers(140, 240, 2))
    picture = Image.new("RGB", (width, height), tuple(int(v) for v in random.integers(225, 256, 3)))
    draw = ImageDraw.Draw(picture)
    product = tuple(int(v) for v in random.integers(30, 200, 3))
    box = (width * 0.27, height * 0.24, width * 0.73, height * 0.78)
    if random.random() < 0.5:
        draw.ellipse(box, fill=product)
    else:
        draw.rounded_rectangle(box, radius=12, fill=product)
    if framed:
        band = tuple(int(v) for v in random.integers(0, 180, 3))
        thickness = int(random.integers(4, 14))
        draw.rectangle((0, 0, width - 1, height - 1), outline=band, width=thickness)
        if style == "striped":
            for x in range(0, width, 12):
                draw.line((x, 0, x, thickness - 1), fill="white", width=5)
    return picture


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[2:]] + [1000, 2][len(sys.argv) - 2 :]
    print(write_review_run(Path(sys.argv[1]), images=sizes[0], detectors=sizes[1], thumbnails=200))
