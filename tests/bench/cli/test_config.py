"""`bench run --config`: options from a TOML file or an earlier run's run.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drawn_set import draw_set
from toy_detectors import write_toys
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.bench.cli.setup.config import options_in
from framejudge.datasets.errors import InputError

RUN_TOML = """
detectors = ["toys:Good", "toys:Random"]
dataset = "set"
no-timing = true
seed = 3

[decision]
cost_miss = 5
cost_false_alarm = 1
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_toys(tmp_path)
    draw_set(tmp_path / "set", framed=4, plain=4)
    (tmp_path / "run.toml").write_text(RUN_TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(run: str) -> dict[str, object]:
    request = json.loads((Path(run) / "run.json").read_text(encoding="utf-8"))["request"]
    assert isinstance(request, dict)
    return request


def bench(*words: str) -> None:
    done = CliRunner().invoke(app, ["run", *words])
    assert done.exit_code in (0, None), f"{done.output} {done.exception!r}"


def test_a_file_gives_options_and_typed_ones_go_before_it(project: Path) -> None:
    bench("--config", "run.toml", "--detectors", "toys:Good", "--out", "first")
    request = asked("first")
    assert (request["detectors"], request["seed"], request["calls"]) == (["toys:Good"], 3, 0)
    assert request["decision"]["cost_miss"] == 5  # type: ignore[index]


def test_a_run_is_repeated_from_its_own_record(project: Path) -> None:
    bench("--config", "run.toml", "--detectors", "toys:Good", "--where", "label=framed", "--out", "first")
    bench("--config", "first/run.json", "--out", "again")
    first, again = asked("first"), asked("again")
    assert first.pop("dataset") == "set" and str(again.pop("dataset")).endswith("/set")
    assert again == first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("detector = 'canny'", "no option is called 'detector'"),
        ("[timing]\ncalls = 3", r"there is no table \[timing\]"),
        ("detectors = ", "not TOML"),
        ("out = 'x'", "no option is called 'out'"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "run.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        options_in(file, {"detectors", "dataset", "calls"})


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        options_in(tmp_path / "none.toml", {"detectors"})
