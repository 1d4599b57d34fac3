"""Names and messages of strangers, made safe for a line of a terminal, a log or a report.

A file may be called anything but ``/`` and NUL: its name may clear the screen, end the line or turn the text
around. Whatever a person reads shows such characters as their code.
"""

from __future__ import annotations

import re

LONGEST_PLACE = 400
"""Characters of a path or a value that a message quotes; the middle of a longer one is left out."""

_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks that turn the direction of the text around them."""

_UNPRINTABLE = re.compile(f"[\x00-\x1f\x7f-\x9f{_TURNING}\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff]")
_UNPRINTABLE_IN_LINES = re.compile(_UNPRINTABLE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))

_IN_ASCII = {
    "\u2265": ">=",
    "\u2264": "<=",
    "\u2192": "->",
    "\u2212": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2026": "...",
    "\u00b1": "+-",
    "\u00d7": "x",
    "\u00b5": "u",
    "\u03bc": "u",
    "\u00b7": "|",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2022": "*",
    "\u00a0": " ",
    "\u202f": " ",
}
"""What our own tables use beyond ASCII, and what stands for it on a terminal that knows no more."""


def printable(text: str) -> str:
    r"""Return a text as one line without control characters: each is written as its code.

    >>> printable("a\x1b[2J\nb")
    'a\\x1b[2J\\nb'
    """
    return _UNPRINTABLE.sub(_code, text)


def printable_lines(text: str) -> str:
    """Do what `printable` does, but keep line ends and tabs: for texts of several lines."""
    return _UNPRINTABLE_IN_LINES.sub(_code, text)


def shortened(text: str, limit: int = LONGEST_PLACE) -> str:
    """Return a text without its middle where it is longer than ``limit`` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} ... {text[-half:]} ({len(text):,} characters)"


def in_ascii(text: str) -> str:
    r"""Return a text for an ASCII terminal: signs of ours as they are typed, anything else as its code.

    >>> in_ascii("0.5 \u2192 0.6, \u2265 1 \u00fc")
    '0.5 -> 0.6, >= 1 \\xfc'
    """
    return "".join(_IN_ASCII.get(sign, sign) for sign in text).encode("ascii", "backslashreplace").decode()


def _code(found: re.Match[str]) -> str:
    sign = found[0]
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")
