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

    A picture that cannot be read is named on the error output. The others are judged, and the exit code is 2;
    it is 3 where somebody's detector failed on a picture.
    """
    from framejudge.detectors.registry import find

    spec, unreadable, failed = find(detector), 0, 0
    from framejudge.bench.cli.terminal.output import say, say_problem
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.images.decode import UnreadableImage, decode_image
    from framejudge.detectors.blame import DetectorFailed, blamed
    from framejudge.detectors.opened import make_detector

    with make_detector(spec) as judge:
        if explain and not judge.explains:
            raise InputError(
                f"detector {detector!r} cannot explain", where="--explain", fix="leave --explain out"
            )
        with blamed(spec):
            judge.load()
        for path in images:
            try:
                image = decode_image(path)
                with blamed(spec):
                    said = [_describe(judge, image, path), *([_explain(judge, image)] if explain else [])]
            except UnreadableImage as problem:
                say(f"bench: {problem}", err=True)
                unreadable += 1
            except DetectorFailed as problem:
                say_problem(problem, path)
                failed += 1
            else:
                say(said[0])
                for text in said[1:]:
                    typer.echo(text)
    if failed:
        return ExitCode.INCOMPLETE
    return ExitCode.INPUT_ERROR if unreadable else ExitCode.DONE


def _describe(judge: OpenedDetector, image: Image, path: Path) -> str:
    """Return a picture's line."""
    score = judge.predict(image)
    box = judge.locate(image) if judge.locates else None
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
