"""How fast a large report is made, opens and answers: 100,000 images and 5 detectors, and 1,000 and 2.

tox -e benchmark -- tests/benchmarks/test_report_speed.py

Sizes, memory and percentiles stand in the results' ``extra_info``: add ``--benchmark-json FILE``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_benchmark", reason="speed is measured by `tox -e benchmark`")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: framejudge[test]")

from made_review_run import write_review_run  # noqa: E402

CHROMIUM = os.environ.get("FRAMEJUDGE_CHROMIUM") or shutil.which("chromium")
MOVES = 60
RENDER = """
import json, resource, sys, time
from pathlib import Path
from framejudge.reports.html import write_report
started = time.process_time()
path = write_report(Path(sys.argv[1]))
print(json.dumps({
    "cpu_s": round(time.process_time() - started, 2),
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "megabytes": path.stat().st_size / 1e6,
}))
"""
# From the page's start until the gallery is there, and what an input costs from its event to the next frame.
USABLE = "performance.getEntriesByName('usable')[0].startTime"
COST = """
async ([selector, values]) => {
  const field = document.querySelector(selector);
  const costs = [];
  for (const value of values) {
    const started = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    costs.push(performance.now() - started);
  }
  return costs.sort((a, b) => a - b);
}
"""


def _size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return int(request.param[0]), int(request.param[1])


@pytest.fixture(scope="module", params=[(1_000, 2), (100_000, 5)], ids=["1k x 2", "100k x 5"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    images, detectors = _size(request)
    folder = tmp_path_factory.mktemp("report") / "run"
    return write_review_run(folder, images=images, detectors=detectors, thumbnails=0)


def _render(run: Path) -> dict[str, float]:
    said = subprocess.run(
        [sys.executable, "-c", RENDER, str(run)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(said.stdout))


def test_rendering(benchmark: Any, run: Path) -> None:
    """Start a process, read the run, write the report."""
    found = benchmark.pedantic(_render, args=(run,), rounds=1)
    benchmark.extra_info.update(found)


@pytest.fixture
def page(run: Path) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium (apt-get install chromium)")
    if not (run / "report.html").is_file():
        _render(run)
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def test_opening(benchmark: Any, page: Any, run: Path) -> None:
    """Open the file from disk until thresholds can be dragged and the gallery is filled."""
    address = (run / "report.html").as_uri()

    def open_page() -> None:
        page.goto(address)
        page.wait_for_selector("html.live")

    benchmark.pedantic(open_page, rounds=3)
    benchmark.extra_info["heap_mb"] = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
    benchmark.extra_info["usable_ms"] = page.evaluate(USABLE)


def _cpu_s(page: Any) -> float:
    """Return what the page's main thread has worked so far: on a busy machine, the steadier figure."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


@pytest.mark.parametrize(
    ("what", "selector"), [("drag", ".panel input[type=range]"), ("filter", "#gallery [name=path]")]
)
def test_answering(benchmark: Any, page: Any, run: Path, what: str, selector: str) -> None:
    """Move a threshold, or type into the filter, until the next frame is shown."""
    page.goto((run / "report.html").as_uri())
    page.wait_for_selector("html.live")
    values = [f"{k / MOVES:.3f}" if what == "drag" else f"{k:03}" for k in range(MOVES)]
    page.evaluate(COST, [selector, values])  # once untimed: the engine compiles what runs often
    before = _cpu_s(page)
    costs = benchmark.pedantic(page.evaluate, args=(COST, [selector, values]), rounds=1)
    benchmark.extra_info["cpu_ms"] = (_cpu_s(page) - before) / MOVES * 1e3
    benchmark.extra_info["p50_ms"] = costs[len(costs) // 2]
    benchmark.extra_info["p95_ms"] = costs[int(0.95 * len(costs))]
