"""The report in a real browser: opened from disk, dragged, filtered, reviewed, by mouse and by keyboard."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from made.review_run import HOSTILE_NAMES, write_review_run

from framejudge.bench.compare.runs import compare_runs
from framejudge.bench.run import Run
from framejudge.datasets.review.marks import read_marks
from framejudge.reports.page import shown
from framejudge.reports.page.report import write_report
from framejudge.reports.text.mistakes import worst_first

pytestmark = pytest.mark.browser

Opened = Callable[..., Any]
AXE = os.environ.get("FRAMEJUDGE_AXE")


def count(page: Any) -> int:
    text = page.locator("#gallery-count").inner_text()
    return int(text.split()[0].replace(",", ""))


def show(page: Any, view: str) -> None:
    page.locator(f"input[name=view][value={view}]").check(force=True)
    settle(page)


def settle(page: Any) -> None:
    """Wait until work put off to the next frame is done."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def cards(page: Any) -> Any:
    return page.locator("#gallery-list button")


@pytest.mark.parametrize("report", ["two", "six"])
def test_nothing_overflows_and_dark_is_dark(
    report: str, opened: Opened, request: pytest.FixtureRequest
) -> None:
    page = opened(request.getfixturevalue(report))
    for width in (400, 800, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(part) for part in background[4:-1].split(",")) / 3
        assert (brightness < 60) == (scheme == "dark")


