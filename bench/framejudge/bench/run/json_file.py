"""JSON files that name their schema: written as a whole, read with one clear line for whatever is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_json

Record = TypeVar("Record")


def write_record(path: Path, record: Any) -> None:
    """Write a dataclass, its keys sorted.

    Raises
    ------
    InputError
        When the disk is full or the folder cannot be written; the file is then as it was.
    """
    content = TypeAdapter(type(record)).dump_python(record, mode="json")
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    replace_text(path, f"{text}\n")


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
        content = read_json(path)
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
