"""JSON and TOML that people or other programs wrote: whatever is wrong with one is a `ValueError`.

Python's own readers let some texts through that nothing of ours can hold (half of a surrogate pair, a number
that is none), and end the program on others (brackets within brackets, 4,301 digits).
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, NoReturn

MAX_BYTES = 256 * 2**20
"""Of a text file; results.json of a million images has a few MB."""

_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_NUL = "\0"


def read_utf8(path: Path) -> str:
    """Read a text file, without the byte order mark that some editors write.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        For another encoding, a NUL character, or more than `MAX_BYTES`.
    """
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ValueError(f"the text is not UTF-8 (line {line})") from None
    if _NUL in text:
        raise ValueError(f"a NUL character in line {text[: text.index(_NUL)].count(chr(10)) + 1}")
    return text


def parse_json(text: str | bytes) -> Any:
    """Return what a JSON text holds.

    Raises
    ------
    ValueError
        For no JSON, NaN and Infinity (which are none), too deep nesting, and half of a surrogate pair.
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    escaped = text if isinstance(text, str) else text.decode("utf-8", "replace")
    if _ESCAPED_HALF.search(escaped) and _HALF_A_PAIR.search(json.dumps(found, ensure_ascii=False)):
        raise ValueError("half of a surrogate pair in a text")
    return found


def parse_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text holds.

    Raises
    ------
    ValueError
        For no TOML, or too deep nesting.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_json(path: Path) -> Any:
    """Read a JSON file; raises what `read_utf8` and `parse_json` raise."""
    return parse_json(read_utf8(path))


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raises what `read_utf8` and `parse_toml` raise."""
    return parse_toml(read_utf8(path))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