def test_without_script_the_report_is_still_complete(chromium: Any, two: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(two.as_uri())
    assert page.locator("#mistakes .card img").first.is_visible()
    assert not page.locator("#gallery").is_visible()
    assert not page.locator(".live-controls").first.is_visible()
    context.close()


def test_hostile_names_do_nothing_and_are_shown(opened: Opened, two: Path) -> None:
    page = opened(two)
    title = page.title()
    show(page, "all")
    for name in HOSTILE_NAMES[:4]:
        page.locator("#gallery [name=path]").fill(name)
        settle(page)
        assert name in page.locator("#gallery-list .path").first.text_content()
        cards(page).first.click()
        assert name in page.locator("#viewer-title").inner_text()
        original = unquote(page.locator("#viewer-attributes a").evaluate("(link) => link.href"))
        assert original.startswith("file:///") and original.endswith(f"/{name}.jpg")
        page.keyboard.press("Escape")
    assert page.title() == title
    assert page.evaluate("document.querySelectorAll('main img:not([src^=\"data:\"])').length") == 0


def test_dragging_a_threshold_moves_everything(opened: Opened, two: Path) -> None:
    run = Run.open(two.parent)
    columns = run.columns
    page = opened(two)
    panel = page.locator(".panel").first
    before = {
        key: panel.locator(f"[data-live={key}]").inner_text() for key in ("tp", "fp", "tn", "fn", "accuracy")
    }
    page.locator("#gallery [name=detector]").select_option("0")
    settle(page)
    mistakes = count(page)
    slider = panel.locator("input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    settle(page)
    limit = float(slider.input_value())
    assert 0.25 < limit < 0.35
    answers = columns.detectors[0]
    judged, framed, says = columns.judged(answers), columns.framed, answers.scores >= limit
    expected = {
        "tp": judged & framed & says,
        "fn": judged & framed & ~says,
        "fp": judged & ~framed & says,
        "tn": judged & ~framed & ~says,
    }
    for key, images in expected.items():
        assert panel.locator(f"[data-live={key}]").inner_text() == str(int(images.sum()))
    wrong = int((expected["fp"] | expected["fn"]).sum())
    assert count(page) == wrong != mistakes
    share = f"{1 - wrong / int(judged.sum()):.1%}".replace("%", " %")
    assert panel.locator("[data-live=accuracy]").inner_text() == share
    assert page.locator("svg .live-point-0").first.get_attribute("transform") != "translate(0 0)"
    assert "seen the test set" in panel.locator("[data-live=notice]").inner_text()
    panel.locator("[data-do=reset]").click()
    settle(page)
    assert {key: panel.locator(f"[data-live={key}]").inner_text() for key in before} == before
    assert count(page) == mistakes


def test_the_next_score_changes_one_answer(opened: Opened, two: Path) -> None:
    page = opened(two)
    panel = page.locator(".panel").first

    def positives() -> int:
        return sum(int(panel.locator(f"[data-live={key}]").inner_text()) for key in ("tp", "fp"))

    before = positives()
    for direction, change in (("higher", 0), ("higher", -1), ("lower", 0), ("lower", 1)):
        panel.locator(f"[data-do={direction}]").click()
        settle(page)
        assert positives() - before == change


def test_the_gallery_lists_the_mistakes_worst_first(opened: Opened, two: Path) -> None:
    run = Run.open(two.parent)
    columns = run.columns
    page = opened(two)
    for d in (0, 1):
        page.locator("#gallery [name=detector]").select_option(str(d))
        settle(page)
        expected = [columns.path(image) for image in worst_first(columns, columns.detectors[d])]
        assert count(page) == len(expected)
        found = page.locator("#gallery-list .path").all_text_contents()
        assert found == expected[: len(found)] and len(found) > 2


def test_views_agree_with_the_confusion_matrix(opened: Opened, two: Path) -> None:
    results = Run.open(two.parent).results
    page = opened(two)
    page.locator("#gallery [name=detector]").select_option("1")
    confusion = results.detectors["cnn"].confusion
    assert confusion is not None
    show(page, "alarms")
    assert count(page) == confusion.fp
    show(page, "missed")
    assert count(page) == confusion.fn
    show(page, "all")
    assert count(page) == results.dataset.images


def test_disagreements_slowest_and_unscored(opened: Opened, two: Path) -> None:
    run = Run.open(two.parent)
    columns = run.columns
    page = opened(two)
    show(page, "differ")
    one, other = columns.detectors
    both = columns.judged(one) & columns.judged(other)
    assert count(page) == int((both & (one.says_framed != other.says_framed)).sum())
    assert page.locator("#gallery [name=against]").is_visible()
    show(page, "slow")
    page.locator("#gallery [name=detector]").select_option("0")
    settle(page)
    slowest = columns.path(int(np.nanargmax(run.call_times.per_image_ms[0])))
    assert page.locator("#gallery-list .path").first.text_content() == slowest
    assert " ms" in cards(page).first.text_content()
    show(page, "unscored")
    texts = cards(page).all_text_contents()
    assert len(texts) == 2 and any("truncated after 1,024 bytes" in text for text in texts)


def test_filters_narrow_and_reset_widens(opened: Opened, two: Path) -> None:
    page = opened(two)
    show(page, "all")
    everything = count(page)
    page.locator("#gallery [name=slice]").select_option(label="striped")
    settle(page)
    striped = count(page)
    assert 0 < striped < everything
    page.locator("#gallery [name=from]").fill("0.9")
    settle(page)
    assert 0 < count(page) < striped
    page.locator("#gallery [type=reset]").click()
    page.wait_for_function("document.querySelector('#gallery [name=slice]').value === ''")
    settle(page)
    assert page.locator("input[name=view]:checked").get_attribute("value") == "mistakes"


def test_a_slice_opens_its_images(opened: Opened, two: Path) -> None:
    page = opened(two)
    page.locator("#slices button", has_text="striped").click()
    settle(page)
    assert page.locator("#gallery [name=slice] option:checked").inner_text() == "striped"
    assert page.evaluate("document.activeElement.closest('#gallery') !== null")
    show(page, "all")
    assert count(page) == 30


def test_flips_against_the_baseline(opened: Opened, two: Path) -> None:
    before, after = Run.open(two.parent.parent / "before"), Run.open(two.parent)
    flips = [flip for flip in compare_runs(before, after).flips if flip.detector == "cnn"]
    page = opened(two)
    page.locator("#baseline tr", has_text="cnn").locator("button").click()
    settle(page)
    assert page.evaluate("document.activeElement.closest('#gallery') !== null")
    assert count(page) == len(flips) > 5
    regressed = sum(flip.effect == "regressed" for flip in flips)
    texts = page.locator("#gallery-list .notice").all_text_contents()
    assert [text.split(":")[0] for text in texts[: regressed + 1]] == ["Regressed"] * regressed + ["Fixed"]
    first = page.locator("#gallery-list .path").first.text_content()
    flip = next(flip for flip in flips if flip.path == first)
    assert texts[0] == f"Regressed: {flip.score_before:.2f} → {flip.score_after:.2f}"
    cards(page).first.click()
    assert texts[0] in page.locator("#viewer-facts").inner_text()


def test_the_worst_boxes_come_first_with_the_true_one_drawn(opened: Opened, two: Path) -> None:
    page = opened(two)
    page.locator("#gallery [name=detector]").select_option("0")
    show(page, "boxes")
    shares = [
        float(text.rpartition("by ")[2].removesuffix(" %"))
        for text in page.locator("#gallery-list .notice").all_text_contents()
    ]
    assert len(shares) > 10 and shares == sorted(shares) and shares[-1] < 100
    page.locator("#gallery-list button:has(img)").first.click()
    lines = [page.locator(f"#viewer-picture .holder rect.{kind}") for kind in ("truth", "box")]
    assert [one.count() for one in lines] == [1, 1]
    patterns = [one.evaluate("(line) => getComputedStyle(line).strokeDasharray") for one in lines]
    assert patterns[0] == "none" != patterns[1]
    assert page.locator("#viewer-picture .legend li").all_inner_texts()[:2] == [
        "true box",
        "located by canny",
    ]


def test_slices_are_sorted_by_any_column_from_the_keyboard(opened: Opened, two: Path) -> None:
    page = opened(two)
    column = page.locator("#slices tbody td:nth-child(4)")

    def values() -> list[float]:
        return [
            float(value) for value in column.evaluate_all("(cells) => cells.map((cell) => cell.dataset.sort)")
        ]

    page.locator("#slices th", has_text="cnn").locator("button").focus()
    page.keyboard.press("Enter")
    assert values() == sorted(values()) and len(set(values())) > 3
    page.keyboard.press("Enter")
    assert values() == sorted(values(), reverse=True)
    heads = page.locator("#slices thead th").evaluate_all("(cells) => cells.map((cell) => cell.ariaSort)")
    assert heads == [None, None, None, "descending"]
    page.locator("#slices th", has_text="Slice").locator("button").click()
    names = page.locator("#slices tbody th").all_inner_texts()
    assert names[0].startswith("source") and names[-1].startswith("style")


def test_a_long_list_keeps_few_cards_and_is_walked_to_both_ends(opened: Opened, two: Path) -> None:
    page = opened(two)
    show(page, "all")
    total = count(page)
    cards(page).first.focus()
    page.keyboard.press("End")
    assert cards(page).count() == 30
    position = "Number(document.activeElement.dataset.position)"
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    assert page.evaluate(position) == total - 31
    page.locator("#gallery-earlier").click()
    assert page.evaluate(position) == int(cards(page).last.get_attribute("data-position"))
    page.keyboard.press("Home")
    assert page.evaluate(position) == 0
    assert not page.locator("#gallery-earlier").is_visible()
    assert page.locator("#gallery-list button[tabindex='0']").count() == 1


def test_a_printed_mistake_opens_large(opened: Opened, two: Path) -> None:
    page = opened(two)
    card = page.locator("#mistakes .card").nth(1)
    path = card.locator(".path").inner_text()
    card.locator("button").click()
    assert page.locator("#viewer-title").inner_text() == path
    assert page.locator("#viewer-picture img").is_visible()


def test_every_mistake_is_reached_by_keyboard_alone(opened: Opened, two: Path) -> None:
    page = opened(two)
    total = count(page)
    page.locator("#gallery-list button").first.focus()
    page.keyboard.press("Enter")
    seen = [page.locator("#viewer-title").inner_text()]
    for _ in range(total - 1):
        page.keyboard.press("ArrowRight")
        seen.append(page.locator("#viewer-title").inner_text())
    assert len(set(seen)) == total
    page.keyboard.press("ArrowRight")
    assert page.locator("#viewer-title").inner_text() == seen[-1]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.position") == str(total - 1)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.position") == "1"


def test_keys_still_work_where_there_is_no_next_picture(opened: Opened, two: Path) -> None:
    page = opened(two)
    page.locator("#gallery-list button").first.click()
    for step in (page.locator("#viewer-next").click, lambda: page.keyboard.press("ArrowRight")):
        while page.locator("#viewer-next").is_enabled():
            step()
        settle(page)  # by then the browser has taken the focus from a button that is switched off
        page.keyboard.press("3")
        assert page.locator("[data-mark='real mistake']").get_attribute("aria-pressed") == "true"
        page.keyboard.press("3")
        page.keyboard.press("ArrowLeft")
        settle(page)
        assert page.locator("#viewer-next").is_enabled()


def test_more_pictures_come_on_demand_and_end_reaches_the_last(opened: Opened, two: Path) -> None:
    page = opened(two)
    show(page, "all")
    total = count(page)
    first = cards(page).count()
    assert first < total
    page.locator("#gallery-more").click()
    assert cards(page).count() == 2 * first
    assert page.evaluate("document.activeElement.dataset.position") == str(first)
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.dataset.position") == str(total - 1)
    assert not page.locator("#gallery-more").is_visible()


def test_review_marks_are_kept_and_exported(opened: Opened, two: Path, tmp_path: Path) -> None:
    page = opened(two)
    show(page, "all")
    page.locator("#gallery [name=path]").fill(HOSTILE_NAMES[1])
    settle(page)
    cards(page).first.click()
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.keyboard.type('a "quoted", note')
    page.keyboard.press("Escape")
    assert "label is wrong" in cards(page).first.text_content()
    page.locator("#review-name").fill("Ada")
    page.locator("#review-name").blur()
    page.reload()
    assert page.locator("#review-count").inner_text() == "1 image reviewed"
    with page.expect_download() as download:
        page.locator("#review-export").click()
    saved = tmp_path / "review.csv"
    download.value.save_as(saved)
    with saved.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    path = f"plain/{HOSTILE_NAMES[1]}.jpg"
    assert rows == [
        {
            "path": path,
            "decision": "label is wrong",
            "note": 'a "quoted", note',
            "label": "plain",
            "reviewer": "Ada",
            "run": "2026-11-21T10:15:00+00:00",
        }
    ]
    read = read_marks(saved)
    assert not read.refused
    assert [(mark.path, mark.verdict, mark.label_seen) for mark in read.marks] == [(path, "framed", "plain")]
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#review-clear").click()
    settle(page)
    assert page.locator("#review-export").is_disabled()


def test_the_located_box_and_the_explanation_are_drawn_where_they_belong(opened: Opened, two: Path) -> None:
    page = opened(two)
    page.locator("#gallery [name=detector]").select_option("0")
    show(page, "missed")
    cards(page).first.click()
    picture = page.locator("#viewer-picture img").bounding_box()
    box = page.locator("#viewer-picture rect.box").bounding_box()
    for start, length in (("x", "width"), ("y", "height")):
        assert abs(box[start] - picture[start] - picture[length] / 10) < picture[length] * 0.02 + 2
        assert abs(box[length] - picture[length] * 0.8) < picture[length] * 0.03 + 3
    assert page.locator("#viewer-picture .holder line.edge").count() == 1
    assert "two long lines <b>near</b> the sides" in page.locator("#viewer-facts").inner_text()


def test_an_unreadable_image_has_no_label_that_could_be_wrong(opened: Opened, two: Path) -> None:
    page = opened(two)
    show(page, "unscored")
    page.locator("#gallery-list button", has_text="truncated").click()
    assert page.locator("[data-mark='label is wrong']").is_disabled()
    page.keyboard.press("1")
    assert page.locator("[data-mark='label is wrong']").get_attribute("aria-pressed") == "false"
    page.keyboard.press("2")
    assert page.locator("[data-mark=ambiguous]").get_attribute("aria-pressed") == "true"


def test_pressing_a_mark_twice_takes_it_back(opened: Opened, two: Path) -> None:
    page = opened(two)
    cards(page).first.click()
    page.keyboard.press("3")
    assert page.locator("[data-mark='real mistake']").get_attribute("aria-pressed") == "true"
    page.keyboard.press("3")
    assert page.locator("[data-mark='real mistake']").get_attribute("aria-pressed") == "false"
    assert page.locator("#review-count").inner_text() == "No image reviewed yet"


def test_the_map_follows_the_detector_and_the_threshold(opened: Opened, two: Path) -> None:
    page = opened(two)
    columns = Run.open(two.parent).columns
    on_map = page.evaluate(
        "[...document.querySelectorAll('#map path[data-image]')].map((p) => +p.dataset.image)"
    )
    marks = "document.querySelectorAll('#map path.missed[data-image], #map path.alarm[data-image]').length"
    for d, answers in enumerate(columns.detectors):
        page.locator("#map-detector").select_option(str(d))
        assert page.evaluate(marks) == int(columns.wrong(answers)[on_map].sum())
    page.locator(".panel input[type=range]").last.fill("1")
    settle(page)
    missed = "document.querySelectorAll('#map path.missed[data-image]').length"
    assert page.evaluate(missed) == int((columns.framed & columns.judged(answers))[on_map].sum())


def test_the_map_is_walked_by_keys_and_leads_to_a_card(opened: Opened, two: Path) -> None:
    page = opened(two)
    page.locator("#map-field").focus()
    page.keyboard.press("m")
    said = page.locator("#map-said").text_content()
    assert said.startswith(("Missed frame", "False alarm"))
    assert page.locator("#map-card img").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("#map-said").text_content() != said
    page.keyboard.press("Escape")
    assert not page.locator("#map-card").is_visible()
    page.keyboard.press("m")
    said = page.locator("#map-said").text_content()
    page.keyboard.press("Enter")
    card = page.locator("#gallery-list button:focus")
    assert card.locator(".kind").text_content() == said.split(",")[0]
    assert said.endswith(card.locator(".path").text_content())


def test_pointing_at_a_mark_shows_its_picture_and_a_click_goes_to_its_card(opened: Opened, two: Path) -> None:
    page = opened(two)
    mark = page.locator("#map path.missed[data-image], #map path.alarm[data-image]").last
    image = int(mark.get_attribute("data-image"))
    mark.hover(force=True)
    path = Run.open(two.parent).columns.path(image)
    assert path in page.locator("#map-card").text_content()
    mark.click(force=True)
    assert page.locator("#gallery-list button:focus .path").text_content() == path


def test_a_sample_of_the_set_opens_large(opened: Opened, two: Path) -> None:
    page = opened(two)
    tile = page.locator("#set .tile").first
    title = tile.get_attribute("title")
    tile.locator("button").click()
    assert page.locator("#viewer-title").text_content() == title


def test_printing_shows_the_report_and_not_the_controls(opened: Opened, two: Path, tmp_path: Path) -> None:
    page = opened(two, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("#gallery").is_visible()
    assert page.locator("#mistakes .card img").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 250)"
    written = tmp_path / "report.pdf"
    page.pdf(path=str(written), format="A4")
    assert written.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("report", "scheme"), [("two", "light"), ("six", "dark")])
