"""A small, complete run: two detectors on 60 images, one that failed, one image that cannot be read.

``python tests/made/small_run.py FOLDER`` writes it where a person can look at it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from framejudge.bench.run.columns import Answers, Columns

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from made.run import failed, unreadable, write_run

IMAGES, CALLS, THUMBNAILS = 60, 200, 24
UNREADABLE = "plain/brok\u00e9n <script>alert(1)</script>.jpg"


def write_made_run(place: Path) -> Path:
    """Write a run of `canny` and `cnn`, and of one detector that is not there."""
    random = np.random.default_rng(7)
    framed = np.arange(IMAGES + 1) % 2 == 0
    framed[IMAGES] = False
    images = Columns.of_images(
        paths=[*(f"{'framed' if framed[k] else 'plain'}/{k:03}.jpg" for k in range(IMAGES)), UNREADABLE],
        labels=np.where(framed, "framed", "plain").tolist(),
        groups=[f"photo-{k // 2:02}" for k in range(IMAGES + 1)],
        attributes={
            "style": [
                ("solid", "striped", "ornament")[k % 3] if framed[k] else "none" for k in range(IMAGES + 1)
            ],
            "source": ["drawn" if k % 4 < 2 else "textured" for k in range(IMAGES + 1)],
        },
    )
    images.sizes[:IMAGES] = (300, 200)
    said = [_said(random, framed, "canny", 0.2, 0.2), _said(random, framed, "cnn", 0.4, 0.15)]
    failure = "ModuleNotFoundError: No module named 'mine'"
    columns = images.answered([*said, failed("mine:Broken", IMAGES + 1, failure)])
    spreads = random.lognormal(0, 0.15, (2, CALLS))
    whole = (2_100_000 * spreads[1]).astype(np.int64)
    return write_run(
        place,
        unreadable(columns, {IMAGES: "truncated after 1,024 bytes"}),
        {
            "canny": (900_000 * spreads[0]).astype(np.int64),
            "cnn": np.stack((whole // 3, whole - whole // 3), axis=1),
        },
        name="built-in",
        warnings=["the machine was busy before the run: load average 1.9 on 2 cores"],
        files={"mine:Broken": {}},
        thumbnails=((k, _picture(k)) for k in range(THUMBNAILS)),
    )


def _said(
    random: np.random.Generator, framed: npt.NDArray[np.bool_], name: str, margin: float, spread: float
) -> Answers:
    scores = np.where(framed, 0.5 + margin, 0.5 - margin) + random.normal(0, spread, len(framed))
    return Answers(name, np.clip(scores, 0, 1), threshold_source="tuned" if name == "cnn" else "default")


def _picture(k: int) -> Image.Image:
    picture = Image.new("RGB", (150, 100), (240, 240, 240) if k % 2 else (200, 40 + 8 * k, 60))
    picture.paste((90, 120, 40 + 8 * k), (12, 12, 138, 88))
    return picture


if __name__ == "__main__":
    print(write_made_run(Path(sys.argv[1])))
