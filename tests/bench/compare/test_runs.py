"""``bench compare``: two stored runs on the same images, paired."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pytest
from made.run import edit_results
from made.small_run import write_made_run
from statsmodels.stats.contingency_tables import mcnemar

from framejudge.bench.cli import main
from framejudge.bench.cli.compare import compare
from framejudge.bench.compare.runs import compare_runs
from framejudge.bench.run import Run, folder
from framejudge.bench.run.comparison import DetectorChange, RunComparison
from framejudge.bench.run.results import DetectorResult, Scalar
from framejudge.bench.statistics.paired import holm
from framejudge.datasets.errors import InputError

Row = dict[str, Any]


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    return write_made_run(tmp_path / "before"), write_made_run(tmp_path / "after")


def edit_rows(place: Path, edit: Callable[[Row], Row]) -> None:
    table = Run.open(place).predictions
    folder.write_predictions(
        place, pa.Table.from_pylist([edit(row) for row in table.to_pylist()], table.schema)
    )


def alone(place: Path) -> None:
    """Give every image a group of its own: the published formulas hold then."""
    edit_rows(place, lambda row: {**row, "group": row["path"]})


def edit_environment(place: Path, **facts: Scalar) -> None:
    results = Run.open(place).results
    folder.write_results(place, replace(results, environment={**results.environment, **facts}))


def edit_detectors(
    place: Path, edit: Callable[[Mapping[str, DetectorResult]], dict[str, DetectorResult]]
) -> None:
    results = Run.open(place).results
    edit_results(place, detectors=edit(results.detectors))


def compared(runs: tuple[Path, Path]) -> RunComparison:
    return compare_runs(Run.open(runs[0]), Run.open(runs[1]))


def change_of(comparison: RunComparison, name: str) -> DetectorChange:
    return next(one for one in comparison.detectors if one.detector == name)


def canny_is_perfect(row: Row) -> Row:
    return {**row, "score": float(row["label"] == "framed")} if row["detector"] == "canny" else row


def test_a_run_against_itself_shows_no_change(runs: tuple[Path, Path]) -> None:
    comparison = compared(runs)
    assert comparison.flips == [] and comparison.environment == [] and comparison.labels_changed == 0
    assert [one.detector for one in comparison.detectors] == ["canny", "cnn", "mine:Broken"]
    for name in ("canny", "cnn"):
        one = change_of(comparison, name)
        assert one.verdict == "no change shown" and one.images == 60
        assert one.accuracy_difference.value == 0 and one.mcnemar_p.value == 1
        assert one.latency_ratio.value == 1 and one.latency_ratio.low is None
        assert "advice" in (one.latency_ratio.reason or "") and one.files_changed is False
    broken = change_of(comparison, "mine:Broken")
    assert broken.verdict == "not judged" and broken.images == 0 and broken.accuracy_difference.reason
    assert broken.files_changed is None and broken.latency_ratio.value is None


@pytest.mark.parametrize(
    ("hashed", "said"), [("module", None), ("sources", True)], ids=["hashed another way", "hashed alike"]
)
def test_other_files_are_said_where_both_runs_hashed_them_alike(
    runs: tuple[Path, Path], hashed: Literal["module", "sources"], said: bool | None
) -> None:
    for place, way, files in (
        (runs[0], hashed, {"canny/rules.py": "1"}),
        (runs[1], "sources", {"canny/rules.py": "2"}),
    ):
        manifest = Run.open(place).manifest
        canny = replace(manifest.detectors["canny"], hashed=way, files=files)
        folder.write_manifest(place, replace(manifest, detectors={**manifest.detectors, "canny": canny}))
    assert change_of(compared(runs), "canny").files_changed is said


def test_what_got_better_is_what_mcnemar_says(runs: tuple[Path, Path]) -> None:
    for place in runs:
        alone(place)
    edit_rows(runs[1], canny_is_perfect)
    comparison = compared(runs)
    canny = change_of(comparison, "canny")
    before = [row for row in Run.open(runs[0]).predictions.to_pylist() if row["detector"] == "canny"]
    wrong = sum(row["predicted"] not in (row["label"], None) for row in before)
    assert wrong >= 8 and (canny.fixed, canny.regressed) == (wrong, 0)
    assert canny.accuracy_before.value == pytest.approx(1 - wrong / 60) and canny.accuracy_after.value == 1
    assert canny.accuracy_difference.value == pytest.approx(wrong / 60)
    assert canny.accuracy_difference.low is not None and canny.accuracy_difference.low > 0
    alone_p = float(mcnemar([[0, wrong], [0, 0]], exact=True).pvalue)
    assert canny.mcnemar_p.value == pytest.approx(holm([alone_p, 1.0])[0])
    assert canny.mcnemar_p.method == "mcnemar-exact, Holm over 2"
    assert canny.verdict == "better" and change_of(compared(runs[::-1]), "canny").verdict == "worse"
    assert change_of(comparison, "cnn").verdict == "no change shown"


def test_repeated_groups_get_the_clustered_test(runs: tuple[Path, Path]) -> None:
    edit_rows(runs[1], canny_is_perfect)
    canny = change_of(compared(runs), "canny")
    assert canny.mcnemar_p.method.startswith("clustered-mcnemar-exact") and canny.mcnemar_p.n == 30


def test_flips_are_listed_with_what_they_did(runs: tuple[Path, Path]) -> None:
    def turned(row: Row) -> Row:
        known = {"framed/000.jpg": 0.9, "plain/001.jpg": 0.9, "framed/002.jpg": 0.1}
        return {**row, "score": known[row["path"]]} if row["path"] in known else row

    def opposite(row: Row) -> Row:
        turned_row = turned(row)
        return {**row, "score": 1 - turned_row["score"]} if turned_row is not row else row

    def only_canny(edit: Callable[[Row], Row]) -> Callable[[Row], Row]:
        return lambda row: edit(row) if row["detector"] == "canny" else row

    edit_rows(runs[0], only_canny(turned))
    edit_rows(runs[1], only_canny(opposite))
    edit_rows(runs[1], lambda row: {**row, "label": None} if row["path"] == "framed/002.jpg" else row)
    comparison = compared(runs)
    assert [(one.effect, one.path, one.label) for one in comparison.flips] == [
        ("regressed", "framed/000.jpg", "framed"),
        ("fixed", "plain/001.jpg", "plain"),
        ("unlabelled", "framed/002.jpg", None),
    ]
    first = comparison.flips[0]
    assert (first.predicted_before, first.predicted_after) == ("framed", "plain")
    assert (first.score_before, first.score_after) == (0.9, pytest.approx(0.1))
    canny = change_of(comparison, "canny")
    assert (canny.fixed, canny.regressed, canny.images) == (1, 1, 59)


def test_images_with_one_score_only_are_left_out_and_counted(runs: tuple[Path, Path]) -> None:
    edit_rows(
        runs[1],
        lambda row: (
            {**row, "score": None, "error": "it broke"}
            if (row["detector"], row["path"]) in {("cnn", "framed/000.jpg"), ("cnn", "plain/001.jpg")}
            else row
        ),
    )
    cnn = change_of(compared(runs), "cnn")
    assert (cnn.images, cnn.only_before, cnn.only_after) == (58, 2, 0)


def test_other_images_are_refused(runs: tuple[Path, Path]) -> None:
    results = Run.open(runs[1]).results
    other = replace(results.dataset, name="mine", images_fingerprint="77" * 32)
    edit_results(runs[1], dataset=other)
    with pytest.raises(InputError, match=r"not on the same images.*'built-in'.*3f3f3f3f3f3f.*'mine'"):
        compared(runs)


def test_runs_without_a_detector_in_common_are_refused(runs: tuple[Path, Path]) -> None:
    edit_detectors(runs[0], lambda detectors: {"canny": detectors["canny"]})
    edit_detectors(runs[1], lambda detectors: {"cnn": detectors["cnn"]})
    with pytest.raises(InputError, match="no detector is in both runs: canny and cnn"):
        compared(runs)


def test_detectors_of_one_run_only_are_named(runs: tuple[Path, Path]) -> None:
    edit_detectors(runs[1], lambda detectors: {"cnn": detectors["cnn"]})
    comparison = compared(runs)
    assert [one.detector for one in comparison.detectors] == ["cnn"]
    assert comparison.missing_after == ["canny", "mine:Broken"] and comparison.missing_before == []


def test_other_labels_are_told_and_those_of_the_second_run_judge_both(runs: tuple[Path, Path]) -> None:
    edit_rows(runs[1], lambda row: {**row, "label": "plain"} if row["path"] == "framed/000.jpg" else row)
    results = Run.open(runs[1]).results
    edit_results(runs[1], dataset=replace(results.dataset, labels_fingerprint="b2" * 32))
    comparison = compared(runs)
    assert comparison.labels_changed == 1
    assert any("1 images have another label" in text for text in comparison.warnings)
    assert "FJ601" in [one.code for one in comparison.notices]
    canny = change_of(comparison, "canny")
    assert canny.accuracy_before == canny.accuracy_after
    assert canny.accuracy_after.value == pytest.approx(_accuracy(runs[1], "canny"))


def _accuracy(place: Path, name: str) -> float:
    predictions = Run.open(place).predictions.to_pylist()
    rows = [row for row in predictions if row["detector"] == name and row["score"] is not None]
    return float(np.mean([(row["score"] >= 0.5) == (row["label"] == "framed") for row in rows]))


def test_each_run_is_judged_at_its_own_threshold(runs: tuple[Path, Path]) -> None:
    edit_detectors(
        runs[1], lambda detectors: {**detectors, "cnn": replace(detectors["cnn"], threshold=0.999999)}
    )
    cnn = change_of(compared(runs), "cnn")
    assert (cnn.threshold_before, cnn.threshold_after) == (0.5, 0.999999)
    assert cnn.auc_difference.value == 0 and (cnn.accuracy_difference.value or 0) < 0
    assert cnn.regressed > 0


def test_two_machines_have_no_latency_ratio(runs: tuple[Path, Path]) -> None:
    edit_environment(runs[1], cpu="Another CPU @ 4GHz", load_average_before=9.0)
    comparison = compared(runs)
    assert [one.name for one in comparison.environment] == ["cpu"]
    ratio = change_of(comparison, "canny").latency_ratio
    assert ratio.value is None and ratio.reason == "measured on two machines: other cpu"


def test_other_versions_of_libraries_are_told(runs: tuple[Path, Path]) -> None:
    edit_environment(runs[0], **{"version.opencv-python": "4.9"})
    edit_environment(runs[1], **{"version.opencv-python": "5.0"})
    comparison = compared(runs)
    assert change_of(comparison, "canny").latency_ratio.value == 1
    assert any("other versions of opencv-python" in text for text in comparison.warnings)
    assert "FJ603" in [one.code for one in comparison.notices]


def call(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.entry_point()
    out, err = capfd.readouterr()
    return (ended.value.code if isinstance(ended.value.code, int) else 0), out, err


def test_the_command_prints_a_table_and_writes_files(
    runs: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    edit_rows(runs[1], canny_is_perfect)
    monkeypatch.chdir(tmp_path)
    code, out, err = call(
        monkeypatch, capfd, "compare", "before", "after", "--csv", "flips.csv", "--json", "all.json"
    )
    assert (code, err) == (0, "")
    canny = change_of(compared(runs), "canny")
    line = next(line for line in out.splitlines() if line.startswith("canny "))
    assert "-> 1.000" in line and line.rstrip().endswith(canny.verdict)
    assert f"60 images compared, {canny.fixed} fixed, 0 regressed" in out and "advice" in out
    assert all(len(line) <= 100 for line in out.splitlines()[:8])
    with Path("flips.csv").open(encoding="utf-8", newline="") as file:
        flips = list(csv.DictReader(file))
    assert len(flips) == canny.fixed and {row["effect"] for row in flips} == {"fixed"}
    content = json.loads(Path("all.json").read_text(encoding="utf-8"))
    assert content["schema"] == "framejudge/comparison/1"
    assert content["detectors"][0]["accuracy_difference"]["value"] == canny.accuracy_difference.value


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("before", "nowhere"), "there is no such folder"),
        (("before",), "AFTER"),
        (("before", "after", "--csv", "nowhere/flips.csv"), "cannot be written"),
    ],
)
def test_wrong_usage_is_one_line(
    runs: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call(monkeypatch, capfd, "compare", *arguments)
    assert code == 2 and said in err and err.count("\n") == 1


def test_no_change_shown_comes_with_the_images_that_would_show_it(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for place in runs:
        alone(place)
    edit_rows(runs[1], lambda row: {**row, "score": 0.99} if row["path"] == "plain/001.jpg" else row)
    changed = change_of(compared(runs), "cnn")
    assert changed.verdict == "no change shown"
    assert changed.images_to_tell is not None and changed.images_to_tell > 60
    compare(*runs)
    said = capsys.readouterr().out
    assert f"bench plan {runs[1]} {runs[0]} --difference" in said
    assert "would need about" in said
