"""Take the pictures of a report that the docs show: ``python docs/report_pictures.py RUN docs/images``.

RUN is a run on the built-in set: generated pictures only, so that they may be published. Needs playwright and
Chromium (its path in FRAMEJUDGE_CHROMIUM, if it is called otherwise).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import PIL.Image
from playwright.sync_api import Page, sync_playwright

FIRST_SCREEN = {"width": 1280, "height": 1160}
WINDOW = {"width": 1240, "height": 1000}


def take(report: Path, place: Path) -> None:
    """Write report.png (the first screen), report-gallery.png, and report-viewer.png on a dark page."""
    chromium = os.environ.get("FRAMEJUDGE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=FIRST_SCREEN)
        page.goto(report.absolute().as_uri())
        page.wait_for_selector("html.live")
        _save(page, place / "report.png")
        page.set_viewport_size(WINDOW)
        page.locator("#gallery").evaluate("(section) => section.scrollIntoView()")
        _save(page, place / "report-gallery.png")
        page.emulate_media(color_scheme="dark")
        # Most is to be seen on a picture with a box, lines or an explanation.
        worth = page.locator("input[name=view][value=boxes]")
        if worth.count():
            worth.check(force=True)
        page.locator("#gallery-list button:has(img)").first.click()
        _save(page, place / "report-viewer.png")
        browser.close()


def _save(page: Page, file: Path) -> None:
    """Write a screenshot with 256 colours: half the weight, and no difference to be seen."""
    page.screenshot(path=str(file), animations="disabled")
    with PIL.Image.open(file) as picture:
        picture.convert("RGB").quantize(256).save(file, optimize=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]) / "report.html", Path(sys.argv[2]))
