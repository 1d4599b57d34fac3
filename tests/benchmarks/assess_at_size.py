"""Metrics, slices, comparison and report of made-up tables of a million rows and more: time and memory.

    python tests/benchmarks/assess_at_size.py --images 1000000
    python tests/benchmarks/assess_at_size.py --images 10000000 --in-group 1

Two detectors, twenty slices (four attributes of five values), four images a group. Each step runs in a
process of its own, so that its peak memory is its own: writing the table, reading it and computing all
figures, comparing the run with itself, making the report: what a person waits for once the scores are there.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from made.run import ENVIRONMENT, FINGERPRINT, STARTED, _manifest

from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.run import Request, Run, folder, tables
from framejudge.bench.run.columns import Answers, Categories, Columns
from framejudge.bench.run.predictions import predictions_table, read_columns

DETECTORS = ("canny", "cnn")
ATTRIBUTES, VALUES = 4, 5
STEPS = ("write", "assess", "compare", "report")


def made_up(images: int, in_group: int) -> Columns:
    """Return images in groups whose mistakes come together; canny is weaker on one slice."""
    random = np.random.default_rng(7)
    groups = np.arange(images) // in_group
    framed = random.random(images) < 0.5
    hard = random.standard_normal(groups[-1] + 1)[groups] * 0.5
    values = pa.array([f"value {k}" for k in range(VALUES)])
    attributes = {
        f"attribute {a}": Categories(random.integers(VALUES, size=images, dtype=np.int32), values)
        for a in range(ATTRIBUTES)
    }
    weak = attributes["attribute 0"].codes == 0
    answers = []
    for name, skill in zip(DETECTORS, (1.6, 2.0), strict=True):
        noise = random.standard_normal(images) * np.sqrt(0.75) + hard
        margin = (skill - 0.1 * (weak & (name == "canny"))) * np.where(framed, 1, -1) + noise
        answers.append(Answers(name, 1 / (1 + np.exp(-margin)), threshold_source="tuned"))
    return Columns(
        paths=pa.array([f"shop/{k // 1000:05}/{k:09}.jpg" for k in range(images)]),
        labels=framed.astype(np.int8),
        groups=Categories(
            groups.astype(np.int32), pa.array([f"photo-{k:08}" for k in range(groups[-1] + 1)])
        ),
        sizes=np.full((images, 2), 300, dtype=np.int32),
        true_boxes=np.full((images, 4), np.nan),
        located=np.zeros(images, dtype=bool),
        attributes=attributes,
        detectors=tuple(answers),
    )


def write(place: Path, images: int, in_group: int) -> None:
    """Write the run's table and what stands beside it, with figures yet to be computed."""
    place.mkdir(parents=True)
    request = Request(detectors=list(DETECTORS), calls=0)
    folder.write_manifest(place, _manifest(request, FINGERPRINT, ENVIRONMENT, STARTED, {}))
    folder.write_timings(place, tables.TIMINGS.empty_table())
    folder.write_thumbnails(place, tables.THUMBNAILS.empty_table())
    folder.write_predictions(place, predictions_table(made_up(images, in_group)))


def compute(place: Path) -> None:
    """Read the table and compute every figure, as judging a stored run again does."""
    columns = read_columns(pq.read_table(place / folder.PREDICTIONS_FILE))
    columns = replace(columns, detectors=tuple(replace(one, threshold=0.5) for one in columns.detectors))
    measured = Measured(
        name="made up",
        generated=False,
        images_fingerprint=FINGERPRINT,
        labels_fingerprint="a1" * 32,
        performances={},
    )
    folder.write_results(place, assess(columns, measured, Request(detectors=list(DETECTORS))))


def compare(place: Path) -> None:
    """Compare the run with itself, paired."""
    from framejudge.bench.compare.runs import compare_runs

    compare_runs(Run.open(place), Run.open(place))


def report(place: Path) -> None:
    """Write report.html."""
    from framejudge.reports.page.report import write_report

    write_report(place)


def step(name: str, place: Path, images: int, in_group: int) -> None:
    """Run one step and print what it cost."""
    start, start_cpu = perf_counter(), process_time()
    if name == "write":
        write(place, images, in_group)
    else:
        {"assess": compute, "compare": compare, "report": report}[name](place)
    said = {
        "wall_s": round(perf_counter() - start, 1),
        "cpu_s": round(process_time() - start_cpu, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }
    print(json.dumps(said))


def main() -> None:
    """Run every step in a process of its own and print what each costs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--in-group", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="Leave the run there.")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step(given.step, given.keep, given.images, given.in_group)
        return
    with tempfile.TemporaryDirectory() as scratch:
        place = given.keep or Path(scratch) / "run"
        for name in STEPS:
            arguments = [
                "--images",
                given.images,
                "--in-group",
                given.in_group,
                "--keep",
                place,
                "--step",
                name,
            ]
            said = subprocess.run(
                [sys.executable, __file__, *map(str, arguments)],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            print(f"{name}: {said.stdout.strip()}", flush=True)
        size = (place / folder.REPORT_FILE).stat().st_size / 1e6
        print(f"report.html: {size:.1f} MB")


if __name__ == "__main__":
    main()
