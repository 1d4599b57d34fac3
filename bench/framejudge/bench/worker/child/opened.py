"""A detector in use, by the version of framejudge that measures.

This stands here for the imports of the other modules. In the worker's process it is the parent's file itself,
see `__main__`: an older version that is installed there may not have it.
"""

from framejudge.detectors.opened import (
    OpenedDetector,
    WrongAnswerError,
    checked_score,
    describe,
    describe_with_place,
    one_line,
)

__all__ = [
    "OpenedDetector",
    "WrongAnswerError",
    "checked_score",
    "describe",
    "describe_with_place",
    "one_line",
]
