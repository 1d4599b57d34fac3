"""One picture: is it framed, where is its content, and what becomes of its file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from framejudge.bench.unframe.cropping import CannotCrop, crop_file
from framejudge.datasets.atomic_file import write_new
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.table.box import Box
from framejudge.detectors.opened import OpenedDetector, describe_with_place
from framejudge.detectors.protocol import Image

LEAST_CONTENT = 0.4
"""Of the width and of the height must be left: frames are not wider, and a mistake would cost much."""


class Action(StrEnum):
    """What became of a picture."""

    CROPPED = "cropped"
    COPIED = "copied"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of the record: what was done with a picture, and why."""

    path: str
    action: Action
    score: float | None = None
    box: Box | None = None
    reason: str = ""


def unframe_file(
    detector: OpenedDetector, threshold: float, file: Path, path: str, target: Path | None
) -> Outcome:
    """Crop a picture that is framed, copy one that is not.

    Parameters
    ----------
    detector
        One that locates.
    threshold
        Scores at or above it mean that the frame goes.
    path
        What the picture is called in the record.
    target
        Where the result is written; None to write nothing.

    Raises
    ------
    OSError
        When the result cannot be written.
    """
    try:
        image = decode_image(file)
        data = file.read_bytes()
    except UnreadableImage as problem:
        return Outcome(path, Action.UNREADABLE, reason=problem.what)
    except OSError as problem:
        return Outcome(path, Action.UNREADABLE, reason=problem.strerror or str(problem))
    score, box, reason = find_content(detector, threshold, image)
    if box is not None:
        try:
            data = crop_file(data, box)
        except CannotCrop as why:
            box, reason = None, f"framed, and left as it is: {why}"
    if target is not None and not write_new(target, data, like=file) and target.read_bytes() != data:
        return Outcome(path, Action.SKIPPED, score, None, "another file is at the target, and stays")
    return Outcome(path, Action.COPIED if box is None else Action.CROPPED, score, box, reason)


def find_content(
    detector: OpenedDetector, threshold: float, image: Image
) -> tuple[float | None, Box | None, str]:
    """Return a picture's score, the box that it is to be cropped to, if any, and why.

    A detector that fails on a picture leaves it as it is.
    """
    height, width = image.shape[:2]
    try:
        score = detector.predict(image)
        if score < threshold:
            return score, None, "no frame"
        found = detector.locate(image)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # somebody else's detector may raise anything
        return None, None, f"the detector failed: {describe_with_place(problem)}"
    box = None if found is None else Box(*found)
    if box is None:
        return score, None, "framed, but the detector does not say where"
    if box == Box(0, 0, width, height):
        return score, None, "framed, but the content box is the whole picture"
    if box.width < LEAST_CONTENT * width or box.height < LEAST_CONTENT * height:
        return (
            score,
            None,
            f"framed, but too little would be left: {box.width}x{box.height} of {width}x{height}",
        )
    removed = zip(("left", "top", "right", "bottom"), _depths(box, width, height), strict=True)
    return score, box, "frame removed: " + ", ".join(f"{side} {depth} px" for side, depth in removed if depth)


def _depths(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    return box.left, box.top, width - box.right, height - box.bottom
