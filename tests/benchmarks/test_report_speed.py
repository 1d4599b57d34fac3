"""How fast a large report is made, opens and answers: 100,000 images and 5 detectors, and 1,000 and 2.

tox -e benchmark -- tests/benchmarks/test_report_speed.py -s

prints sizes, memory and percentiles too; ``--benchmark-json FILE`` keeps them as ``extra_info``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_benchmark", reason="speed is measured by `tox -e benchmark`")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: framejudge[test]")

from made.review_run import write_review_run  # noqa: E402
from made.run import edit_results  # noqa: E402
from programs import required  # noqa: E402

from framejudge.bench.run import Run  # noqa: E402

MOVES = 60
LOOKED_AT = 1_400
"""Images on the map and in the overview: as many as a run looks at, at most."""

RENDER = """
import json, resource, sys, time
from pathlib import Path
from framejudge.bench.compare.drift import set_drift
from framejudge.bench.compare.runs import compare_runs
from framejudge.bench.run import Run
from framejudge.reports.attached import Attached
from framejudge.reports.page.report import write_report
started = time.perf_counter()
compared = compare_runs(Run.open(sys.argv[2]), Run.open(sys.argv[1]))
between, cpu = time.perf_counter(), time.process_time()
drift = set_drift(Run.open(sys.argv[3]), Run.open(sys.argv[1]))
path = write_report(Path(sys.argv[1]), Attached(baseline=compared, drift=drift))
print(json.dumps({
    "compare_s": round(between - started, 2),
    "render_s": round(time.perf_counter() - between, 2),
    "render_cpu_s": round(time.process_time() - cpu, 2),
    "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    "megabytes": round(path.stat().st_size / 1e6, 2),
    "flips": len(compared.flips),
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
    place = tmp_path_factory.mktemp("report")
    write_review_run(place / "before", images=images, detectors=detectors, thumbnails=0, seed=12)
    write_review_run(place / "other", images=1_000, detectors=1, thumbnails=0, looked_at=800, seed=13)
    edit_results(
        place / "other", dataset=replace(Run.open(place / "other").results.dataset, images_fingerprint="b")
    )
    return write_review_run(
        place / "run", images=images, detectors=detectors, thumbnails=0, looked_at=LOOKED_AT
    )


def _render(run: Path) -> dict[str, float]:
    said = subprocess.run(
        [sys.executable, "-c", RENDER, str(run), str(run.parent / "before"), str(run.parent / "other")],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(said.stdout))


def test_rendering(benchmark: Any, run: Path) -> None:
    """Start a process, read the run, compare it with a baseline, write the report."""
    found = benchmark.pedantic(_render, args=(run,), rounds=1)
    _note(benchmark, found)


def _note(benchmark: Any, found: dict[str, float]) -> None:
    """Keep figures with the benchmark's, and print them for whoever runs pytest with -s."""
    benchmark.extra_info.update(found)
    print(f"\n{benchmark.name}: " + ", ".join(f"{name} {value:,.6g}" for name, value in found.items()))


@pytest.fixture
def page(run: Path) -> Iterator[Any]:
    program = required("Chromium")
    if not (run / "report.html").is_file():
        _render(run)
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def test_opening(benchmark: Any, page: Any, run: Path) -> None:
    """Open the file from disk until thresholds can be dragged and the gallery is filled."""
    address = (run / "report.html").as_uri()

    def open_page() -> None:
        page.goto(address)
        page.wait_for_selector("html.live")

    benchmark.pedantic(open_page, rounds=3)
    heap_mb = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
    _note(benchmark, {"usable_ms": page.evaluate(USABLE), "heap_mb": heap_mb})


def _work_clock(page: Any) -> Callable[[], float]:
    """Return a clock of the main thread's own work in seconds: on a busy machine, the steadier figure."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # and it starts at 0

    def read() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    return read


@pytest.mark.parametrize(
    ("what", "selector"),
    [
        ("drag", ".panel input[type=range]"),
        ("path", "#gallery [name=path]"),
        ("score", "#gallery [name=from]"),
    ],
)
def test_answering(benchmark: Any, page: Any, run: Path, what: str, selector: str) -> None:
    """Move a threshold, or type into a filter, until the next frame is shown."""
    page.goto((run / "report.html").as_uri())
    page.wait_for_selector("html.live")
    values = [f"{k:03}" if what == "path" else f"{k / MOVES:.3f}" for k in range(MOVES)]
    page.evaluate(COST, [selector, values])  # once untimed: the engine compiles what runs often
    clock = _work_clock(page)
    before = clock()
    costs = benchmark.pedantic(page.evaluate, args=(COST, [selector, values]), rounds=1)
    found = {"p50_ms": costs[len(costs) // 2], "p95_ms": costs[int(0.95 * len(costs))]}
    _note(benchmark, found | {"cpu_ms": (clock() - before) / MOVES * 1e3})


def test_the_last_of_all_images(benchmark: Any, page: Any, run: Path) -> None:
    """Show all images and go to the last one by key, until its card has the focus."""
    page.goto((run / "report.html").as_uri())
    page.wait_for_selector("html.live")

    def walk() -> None:
        page.locator("#gallery input[value=all]").check(force=True)
        page.locator("#gallery-list button").first.focus()
        page.keyboard.press("End")
        page.wait_for_function("Number(document.activeElement.dataset.position) > 0")
        page.keyboard.press("Home")

    benchmark.pedantic(walk, rounds=5)
    _note(benchmark, {"heap_mb": page.evaluate("performance.memory.usedJSHeapSize / 1e6")})
