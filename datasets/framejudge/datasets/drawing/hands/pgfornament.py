"""LaTeX's pgfornament: 196 vector ornaments, set by TeX, laid into corners and along sides."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PIL.Image

from framejudge.datasets.drawing.frames.colours import flat, random_colour
from framejudge.datasets.drawing.hands.hand import DRAWN, Composed, changed, depth_px, resized
from framejudge.datasets.drawing.hands.layering import lay_over, worn
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.table.box import Box

NEEDS = "pgfornament (apt-get install texlive-pictures texlive-latex-base poppler-utils)"
ANSWERS_WITHIN_S = 120.0
RESOLUTION_DPI = 200

_CORNERS = (31, 35, 37, 39, 41, 61, 63, 131)
_BORDERS = (71, 73, 75, 80, 84, 88)
_PAGE = r"""\documentclass{article}
\usepackage{pgfornament}
\pagestyle{empty}
\begin{document}
\pgfornament[width=4cm]{%d}
\end{document}
"""

Opacity = npt.NDArray[np.uint8]


@cache
def version() -> str:
    """Return the version of pgfornament that TeX finds, empty where it or a program is not installed."""
    if any(shutil.which(program) is None for program in ("pdflatex", "kpsewhich", "pdftoppm")):
        return ""
    found = subprocess.run(
        ["kpsewhich", "pgfornament.sty"], capture_output=True, text=True, check=False,
        timeout=ANSWERS_WITHIN_S,
    ).stdout.strip()  # fmt: skip
    if not found:
        return ""
    text = Path(found).read_text(encoding="utf-8", errors="replace")
    for line in text.splitlines():
        if "ProvidesPackage{pgfornament}" in line.replace(" ", ""):
            return line.partition("[")[2].strip(" ]") or "unknown"
    return "unknown"


@cache
def ornament(number: int) -> Opacity:
    """Return an ornament as TeX sets it: (H, W), uint8, 255 where its ink is."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.tex").write_text(_PAGE % number, encoding="ascii")
        subprocess.run(
            ["pdflatex", "-interaction=batchmode", "-no-shell-escape", "page.tex"],
            cwd=folder, check=True, capture_output=True, timeout=ANSWERS_WITHIN_S,
        )  # fmt: skip
        subprocess.run(
            ["pdftoppm", "-r", str(RESOLUTION_DPI), "-gray", "-singlefile", "page.pdf", "page"],
            cwd=folder, check=True, capture_output=True, timeout=ANSWERS_WITHIN_S,
        )  # fmt: skip
        with PIL.Image.open(Path(folder) / "page.pgm") as picture:
            opacity = 255 - np.array(picture.convert("L"))
    rows, columns = np.flatnonzero(opacity.max(axis=1) > 20), np.flatnonzero(opacity.max(axis=0) > 20)
    return opacity[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@dataclass(frozen=True, slots=True)
class PgfornamentHand:
    """Ornaments in four corners, or a border of them, on the picture or on a band of paper."""

    def frame(self, ground: Image, rng: np.random.Generator) -> Composed | None:
        """Return the picture with ornaments around it; None where they do not show."""
        composed, opacity = _corners(ground, rng) if rng.random() < 0.6 else _border(ground, rng)
        return composed if changed(ground, composed.image, opacity) else None

    def leave_plain(self, ground: Image, rng: np.random.Generator) -> Composed:
        """Return the picture as uploads have gone through other programs."""
        return Composed(worn(ground, rng), "as it is")


def _corners(ground: Image, rng: np.random.Generator) -> tuple[Composed, Opacity]:
    height, width = ground.shape[:2]
    drawn = ornament(_CORNERS[int(rng.integers(len(_CORNERS)))])
    scale = min(height, width) * rng.uniform(0.2, 0.42) / max(drawn.shape)
    small = resized(drawn, round(drawn.shape[1] * scale), round(drawn.shape[0] * scale))
    opacity, (rows, columns) = np.zeros((height, width), np.uint8), small.shape
    opacity[:rows, :columns] = small
    opacity[:rows, width - columns :] = np.maximum(opacity[:rows, width - columns :], small[:, ::-1])
    opacity[height - rows :, :columns] = np.maximum(opacity[height - rows :, :columns], small[::-1])
    last = opacity[height - rows :, width - columns :]
    last[:] = np.maximum(last, small[::-1, ::-1])
    box = None
    if rng.random() < 0.3:  # the ornaments printed on a band of paper
        return _on_paper(ground, opacity, depth_px(rng, min(height, width), 0.06, 0.14), rng)
    made = lay_over(ground, flat(random_colour(rng), height, width), opacity, rng)
    return Composed(made, "corner ornament", DRAWN, box), opacity


def _border(ground: Image, rng: np.random.Generator) -> tuple[Composed, Opacity]:
    height, width = ground.shape[:2]
    drawn = ornament(_BORDERS[int(rng.integers(len(_BORDERS)))])
    if drawn.shape[0] > drawn.shape[1]:
        drawn = np.ascontiguousarray(np.rot90(drawn))
    deep = max(8, depth_px(rng, min(height, width), 0.06, 0.14))
    opacity = np.zeros((height, width), np.uint8)
    across = _row(drawn, width, deep)
    down = np.rot90(_row(drawn, height, deep))
    opacity[:deep], opacity[height - deep :] = across, across[::-1]
    opacity[:, :deep] = np.maximum(opacity[:, :deep], down)
    opacity[:, width - deep :] = np.maximum(opacity[:, width - deep :], down[:, ::-1])
    if rng.random() < 0.6:
        return _on_paper(ground, opacity, deep, rng)
    made = lay_over(ground, flat(random_colour(rng), height, width), opacity, rng)
    return Composed(made, "border of ornaments"), opacity


def _row(drawn: Opacity, length: int, deep: int) -> Opacity:
    """Return ornaments in a row, ``deep`` high, so many that they fill the length."""
    natural = max(4, round(drawn.shape[1] * deep / drawn.shape[0]))
    count = max(1, round(length / natural))
    one = resized(drawn, max(2, round(length / count)), deep)
    return resized(np.concatenate([one] * count, axis=1), length, deep)


def _on_paper(ground: Image, ink: Opacity, deep: int, rng: np.random.Generator) -> tuple[Composed, Opacity]:
    height, width = ground.shape[:2]
    paper, colour = random_colour(rng), random_colour(rng)
    share = ink[..., None].astype(np.float32) / 255
    fill = (colour * share + flat(paper, height, width) * (1 - share)).astype(np.uint8)
    band = np.full((height, width), 255, np.uint8)
    band[deep : height - deep, deep : width - deep] = 0
    made = lay_over(ground, fill, np.maximum(band, ink), rng)
    reaches_in = bool(ink[deep : height - deep, deep : width - deep].any())
    box = None if reaches_in else Box(deep, deep, width - deep, height - deep)
    return Composed(made, "printed border", DRAWN, box, deep), band
