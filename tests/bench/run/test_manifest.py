"""What run.json says of a detector's files, and what follows from two of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pytest
from pydantic import TypeAdapter

from framejudge.bench.run.manifest import DetectorRecord, changed_files


def record(files: Mapping[str, str], hashed: Literal["module", "sources"] = "sources") -> DetectorRecord:
    return DetectorRecord(target="x:Y", origin="made", files=files, hashed=hashed)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (record({"a.py": "1", "b.py": "1"}), record({"a.py": "1", "b.py": "1"}), []),
        (
            record({"a.py": "1", "b.py": "1", "c.py": "1"}),
            record({"a.py": "1", "b.py": "2", "d.py": "1"}),
            ["b.py", "c.py", "d.py"],
        ),
        (record({"a.py": "1"}), record({}), None),
        (record({"a.py": "1"}, "module"), record({"a.py": "2"}, "module"), ["a.py"]),
        (record({"__init__.py": "1"}, "module"), record({"canny/__init__.py": "1"}), None),
        (record({"a.py": "1"}, "module"), record({"a.py": "1"}), None),
    ],
)
def test_files_differ_only_where_both_runs_hashed_them_alike(
    before: DetectorRecord, after: DetectorRecord, changed: list[str] | None
) -> None:
    assert changed_files(before, after) == changed


def test_a_run_of_before_hashed_the_module_alone() -> None:
    older = {"target": "x:Y", "origin": "built-in", "files": {"__init__.py": "1"}}
    assert TypeAdapter(DetectorRecord).validate_python(older).hashed == "module"
