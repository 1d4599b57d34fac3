"""All codes, in the order of their numbers, and how one is found by what a person wrote."""

from __future__ import annotations

import difflib
from types import ModuleType

from framejudge.datasets.codes import audit, comparing, detectors, gates, refusals, sets, timing
from framejudge.datasets.codes.code import Code
from framejudge.datasets.errors import InputError

RETIRED: frozenset[str] = frozenset()
"""Numbers that had a meaning once: none of them is used again."""


def _codes_of(module: ModuleType) -> list[Code]:
    return [value for value in vars(module).values() if isinstance(value, Code)]


CATALOGUE: tuple[Code, ...] = tuple(
    sorted(
        (
            code
            for module in (timing, detectors, sets, audit, gates, comparing, refusals)
            for code in _codes_of(module)
        ),
        key=lambda code: code.number,
    )
)

_BY_WORD = {word: code for code in CATALOGUE for word in (code.number.lower(), code.name)}


def find_code(word: str, where: str = "") -> Code:
    """Return the code that a person named by its number or its name.

    Parameters
    ----------
    word
        ``FJ101``, ``fj101`` or ``machine-busy``.
    where
        The option or file that names it, for the refusal.

    Raises
    ------
    InputError
        For a word that is no code.
    """
    code = _BY_WORD.get(word.strip().lower())
    if code is None:
        near = difflib.get_close_matches(word.strip().lower(), _BY_WORD, n=1)
        hint = f"did you mean {_BY_WORD[near[0]]}?" if near else "docs/warnings.md lists them"
        raise InputError(f"there is no code {word!r}", where=where, fix=hint)
    return code


def code_of(name: str) -> Code:
    """Return the code with a name that the program itself gave, such as an audit's check."""
    return _BY_WORD[name]
