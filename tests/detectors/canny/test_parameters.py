"""The file that holds canny's parameters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.canny.parameters import DEFAULT_FILE, read_parameters, write_parameters


def test_the_shipped_parameters_say_where_they_come_from_and_survive_a_round_trip(tmp_path: Path) -> None:
    shipped = read_parameters(DEFAULT_FILE)
    assert shipped.provenance["cross_validation"]["by"] == "group"
    write_parameters(shipped, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == DEFAULT_FILE.read_bytes()


def test_a_file_of_the_format_before_is_read(tmp_path: Path) -> None:
    document = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    document["schema"] = "framejudge/canny/2"
    for name in ("line", "context", "picture"):
        document[f"{name}_rules"] = {"prior": document.pop(f"{name}_trees")["prior"], "rules": [0.25]}
    document["line_rules"]["rules"] = [["coverage", 0.5, -1.0, ["tilt", 0.25, 1.0, 2.0]]]
    (tmp_path / "old.json").write_text(json.dumps(document), encoding="utf-8")
    old = read_parameters(tmp_path / "old.json")
    assert old.lines.leaves.tolist() == [[-1, -1, -1, -1, 1, 1, 2, 2]]
    assert old.picture.leaves.tolist() == [[0.25] * 8]


def _set_threshold(document: dict[str, Any]) -> None:
    document["threshold"] = 1.5


def _drop_context(document: dict[str, Any]) -> None:
    del document["context_trees"]


def _rename_a_feature(document: dict[str, Any]) -> None:
    document["line_trees"]["trees"][0]["splits"][0] = ["no_such_feature", 0.5]


def _drop_a_leaf(document: dict[str, Any]) -> None:
    document["line_trees"]["trees"][0]["leaves"].pop()


def _not_a_number(document: dict[str, Any]) -> None:
    document["picture_trees"]["prior"] = float("nan")


def _other_schema(document: dict[str, Any]) -> None:
    document["schema"] = "framejudge/canny/1"


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (_set_threshold, "1.5"),
        (_drop_context, "context_trees"),
        (_rename_a_feature, "no_such_feature"),
        (_drop_a_leaf, "8 leaves"),
        (_not_a_number, "NaN is no JSON"),
        (_other_schema, "framejudge/canny/1"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_line(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], what: str
) -> None:
    document = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    damage(document)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="bench tune canny") as problem:
        read_parameters(path)
    assert what in str(problem.value)
    assert "own.json" in str(problem.value)


def test_a_file_that_is_missing_or_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.json").write_text("no JSON", encoding="utf-8")
    for name in ("missing.json", "text.json"):
        with pytest.raises(InputError, match="not a readable parameters file"):
            read_parameters(tmp_path / name)
