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
    from framejudge.detectors.registry import DetectorSpec


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

    spec = find(detector)
    from framejudge.datasets.errors import InputError
    from framejudge.detectors.blame import blamed
    from framejudge.detectors.opening import make_detector

    with make_detector(spec) as judge:
        if explain and not judge.explains:
            raise InputError(
                f"detector {detector!r} cannot explain", where="--explain", fix="leave --explain out"
            )
        with blamed(spec):
            judge.load()
        codes = {_say_of(path, spec, judge, explain=explain) for path in images}
    return max(codes)


def _say_of(path: Path, spec: DetectorSpec, judge: OpenedDetector, *, explain: bool) -> ExitCode:
    """Print what a detector says of a file, and return the exit code that it alone would give."""
    from framejudge.bench.cli.terminal.output import say, say_problem
    from framejudge.datasets.images.decode import UnreadableImage, decode_image
    from framejudge.detectors.blame import DetectorFailed, blamed

    try:
        image = decode_image(path)
        with blamed(spec):
            said = _describe(judge, image, path)
            why = _explain(judge, image) if explain else None
    except UnreadableImage as problem:
        say(f"bench: {problem}", err=True)
        return ExitCode.INPUT_ERROR
    except DetectorFailed as problem:
        say_problem(problem, path)
        return ExitCode.INCOMPLETE
    say(said)
    if why is not None:
        typer.echo(why)
    return ExitCode.DONE


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
