"""``bench run`` on small sets with toy detectors: what it writes, what it prints, what it exits with."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from drawn_set import draw_set
from PIL import Image
from rich.console import Console
from sklearn import metrics
from toy_detectors import write_toys

from framejudge.bench.cli import main
from framejudge.bench.cli.terminal.progress_bar import shown_progress
from framejudge.bench.run import Run
from framejudge.bench.timing.station import REPEAT_TRIALS
from framejudge.bench.timing.timed import TimingPass
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.fingerprint import image_digest, images_fingerprint, labels_fingerprint
from framejudge.datasets.table.reading import read_dataset


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Bench = Callable[..., Outcome]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Bench:
    """Call the command line in a folder with toy detectors (``toys.py``) and a labelled set (``set``)."""
    write_toys(tmp_path)
    draw_set(tmp_path / "set")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.entry_point()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, *capfd.readouterr())

    return call


def names_in(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def measure(bench: Bench, detectors: str, *options: str, calls: int = 40) -> tuple[Outcome, Run]:
    """Run on ``set`` into ``out``; without a number of calls, without timing."""
    timing = ["--calls", str(calls)] if calls else ["--no-timing"]
    outcome = bench("run", "--detectors", detectors, "--dataset", "set", "--out", "out", *timing, *options)
    return outcome, Run.open("out")


def test_a_run_from_end_to_end(bench: Bench) -> None:
    outcome, run = measure(bench, "toys:Good,toys:Staged")
    assert (outcome.code, outcome.err) == (0, "")
    assert names_in("out") == [
        "images.parquet",
        "parts",
        "predictions.parquet",
        "report.html",
        "results.json",
        "run.json",
        "thumbnails.parquet",
        "timings.parquet",
    ]
    good = run.results.detectors["toys:Good"]
    assert good.status == "complete"
    assert good.accuracy.value == good.auc.value == 1.0
    assert good.accuracy.low is not None and 0.7 < good.accuracy.low < 1
    assert good.latency_ms is not None and good.latency_ms.calls == 40
    assert good.latency_ms.p50.low is not None and good.latency_ms.p99.value is None
    assert good.stages_ms is None
    staged = run.results.detectors["toys:Staged"]
    assert staged.stages_ms is not None and staged.stages_ms.infer.value
    (comparison,) = run.results.comparisons
    assert (comparison.a, comparison.b) == ("toys:Good", "toys:Staged")
    assert comparison.accuracy_difference.value == 0 and comparison.latency_ratio.value is not None


def test_predictions_have_a_row_per_image_and_detector(bench: Bench) -> None:
    _, run = measure(bench, "toys:Good,toys:Raising", calls=0)
    rows = run.predictions.to_pylist()
    assert len(rows) == 2 * 16
    assert rows[0] == {
        "path": "images/000.png",
        "group": "photo-0",
        "label": "framed",
        "detector": "toys:Good",
        "score": pytest.approx(220 / 255),
        "predicted": "framed",
        "error": None,
        "width": 32,
        "height": 24,
        "attribute.style": "style-0",
        **dict.fromkeys(
            f"{kind}_{side}" for kind in ("box", "true") for side in ("left", "top", "right", "bottom")
        ),
        "explanation": None,
    }
    raised = rows[17]
    assert (raised["score"], raised["predicted"]) == (None, None)
    assert raised["error"] == "ValueError: an odd corner"


def test_timings_have_a_row_per_call_and_stage_on_the_same_images(bench: Bench) -> None:
    _, run = measure(bench, "toys:Good,toys:Staged")
    timings = run.timings.to_pylist()
    paths = {
        name: [row["path"] for row in timings if row["detector"] == name and row["stage"] == "predict"]
        for name in ("toys:Good", "toys:Staged")
    }
    assert paths["toys:Good"] == paths["toys:Staged"] and len(paths["toys:Good"]) == 40
    stages = {(row["detector"], row["stage"]) for row in timings}
    assert ("toys:Staged", "prepare") in stages and ("toys:Good", "prepare") not in stages
    assert all(row["nanoseconds"] > 0 for row in timings)


def test_figures_are_those_of_scikit_learn(bench: Bench) -> None:
    _, run = measure(bench, "toys:Random", calls=0)
    rows = run.predictions.to_pylist()
    labels = [row["label"] == "framed" for row in rows]
    scores = [row["score"] for row in rows]
    result = run.results.detectors["toys:Random"]
    assert result.auc.value == pytest.approx(metrics.roc_auc_score(labels, scores))
    assert result.brier.value == pytest.approx(metrics.brier_score_loss(labels, scores))
    assert result.threshold_source == "default"
    assert any("toys:Random brings no threshold" in warning for warning in run.results.warnings)
    assert ("FJ201", "toys:Random") in [(one.code, one.about) for one in run.results.notices]


def test_the_set_is_described_and_fingerprinted(bench: Bench) -> None:
    _, run = measure(bench, "toys:Good", calls=0)
    dataset = read_dataset("set")
    digests = [(one.path, image_digest(decode_image(dataset.locate(one)))) for one in dataset]
    summary = run.results.dataset
    assert summary.images_fingerprint == run.manifest.images_fingerprint == images_fingerprint(digests)
    assert summary.labels_fingerprint == run.manifest.labels_fingerprint == labels_fingerprint(dataset)
    assert (summary.images, summary.framed, summary.plain, summary.groups) == (16, 8, 8, 16)


def test_the_record_says_what_was_asked_with_which_files(bench: Bench) -> None:
    _, run = measure(bench, "toys:Good", "--seed", "5", calls=30)
    assert run.manifest.request.seed == 5 and run.manifest.request.calls == 30
    assert run.manifest.argv[:4] == ["bench", "run", "--detectors", "toys:Good"]
    assert run.manifest.finished is not None
    assert list(run.manifest.detectors["toys:Good"].files) == ["toys.py"]
    environment = run.results.environment
    assert environment["timing.OPENCV_FOR_THREADS_NUM"] == "1"
    assert {"timer_resolution_ns", "timed_region_error_us", "overhead_per_call_us"} <= set(environment)


def test_slices_follow_the_attributes(bench: Bench) -> None:
    _, run = measure(bench, "toys:Good", calls=0)
    assert [(one.attribute, one.value, one.images) for one in run.results.slices] == [
        ("style", "style-0", 8),
        ("style", "style-1", 8),
    ]
    assert [one.accuracy.value for one in run.results.slices] == [1.0, 1.0]


def test_grouped_images_get_a_clustered_interval(bench: Bench, tmp_path: Path) -> None:
    draw_set(tmp_path / "grouped", images_a_group=4)
    bench("run", "--detectors", "toys:Random", "--dataset", "grouped", "--out", "out", "--no-timing")
    accuracy = Run.open("out").results.detectors["toys:Random"].accuracy
    assert accuracy.n == 4  # groups, not the 16 images


def test_mistakes_become_thumbnails(bench: Bench) -> None:
    _, run = measure(bench, "toys:Random,toys:Good", calls=0)
    wrong = {
        row["path"]
        for row in run.predictions.to_pylist()
        if row["detector"] == "toys:Random" and row["predicted"] != row["label"]
    }
    assert wrong and wrong <= set(run.thumbnails["path"].to_pylist())
    assert all(jpeg.startswith(b"\xff\xd8") for jpeg in run.thumbnails["jpeg"].to_pylist())


def test_errors_of_single_images_do_not_change_the_exit_code(bench: Bench) -> None:
    outcome, run = measure(bench, "toys:Raising,toys:Good", calls=0)
    assert outcome.code == 0
    raising = run.results.detectors["toys:Raising"]
    assert len(raising.errors) == 8 and raising.errors[0].message == "ValueError: an odd corner"
    assert raising.confusion is not None and raising.confusion.tn + raising.confusion.fn == 8
    assert "toys:Raising gave no score for 8 images" in outcome.out


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("toys:Crashing", "SIGSEGV"),
        ("toys:Leaving", "exited with code 7"),
        ("toys:Unloadable", "no weights here"),
        ("toys:OutOfRange", "no image got a score: its score "),
    ],
)
def test_a_detector_that_fails_leaves_the_others_complete(bench: Bench, name: str, reason: str) -> None:
    outcome, run = measure(bench, f"{name},toys:Good", calls=20)
    assert outcome.code == 3
    failed = run.results.detectors[name]
    assert failed.status == "failed" and reason in (failed.failure or "")
    assert failed.accuracy.reason == "the detector failed"
    good = run.results.detectors["toys:Good"]
    assert good.status == "complete" and good.accuracy.value == 1.0 and good.latency_ms is not None
    assert f"failed: {name}" in outcome.out
    assert run.results.comparisons == []
    assert Path("out/report.html").is_file()


def test_a_detector_that_takes_too_long_fails(bench: Bench) -> None:
    outcome, run = measure(bench, "toys:Hanging", "--timeout", "0.2", calls=0)
    assert outcome.code == 3
    assert run.results.detectors["toys:Hanging"].failure == "load did not end within 0.2 s"
    # Nobody scored its images, and the set is fingerprinted all the same.
    assert len(run.results.dataset.images_fingerprint) == 64 and run.results.unreadable == []


def test_a_detector_that_fails_only_when_timed_keeps_its_quality(bench: Bench) -> None:
    if len(os.sched_getaffinity(0)) == 1:
        pytest.skip("the toy tells the two passes apart by the number of cores")
    outcome, run = measure(bench, "toys:TimedOnly,toys:Good")
    assert outcome.code == 3
    result = run.results.detectors["toys:TimedOnly"]
    assert result.status == "failed" and (result.failure or "").startswith("while it was timed: ")
    assert result.accuracy.value == 1.0
    assert run.results.detectors["toys:Good"].status == "complete"


def test_unreadable_images_are_listed_once_and_the_run_goes_on(bench: Bench) -> None:
    Path("set/images/003.png").write_bytes(b"not an image")
    Path("set/images/012.png").unlink()
    outcome, run = measure(bench, "toys:Good,toys:Random")
    assert outcome.code == 0
    assert [(one.path, one.stage) for one in run.results.unreadable] == [
        ("images/003.png", "decode"),
        ("images/012.png", "decode"),
    ]
    assert run.results.dataset.unreadable == 2
    good = run.results.detectors["toys:Good"]
    assert good.errors == [] and good.accuracy.n == 14
    row = run.predictions.to_pylist()[3]
    assert row["score"] is None and row["width"] is None and row["error"] == run.results.unreadable[0].message
    assert "FJ304 unreadable-images: 2 images cannot be read" in outcome.out


def test_a_set_without_any_readable_image_has_figures_that_say_so(bench: Bench) -> None:
    for path in Path("set/images").iterdir():
        path.write_bytes(b"")
    outcome, run = measure(bench, "toys:Good")
    assert outcome.code == 0
    result = run.results.detectors["toys:Good"]
    assert result.accuracy.reason == "no image has both a label and a score"
    assert result.latency_ms is None and len(run.results.unreadable) == 16


def test_with_one_class_figures_that_need_two_are_null_with_a_reason(bench: Bench, tmp_path: Path) -> None:
    draw_set(tmp_path / "one", plain=0)
    bench("run", "--detectors", "toys:Good,toys:Random", "--dataset", "one", "--out", "out", "--no-timing")
    results = Run.open("out").results
    good = results.detectors["toys:Good"]
    assert good.accuracy.value == good.recall.value == 1.0
    for figure in (good.auc, good.balanced_accuracy, good.precision, good.f1, good.specificity):
        assert figure.value is None and "no plain image" in (figure.reason or "")
    assert results.comparisons[0].auc_difference.value is None
    assert results.comparisons[0].accuracy_difference.value is not None


def test_unlabelled_images_are_counted_and_not_scored(bench: Bench) -> None:
    table = Path("set/labels.csv")
    table.write_text(table.read_text().replace("images/002.png,framed", "images/002.png,"))
    _, run = measure(bench, "toys:Good", calls=0)
    assert (run.results.dataset.images, run.results.dataset.unlabelled) == (16, 1)
    assert run.results.detectors["toys:Good"].accuracy.n == 15
    row = run.predictions.to_pylist()[2]
    assert (row["label"], row["score"], row["error"], row["width"]) == (None, None, None, 32)


def test_prevalence_reweights_accuracy_and_precision(bench: Bench) -> None:
    _, own = measure(bench, "toys:Random", calls=0)
    _, rare = measure(bench, "toys:Random", "--prevalence", "0.01", "--force", calls=0)
    result, plain = (run.results.detectors["toys:Random"] for run in (rare, own))
    recall, specificity = result.recall.value, result.specificity.value
    assert recall is not None and specificity is not None
    assert result.accuracy.value == pytest.approx(0.01 * recall + 0.99 * specificity)
    assert (result.recall, result.auc) == (plain.recall, plain.auc)
    assert rare.manifest.request.prevalence == 0.01


@pytest.mark.parametrize("name", ["white space.png", "quo\"te's.png", "ünïcödé 框.png", "<script>x<.png"])
def test_any_file_name_will_do(bench: Bench, tmp_path: Path, name: str) -> None:
    for label in ("framed", "plain"):
        (tmp_path / "folders" / label).mkdir(parents=True)
        Image.fromarray(np.full((8, 8, 3), 90, np.uint8)).save(tmp_path / "folders" / label / name)
    outcome = bench("run", "--detectors", "toys:Good", "--dataset", "folders", "--out", "out", "--calls", "4")
    assert outcome.code == 0
    run = Run.open("out")
    assert {f"framed/{name}", f"plain/{name}"} == set(run.predictions["path"].to_pylist())
    assert set(run.timings["path"].to_pylist()) <= {f"framed/{name}", f"plain/{name}"}


def test_an_output_folder_is_replaced_only_by_force(bench: Bench) -> None:
    _, first = measure(bench, "toys:Good", calls=0)
    again = bench("run", "--detectors", "toys:Random", "--dataset", "set", "--out", "out", "--no-timing")
    assert again.code == 2 and "--force" in again.err and again.err.count("\n") == 1
    assert Run.open("out").results == first.results
    forced, run = measure(bench, "toys:Random", "--force", calls=0)
    assert forced.code == 0 and list(run.results.detectors) == ["toys:Random"]


def test_force_does_not_touch_a_folder_that_holds_no_run(bench: Bench) -> None:
    Path("mine").mkdir()
    Path("mine/run.json").write_text('{"name": "my own file"}')
    outcome = bench("run", "--detectors", "toys:Good", "--dataset", "set", "--out", "mine", "--force")
    assert outcome.code == 2 and "no run.json of a run" in outcome.err
    assert names_in("mine") == ["run.json"]


def test_without_out_a_run_gets_a_folder_of_its_own(bench: Bench) -> None:
    outcomes = [bench("run", "--detectors", "toys:Good", "--dataset", "set", "--no-timing") for _ in range(2)]
    folders = sorted(Path("runs").iterdir())
    assert [one.code for one in outcomes] == [0, 0] and len(folders) == 2
    assert all(str(folder) in "".join(one.out for one in outcomes) for folder in folders)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--detectors", "cany", "--dataset", "set"], "did you mean 'canny'?"),
        (["--detectors", ",", "--dataset", "set"], "no detector given"),
        (["--detectors", "toys:Good,toys:Good", "--dataset", "set"], "given twice"),
        (["--detectors", "toys:Good", "--dataset", "nowhere"], "no such folder"),
        (["--detectors", "toys:Good", "--dataset", "set", "--threads", "4096"], "--threads"),
        (["--detectors", "toys:Good", "--dataset", "set", "--prevalence", "1.5"], "--prevalence"),
        (["--detectors", "toys:Good", "--dataset", "set", "--timeout", "0"], "--timeout"),
        (["--detectors", "toys:Good", "--dataset", "set", "--calls", "0"], "--calls"),
        (["--dataset", "set"], "--detectors"),
        (["--detectors", "toys:Good", "--dataset", "set", "--out", "set/labels.csv"], "a file is in the way"),
        (["--detectors", "toys:Good", "--dataset", "set", "--out", "toys.py/below"], "cannot be written"),
    ],
)
def test_wrong_usage_is_one_line_and_leaves_nothing(bench: Bench, options: list[str], said: str) -> None:
    before = names_in(".")
    outcome = bench("run", *options)
    assert outcome.code == 2
    assert said in outcome.err and outcome.err.count("\n") == 1 and outcome.out == ""
    assert names_in(".") == before


def test_an_interrupted_run_keeps_what_it_had(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> TimingPass:
        raise KeyboardInterrupt

    monkeypatch.setattr("framejudge.bench.engine.running.time_in_turns", interrupted)
    outcome = bench("run", "--detectors", "toys:Good", "--dataset", "set", "--out", "out")
    assert outcome.code == 130 and "interrupted" in outcome.err
    assert names_in("out") == ["parts", "predictions.parquet", "run.json"]
    assert outcome.err == "interrupted; go on with: bench run --resume out\n"
    assert json.loads(Path("out/run.json").read_text())["finished"] is None


def test_ctrl_c_ends_a_busy_detector_and_exits_with_130(bench: Bench, tmp_path: Path) -> None:
    os.mkfifo("alive")
    # Whoever starts the tests in the background of a shell has them ignore Ctrl-C, and so would the command.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{heeding}; from framejudge.bench.cli.main import entry_point; entry_point()"
    command = [sys.executable, "-c", start]
    options = ["run", "--detectors", "toys:Alone", "--dataset", "set", "--out", "out"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE) as running:
        with Path("alive").open("rb") as alive:  # waits until the detector is loaded and opens its end
            running.send_signal(signal.SIGINT)
            assert alive.read() == b""  # waits until nobody holds the other end
        assert running.wait() == 130
        assert running.stderr is not None and running.stderr.read().count(b"\n") == 1
    assert names_in("out") == ["parts", "run.json"]


def test_a_terminal_gets_a_progress_bar() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80)
    with shown_progress(console) as progress:
        progress.begin("scoring [canny]", 10)
        progress.advance(4)
    assert "scoring [canny]" in screen.getvalue() and "4/10" in screen.getvalue()


def test_a_detector_that_answers_by_the_order_of_calls_is_found(bench: Bench) -> None:
    outcome, run = measure(bench, "toys:ByOrder,toys:Good")
    by_order, good = (run.results.detectors[name].repeat_check for name in ("toys:ByOrder", "toys:Good"))
    assert by_order is not None and (by_order.score_spread or 0) > 0.5
    assert good is not None and good.score_spread == 0 and good.speedup_seen.n == REPEAT_TRIALS
    assert "toys:ByOrder gives the same image scores that are up to" in outcome.out
    assert "toys:Good gives the same image" not in outcome.out


def test_the_table_fits_into_a_hundred_columns_of_plain_text(bench: Bench) -> None:
    outcome, _ = measure(bench, "toys:Good,toys:Random,toys:Batched", calls=400)
    table = [line for line in outcome.out.splitlines() if not line.startswith("warning")]
    assert "\x1b" not in outcome.out
    assert max(map(len, table)) <= 100
    assert any("1.000 [" in line for line in table)
    assert table[-1] == "report: out/report.html"


def test_a_detector_that_prints_and_moves_elsewhere_disturbs_nothing(bench: Bench) -> None:
    outcome, run = measure(bench, "toys:Chatty", calls=10)
    assert (outcome.code, outcome.err) == (0, "") and "hello" not in outcome.out
    chatty = run.results.detectors["toys:Chatty"]
    assert chatty.accuracy.n == 16 and chatty.latency_ms is not None and chatty.latency_ms.calls == 10


def test_a_generated_set_is_called_no_evidence(bench: Bench) -> None:
    Path("set/dataset.json").write_text('{"name": "drawn", "generated": true}')
    outcome, run = measure(bench, "toys:Good", calls=0)
    assert run.results.dataset.generated and run.results.dataset.name == "drawn"
    assert "no evidence about anyone's shop" in outcome.out


def test_canny_alone_never_imports_tensorflow(bench: Bench, tmp_path: Path) -> None:
    """A module called tensorflow, found before the real one, tells when parent or worker import it."""
    (tmp_path / "tensorflow.py").write_text("open('imported', 'w').close()\n")
    script = (
        "import sys\n"
        "from framejudge.bench.cli.main import app\n"
        "code = app(sys.argv[1:], standalone_mode=False)\n"
        "assert 'framejudge.bench.engine.running' in sys.modules and 'tensorflow' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    options = ["run", "--detectors", "canny", "--dataset", "set", "--out", "out", "--calls", "5"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script, *options], check=True, env=environment)
    assert Run.open("out").results.detectors["canny"].status == "complete"
    assert not Path("imported").exists()


def test_a_run_imports_no_statistics_package_that_it_can_do_without() -> None:
    script = (
        "import sys, framejudge.bench.engine.running, framejudge.reports.page.report; print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-P", "-c", script], check=True, capture_output=True, text=True)
    loaded = set(said.stdout.split())
    assert "framejudge.bench.engine.running" in loaded
    assert loaded.isdisjoint(
        {"statsmodels", "sklearn", "scipy.stats", "scipy.signal", "tensorflow", "skimage"}
    )
