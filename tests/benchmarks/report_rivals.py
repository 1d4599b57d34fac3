"""Our report beside the HTML that Evidently and Deepchecks save, on the same scores: size, time, requests.

    python tests/benchmarks/report_rivals.py data DIR            # a made run, our report, scores.csv
    tox -e rival-evidently -- DIR                                # each rival in an environment of its own
    tox -e rival-deepchecks -- DIR
    python tests/benchmarks/report_rivals.py measure DIR         # opens every DIR/*.html in Chromium

A page counts as usable when it has loaded and its last long task is done (a second without one follows), by
the page's own clock. Requests are those that the page makes to anything but the file itself.
"""

from __future__ import annotations

import csv
import os
import shutil
import statistics
import sys
import time
import warnings
from pathlib import Path
from typing import Any

IMAGES, DETECTORS = 1_000, 2
OPENINGS = 5
SCORES_FILE = "scores.csv"
QUIET_S = 1.0

LONG_TASKS = """
window.lastLongTask = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) lastLongTask = Math.max(lastLongTask, task.startTime + task.duration);
}).observe({ type: "longtask", buffered: true });
"""
USABLE = "Math.max(lastLongTask, performance.getEntriesByType('navigation')[0].loadEventEnd)"


def make_data(place: Path) -> None:
    """Write a made run with our report, and the scores of its detectors as CSV."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from made.review_run import write_review_run

    from framejudge.reports.page.report import write_report

    place.mkdir(parents=True, exist_ok=True)
    run = write_review_run(place / "run", images=IMAGES, detectors=DETECTORS, thumbnails=0)
    shutil.copy(write_report(run), place / "framejudge.html")
    from framejudge.bench.run import Run

    table = Run.open(run).predictions.to_pylist()
    with (place / SCORES_FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("detector", "framed", "score", "width", "height", "style", "source"))
        for row in table:
            attributes = (row["attribute.style"], row["attribute.source"])
            framed = int(row["label"] == "framed")
            if row["score"] is not None:
                writer.writerow(
                    (row["detector"], framed, row["score"], row["width"], row["height"], *attributes)
                )


def _read(place: Path) -> dict[str, Any]:
    """Return the scores as a data frame a detector."""
    import pandas as pd

    table = pd.read_csv(place / SCORES_FILE)
    table["predicted"] = (table["score"] >= 0.5).astype(int)
    return {str(name): part.drop(columns="detector") for name, part in table.groupby("detector")}


def write_evidently(place: Path) -> None:
    """Save Evidently's classification preset for the first detector."""
    from evidently import BinaryClassification, DataDefinition, Dataset, Report
    from evidently.presets import ClassificationPreset, DataSummaryPreset

    scores = next(iter(_read(place).values()))
    task = BinaryClassification(
        target="framed", prediction_labels="predicted", prediction_probas="score", pos_label=1
    )
    definition = DataDefinition(classification=[task], categorical_columns=["style", "source"])
    data = Dataset.from_pandas(scores, data_definition=definition)
    report = Report([ClassificationPreset(), DataSummaryPreset()]).run(data, None)
    report.save_html(str(place / "evidently.html"))


def write_deepchecks(place: Path) -> None:
    """Save Deepchecks' model evaluation for the first detector, train and test a half each."""
    import numpy as np
    from deepchecks.tabular import Dataset
    from deepchecks.tabular.suites import model_evaluation

    scores = next(iter(_read(place).values())).reset_index(drop=True)
    halves = [scores[scores.index % 2 == part].reset_index(drop=True) for part in (0, 1)]
    features = ["width", "height", "style", "source"]
    sets = [
        Dataset(half[[*features, "framed"]], label="framed", cat_features=["style", "source"])
        for half in halves
    ]
    said = [half["predicted"].to_numpy() for half in halves]
    sure = [np.stack([1 - half["score"], half["score"]], axis=1) for half in halves]
    result = model_evaluation().run(
        *sets, y_pred_train=said[0], y_pred_test=said[1], y_proba_train=sure[0], y_proba_test=sure[1]
    )
    result.save_as_html(str(place / "deepchecks.html"))


def measure(place: Path) -> None:
    """Print size, time until usable and requests of every page, as a Markdown table."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("FRAMEJUDGE_CHROMIUM") or shutil.which("chromium")
    print("| page | size | usable after, median of 5 | requests |\n| --- | --- | --- | --- |")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for file in sorted(place.glob("*.html")):
            times, requests = zip(*(_open(browser, file) for _ in range(OPENINGS)), strict=True)
            megabytes = file.stat().st_size / 1e6
            print(
                f"| {file.stem} | {megabytes:.1f} MB | {statistics.median(times):.0f} ms | {max(requests)} |"
            )
        browser.close()


def _open(browser: Any, file: Path) -> tuple[float, int]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.add_init_script(LONG_TASKS)
    page.goto(file.absolute().as_uri())
    usable = -1.0
    while usable != (usable := float(page.evaluate(USABLE))):
        time.sleep(QUIET_S)
    page.close()
    return usable, sum(not url.startswith(("file:", "data:", "blob:")) for url in asked)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    steps = {
        "data": make_data,
        "evidently": write_evidently,
        "deepchecks": write_deepchecks,
        "measure": measure,
    }
    steps[sys.argv[1]](Path(sys.argv[2]))
