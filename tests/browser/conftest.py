"""A real browser for the report: Debian's Chromium through Playwright, with the network off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made.gate import write_made_gate
from made.review_run import write_review_run
from programs import required

from framejudge.bench.compare.runs import compare_runs
from framejudge.bench.run import Run
from framejudge.reports.attached import Attached
from framejudge.reports.page.report import write_report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
    program = required("Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of two detectors, with a gate's verdicts and a baseline."""
    return _report(tmp_path_factory.mktemp("two"), detectors=2)


@pytest.fixture(scope="session")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of six detectors, with a gate's verdicts and a baseline."""
    return _report(tmp_path_factory.mktemp("six"), detectors=6)


def _report(place: Path, *, detectors: int) -> Path:
    before = write_review_run(place / "before", images=300, detectors=detectors, thumbnails=0, seed=12)
    folder = write_review_run(place / "run", images=300, detectors=detectors, thumbnails=60)
    write_made_gate(folder)
    return write_report(folder, Attached(baseline=compare_runs(Run.open(before), Run.open(folder))))


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a report from disk; whatever the page complains of fails the test at its end."""
    complaints: list[str] = []
    contexts = []

    def open_page(report: Path, *, width: int = 1280, scheme: str = "light") -> Any:
        context = chromium.new_context(
            offline=True, color_scheme=scheme, viewport={"width": width, "height": 900}, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(("file:", "data:", "blob:")) else complaints.append(asked.url)
            ),
        )
        page.goto(report.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