@pytest.mark.skipif(
    AXE is None, reason="needs axe-core: set FRAMEJUDGE_AXE to its axe.min.js (npm pack axe-core)"
)
def test_axe_finds_nothing(report: str, scheme: str, opened: Opened, request: pytest.FixtureRequest) -> None:
    page = opened(request.getfixturevalue(report), scheme=scheme)
    axe = Path(str(AXE)).read_text(encoding="utf-8")

    def findings() -> list[str]:
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert findings() == []
    cards(page).first.click()
    assert findings() == []


def test_a_page_that_carries_some_images_counts_all_of_them(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MOST_IMAGES", 200)
    monkeypatch.setattr(shown, "MOST_MISTAKES", 150)
    monkeypatch.setattr(shown, "MOST_TIMED", 10)
    place = write_review_run(tmp_path / "run", images=300, detectors=2, thumbnails=20, looked_at=40)
    page = opened(write_report(place))
    run = Run.open(place)
    answers = run.columns.detectors[0]
    show(page, "all")
    assert count(page) == 200
    cell = page.locator("#thresholds [data-live=fp]").first
    at_fixed = int(cell.inner_text())
    assert at_fixed == int(np.sum(run.columns.plain & answers.says_framed))
    slider = page.locator(".panel input[type=range]").first
    slider.fill("0.75")
    settle(page)
    assert int(cell.inner_text()) == int(np.sum(run.columns.plain & (answers.scores >= 0.75)))
    page.locator("#mistakes .picture button").first.click()
    first = worst_first(run.columns, answers)[0]
    assert page.locator("#viewer-title").inner_text() == run.columns.path(int(first))
