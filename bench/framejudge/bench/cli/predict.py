"""``bench predict``: say of picture files whether they are framed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framejudge.bench.cli import options
from framejudge.bench.exit_code import ExitCode

if TYPE_CHECKING:
    from framejudge.detectors.opened import OpenedDetector
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
    from framejudge.detectors.registry import find

    spec, unreadable = find(detector), 0
    from framejudge.bench.cli.terminal.output import say
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.images.decode import UnreadableImage, decode_image
    from framejudge.detectors.opened import make_detector

    with make_detector(spec) as judge:
        if explain and not judge.explains:
            raise InputError(
                f"detector {detector!r} cannot explain", where="--explain", fix="leave --explain out"
            )
        judge.load()
        for path in images:
            try:
                image = decode_image(path)
            except UnreadableImage as problem:
                say(f"bench: {problem}", err=True)
                unreadable += 1
                continue
            say(_describe(judge, detector, image, path))
            if explain:
                typer.echo(_explain(judge, image))
    return ExitCode.INPUT_ERROR if unreadable else ExitCode.DONE


def _describe(judge: OpenedDetector, name: str, image: Image, path: Path) -> str:
    """Return a picture's line.

    Raises
    ------
    InputError
        When the detector's score is no number in [0, 1], or its content box not inside the picture.
    """
    from framejudge.datasets.errors import InputError
    from framejudge.detectors.opened import WrongAnswerError

    try:
        score = judge.predict(image)
        box = judge.locate(image) if judge.locates else None
    except WrongAnswerError as problem:
        raise InputError(
            f"{path}: {problem}", where=f"detector {name!r}", fix=f"see `bench check {name}`"
        ) from problem
    verdict = "framed" if score >= judge.threshold else "plain"
    where = "" if box is None else "content {},{}-{},{}  ".format(*box)
    return f"{verdict}  {score:.4f}  {where}{path}"


def _explain(judge: OpenedDetector, image: Image) -> str:
    explanation = judge.explain(image)
    lines = [f"  {explanation.text}"]
    lines += [
        f"  {line.kind} {line.x0:g},{line.y0:g} - {line.x1:g},{line.y1:g}" for line in explanation.lines
    ]
    return "\n".join(lines)
