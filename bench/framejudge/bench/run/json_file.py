"""Reading a JSON file that names its schema, with one clear line for whatever is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from framejudge.datasets.errors import InputError

Record = TypeVar("Record")


def read_record(path: Path, kind: type[Record], schema: str, *, again: str = "run it again") -> Record:
    """Read a dataclass from a file; ``again`` is how to have the file written anew.

    Raises
    ------
    InputError
        For a file that is not JSON, has another schema, or does not fit the dataclass.
    FileNotFoundError
        Where there is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise InputError(f"not JSON: {problem}", where=path, fix=again) from problem
    found = content.get("schema") if isinstance(content, dict) else None
    if found != schema:
        raise InputError(
            f"its schema is {found!r} and this version of framejudge reads {schema!r}",
            where=path,
            fix=f"read it with the version that wrote it, or {again}",
        )
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg']}", where=path, fix=again) from problem
