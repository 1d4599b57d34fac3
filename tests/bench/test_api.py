"""What the command line and notebooks call: names and paths in, a Run out, nothing printed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from drawn_set import draw_set
from toy_detectors import write_toys

from framejudge.bench import api
from framejudge.bench.gate.request import GateRequest
from framejudge.bench.run import Request
from framejudge.datasets.errors import InputError
from framejudge.detectors.calibrated import Calibration, write_calibration
from framejudge.detectors.registry import find, weights_of


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
    asked = GateRequest(run=again.folder, baselines=["out"])
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


def test_a_part_of_a_set_is_run_recorded_and_judged_again(project: Path) -> None:
    table = project / "set" / "labels.csv"
    text = table.read_text().replace("path,label", "image,class")
    table.write_text(text.replace(",framed,", ",1,").replace(",plain,", ",0,"))
    request = Request(
        detectors=["toys:Good"],
        dataset="set",
        calls=0,
        where=["style=style-1"],
        columns="path=image,label=class",
        labels="framed=1,plain=0",
    )
    run = api.run(request, "out")
    assert run.results.dataset.images == 4
    assert api.open_run("out").manifest.request == request
    # The corrected table need not have the column any more: the run's images are what counts.
    table.write_text(table.read_text().replace("style-1", "").replace("images/001.png,1", "images/001.png,0"))
    again = api.rejudge("out", "set")
    assert again.manifest.rejudged is not None and again.manifest.rejudged.labels_changed == 1
    with pytest.raises(InputError, match="no image has style=style-1"):
        api.run(request, "other")


def test_the_built_in_set_has_parts_too(project: Path) -> None:
    with pytest.raises(InputError, match="'style' is no condition"):
        api.run(Request(detectors=["toys:Good"], where=["style"]), "out")
    assert not Path("out").exists()


def test_the_same_pixels_under_both_labels_are_said_by_a_run(project: Path) -> None:
    table, images = project / "set" / "labels.csv", project / "set" / "images"
    (images / "again.png").write_bytes((images / "000.png").read_bytes())
    table.write_text(table.read_text() + "images/again.png,plain,photo-0,style-0\n")
    run = api.run(Request(detectors=["toys:Good"], dataset="set", calls=0), "out")
    (warning,) = [one for one in run.results.warnings if "the same pixels" in one]
    assert "1 image has the same pixels as another image and the other label" in warning
    assert "'images/again.png', plain, and 'images/000.png', framed" in warning


def test_a_set_without_labels_is_refused_with_the_way_to_label_it(project: Path) -> None:
    table = project / "set" / "labels.csv"
    table.write_text(table.read_text().replace(",framed,", ",,").replace(",plain,", ",,"))
    said = r"none of its 8 images has a label.*label it first: bench dataset prelabel set, then"
    with pytest.raises(InputError, match=said):
        api.run(Request(detectors=["toys:Good"], dataset="set"), "out")
    assert not Path("out").exists()


def test_a_detector_with_settings_of_ones_own_runs_in_a_worker(project: Path) -> None:
    shutil.copy(project / "toys.py", project / "only_here.py")  # no other test's folder has one
    spec = find("only_here:Good")
    shop = Calibration(
        detector="only_here:Good",
        target=spec.target,
        weights=weights_of(spec),
        slope=3.0,
        shift=1.0,
        threshold=0.2,
    )
    write_calibration(shop, project / "shop.json")
    run = api.run(
        Request(detectors=["only_here:Good", "only_here:Good+shop.json"], dataset="set", calls=0), "out"
    )
    plain, own = run.columns.detectors
    assert own.name == "only_here:Good+shop.json" and own.threshold == 0.2
    assert own.scores.tolist() == pytest.approx(shop.probability(plain.scores).tolist())
    assert "shop.json" in run.manifest.detectors["only_here:Good+shop.json"].files
    with (project / "only_here.py").open("a") as source:
        source.write("# another version")
    with pytest.raises(InputError, match="another version of 'only_here:Good'"):
        api.run(Request(detectors=["only_here:Good+shop.json"], dataset="set", calls=0), "again")


def test_names_and_paths_are_enough(project: Path) -> None:
    run = api.run("toys:Good, toys:Random", dataset=project / "set", out="out", timing=False, seed=4)
    assert run.manifest.request == Request(
        detectors=["toys:Good", "toys:Random"], dataset=str(project / "set"), calls=0, seed=4
    )


def test_a_keyword_that_nobody_knows_is_an_error(project: Path) -> None:
    with pytest.raises(TypeError, match="datset"):
        api.run("toys:Good", datset="set")
