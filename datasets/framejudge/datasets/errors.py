"""The one exception for what a user can fix, and how a ``python -m`` tool reports it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from os import PathLike, fspath

from framejudge.datasets.printable import printable, shortened

LONGEST_MESSAGE = 2_000
"""Characters of what is wrong; a runtime's error text may hold a whole picture."""


class InputError(Exception):
    """A bad input, reported in one line: what is wrong, where, and how to fix it.

    Control characters of names stand as their codes, and the middle of a very long name is left out.
    Anything else that escapes is a bug of ours and shows its traceback.

    >>> str(InputError("unknown label 'frame'", where="labels.csv:7", fix="use framed or plain"))
    "labels.csv:7: unknown label 'frame'; use framed or plain"

    ``code`` is a kind of its own in `framejudge.datasets.codes.refusals`, such as ``FJ902
    baseline-missing``; it ends the line. Without one it is ``FJ901 bad-input``, which is not printed.
    """

    def __init__(
        self, what: str, *, where: str | PathLike[str] = "", fix: str = "", code: object = ""
    ) -> None:
        self.what = what
        self.where = fspath(where)
        self.fix = fix
        self.code = str(code)
        place = f"{printable(shortened(self.where))}: " if self.where else ""
        remedy = f"; {fix}" if fix else ""
        kind = f" ({self.code})" if self.code else ""
        told = shortened(what, LONGEST_MESSAGE)
        super().__init__(printable(" ".join(f"{place}{told}{remedy}{kind}".split())))


def run_tool(main: Callable[[], None]) -> None:
    """Run the main function of a ``python -m`` tool; a bad input is one line, with exit status 2."""
    try:
        main()
    except InputError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
