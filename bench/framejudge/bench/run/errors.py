"""The one exception for a run's folder that a user can mend."""

from __future__ import annotations


class RunError(Exception):
    """A run's folder that cannot be read or written, told in one line: what, where, how to fix it."""

    def __init__(self, what: str, *, where: object = "", fix: str = "") -> None:
        place = f"{where}: " if str(where) else ""
        remedy = f"; {fix}" if fix else ""
        super().__init__(" ".join(f"{place}{what}{remedy}".split()))
