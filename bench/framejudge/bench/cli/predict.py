"""``bench predict``: say of picture files whether they are framed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framejudge.bench.cli import options
from framejudge.bench.exit_code import ExitCode

if TYPE_CHECKING:
    from framejudge.detectors.protocol import Image


def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Picture files.")],
    detector: options.Detector = "canny",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: a text, and lines in pixels. Not every detector can.")
    ] = False,
) -> int:
    """Print a line for each picture: framed or plain, the score, the content box where known, and the file.

    A picture that cannot be read is named on the error output. The others are judged, and the exit code is 2.
    """
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.images.decode import UnreadableImage, decode_image
    from framejudge.detectors.registry import create, find

    judge: Any = create(find(detector))
    if explain and not callable(getattr(judge, "explain", None)):
        raise InputError(
            f"detector {detector!r} cannot explain", where="--explain", fix="leave --explain out"
        )
    unreadable = 0
    if callable(getattr(judge, "load", None)):
        judge.load()
    try:
        for path in images:
            try:
                image = decode_image(path)
            except UnreadableImage as problem:
                typer.echo(f"bench: {problem}", err=True)
                unreadable += 1
                continue
            typer.echo(_describe(judge, detector, image, path))
            if explain:
                typer.echo(_explain(judge, image))
    finally:
        if callable(getattr(judge, "close", None)):
            judge.close()
    return ExitCode.INPUT_ERROR if unreadable else ExitCode.DONE


def _describe(judge: Any, name: str, image: Image, path: Path) -> str:
    """Return a picture's line.

    Raises
    ------
    InputError
        When the detector's score is no number in [0, 1].
    """
    from framejudge.datasets.errors import InputError
    from framejudge.detectors.protocol import DEFAULT_THRESHOLD

    score = float(judge.predict(image))
    if math.isnan(score) or not 0 <= score <= 1:
        raise InputError(
            f"the score of {path} is {score}, not in 0..1",
            where=f"detector {name!r}",
            fix="correct predict()",
        )
    verdict = "framed" if score >= getattr(judge, "threshold", DEFAULT_THRESHOLD) else "plain"
    box = judge.locate(image) if callable(getattr(judge, "locate", None)) else None
    where = "" if box is None else f"content {box.left},{box.top}-{box.right},{box.bottom}  "
    return f"{verdict}  {score:.4f}  {where}{path}"


def _explain(judge: Any, image: Image) -> str:
    explanation = judge.explain(image)
    lines = [f"  {explanation.text}"]
    lines += [
        f"  {line.kind} {line.x0:g},{line.y0:g} - {line.x1:g},{line.y1:g}" for line in explanation.lines
    ]
    return "\n".join(lines)
