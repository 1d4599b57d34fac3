"""Whose exception it is: what somebody's detector raises is told as theirs, with the file and line.

What a built-in detector raises is a bug of ours, and stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from framejudge.datasets.errors import InputError
from framejudge.detectors.opened import OpenedDetector, describe_with_place
from framejudge.detectors.protocol import Image
from framejudge.detectors.registry import BUILT_IN_ORIGIN, DetectorSpec


class DetectorFailed(InputError):  # noqa: N818 - what happened, as a reader is told it
    """Somebody's detector raised; the message says what and where."""


@contextmanager
def blamed(spec: DetectorSpec) -> Iterator[None]:
    """Tell whatever somebody's detector raises within as theirs; ``SystemExit`` too.

    Raises
    ------
    DetectorFailed
        In place of what was raised, which is its cause. An `InputError`, and an interruption, go through.
    """
    try:
        yield
    except (InputError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as problem:
        if spec.origin == BUILT_IN_ORIGIN:
            raise
        raise DetectorFailed(
            describe_with_place(problem),
            where=f"detector {spec.name!r}",
            fix=f"--debug shows the traceback, `bench check {spec.name}` tries it on small pictures",
        ) from problem


def blamed_score(spec: DetectorSpec, detector: OpenedDetector, image: Image) -> float:
    """Return a detector's score of a picture; what it raises is told as its own."""
    with blamed(spec):
        return detector.predict(image)
