"""How soon a page of the review is ready: in the browser after Enter, and from the server, nothing cached.

tox -e benchmark -- tests/benchmarks/test_review_speed.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pytest_benchmark", reason="speed is measured by `tox -e benchmark`")
httpx = pytest.importorskip("httpx2", reason="needs framejudge[test]")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: framejudge[test]")
pytest.importorskip("uvicorn", reason="needs framejudge[review]")

from programs import required  # noqa: E402
from served_review import draw_proposals  # noqa: E402

IMAGES = 1000
SIZE_PX = (320, 320)
PAGE_ITEMS = 48
ROUNDS = 20
COMMAND = (sys.executable, "-c", "from framejudge.bench.cli.main import entry_point; entry_point()")


@contextmanager
def reviewing(folder: Path) -> Iterator[str]:
    """Run the command as a person does, in a process of its own; yield the page's address."""
    draw_proposals(folder, ["framed"] * IMAGES, size_px=SIZE_PX)
    process = subprocess.Popen(
        [*COMMAND, "dataset", "review", str(folder), "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield found[0]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    program = required("Chromium")
    with ExitStack() as stack:
        address = stack.enter_context(reviewing(tmp_path / "set"))
        playwright = stack.enter_context(sync_api.sync_playwright())
        browser = playwright.chromium.launch(executable_path=program)
        stack.callback(browser.close)
        opened = browser.new_page(viewport={"width": 1280, "height": 860})
        opened.goto(address)
        opened.wait_for_selector("#grid[data-state=ready]")
        yield opened


def accept(page: Any) -> None:
    """Press Enter and wait until every picture of the next page is shown."""
    first = page.get_attribute(".tile", "title")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#grid[data-state=ready] .tile:first-child:not([title="{first}"])')


def test_next_page_after_a_look(benchmark: Any, page: Any) -> None:
    """Enter, decisions on the disk, next page shown; the look let the page fetch its pictures ahead."""

    def look() -> None:
        page.wait_for_selector("#grid[data-ahead=ready]")

    benchmark.pedantic(accept, args=(page,), setup=look, rounds=ROUNDS)


def test_next_page_without_a_look(benchmark: Any, page: Any) -> None:
    """The same at once: nothing of the next page is there yet."""
    benchmark.pedantic(accept, args=(page,), rounds=ROUNDS)


def test_cold_page_from_the_server(benchmark: Any, tmp_path: Path) -> None:
    """The list and 48 reductions of pictures that nobody has asked for, on one connection."""
    with reviewing(tmp_path / "set") as address, httpx.Client() as client:
        after = -1

        def fetch() -> None:
            nonlocal after
            query = {"reviewer": "ann", "limit": PAGE_ITEMS, "after": after}
            items = client.get(f"{address}api/items", params=query).json()["items"]
            for item in items:
                client.get(f"{address}thumbnail/{item['number']}").raise_for_status()
            after = items[-1]["number"]

        benchmark.pedantic(fetch, rounds=IMAGES // PAGE_ITEMS)
