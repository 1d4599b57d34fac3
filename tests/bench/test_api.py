"""What the command line and notebooks call: names and paths in, a Run out, nothing printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench import api
from framejudge.bench.gate.request import GateRequest
from framejudge.bench.run import Request
from framejudge.datasets.errors import InputError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_toys(tmp_path)
    draw_set(tmp_path / "set", framed=4, plain=4)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_is_measured_opened_compared_rejudged_and_gated_in_silence(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    request = Request(detectors=["toys:Good ", ""], dataset="set", calls=0)
    run = api.run(request, "out")
    assert run.manifest.request.detectors == ["toys:Good"]
    assert api.open_run("out").results == run.results
    (change,) = api.compare("out", "out").detectors
    assert change.accuracy_difference.value == 0
    again = api.rejudge("out", "set")
    assert again.folder == Path("out-rejudged") and again.manifest.rejudged is not None
    asked = GateRequest(run=Path("out"), baselines=["out"])
    assert api.gate(asked).baselines[0].where == "out"
    assert capfd.readouterr() == ("", "")
    with pytest.raises(InputError, match="exists already"):
        api.run(request, "out")


def test_without_a_folder_a_run_lies_below_runs(project: Path) -> None:
    run = api.run(Request(detectors=["toys:Good"], dataset="set", calls=0))
    assert run.folder.parent == Path("runs")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (GateRequest(), "nothing to judge"),
        (GateRequest(run=Path("out"), baselines=["git:main"]), "'git:main' is measured"),
        (GateRequest(measure=Request(detectors=["cany"])), "unknown detector 'cany'"),
        (
            GateRequest(measure=Request(detectors=["toys:Good"]), baselines=["git:main", "git:dev"]),
            "one old version at a time",
        ),
        (GateRequest(measure=Request(detectors=["toys:Good"], threads=10_000)), "10000 threads"),
    ],
)
def test_a_gate_that_cannot_be_asked_is_refused_before_anything_is_written(
    project: Path, asked: GateRequest, said: str
) -> None:
    before = sorted(project.iterdir())
    with pytest.raises(InputError, match=said):
        api.gate(asked)
    assert sorted(project.iterdir()) == before
