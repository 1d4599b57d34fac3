"""The labelling page in Chromium: passing a thousand images, mending, undoing, conflicts, what survives."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: framejudge[test]")
pytest.importorskip("uvicorn", reason="needs framejudge[review]")

from served_review import Review, draw_proposals, served  # noqa: E402

pytestmark = pytest.mark.browser  # conftest.py's `chromium` skips where there is none

AXE = os.environ.get("FRAMEJUDGE_AXE")
MANY, WRONG = 1000, 80
MOST_ACTIONS = 250


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Review]]:
    with ExitStack() as stack:
        yield lambda root: stack.enter_context(served(root))


@dataclass
class Tab:
    """A page as a person uses it: each key and each click is counted."""

    page: Any
    actions: int = 0
    complaints: list[str] = field(default_factory=list)

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def click(self, target: Any) -> None:
        self.actions += 1
        target.click()

    def until(self, selector: str) -> Any:
        return self.page.wait_for_selector(selector)

    def ready(self) -> list[str]:
        """Wait for the grid and its pictures; return the names shown."""
        self.until("#grid[data-state=ready]")
        return list(self.page.eval_on_selector_all(".tile", "tiles => tiles.map((tile) => tile.title)"))

    def places(self) -> dict[str, tuple[float, float]]:
        """Return the middle of each image shown, by name."""
        return dict(
            self.page.eval_on_selector_all(
                ".tile",
                """tiles => tiles.map((tile) => {
                    const box = tile.getBoundingClientRect();
                    return [tile.title, [box.x + box.width / 2, box.y + box.height / 2]];
                })""",
            )
        )

    def click_at(self, x: float, y: float) -> None:
        self.actions += 1
        self.page.mouse.click(x, y)

    def saved(self) -> None:
        self.until("#saving[data-state=saved]")

    def tile(self, name: str) -> Any:
        return self.page.locator(f'.tile[title="{name}"]')

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))


@pytest.fixture
def open_tab(chromium: Any) -> Iterator[Callable[..., Tab]]:
    tabs: list[Tab] = []
    contexts = []

    def open_one(review: Review, **options: Any) -> Tab:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 860}} | options))
        contexts.append(context)
        tab = Tab(context.new_page())
        tab.page.on("console", lambda message: tab.complaints.append(message.text))
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on("requestfailed", lambda request: tab.complaints.append(request.url))
        tab.page.goto(review.address)
        tabs.append(tab)
        return tab

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def few(tmp_path: Path) -> Path:
    return draw_proposals(tmp_path / "set", ["framed"] * 6 + ["plain"] * 4)


def test_a_thousand_proposals_with_eighty_wrong(
    tmp_path: Path,
    serve: Callable[[Path], Review],
    open_tab: Callable[..., Tab],
    record_property: Callable[[str, object], None],
) -> None:
    proposals = ["framed" if number % 5 < 2 else "plain" for number in range(MANY)]
    wrong = {f"{number:04}.jpg" for number in range(0, MANY, MANY // WRONG)[:WRONG]}
    assert len(wrong) == WRONG
    review = serve(draw_proposals(tmp_path / "set", proposals))
    tab = open_tab(review)
    while True:
        names = tab.ready()
        for name, (x, y) in tab.places().items():
            if name in wrong:
                tab.click_at(x, y)
        tab.press("Enter")
        tab.until(f'#nothing:not([hidden]), .tile:first-child:not([title="{names[0]}"])')
        if tab.page.is_visible("#nothing"):
            if tab.text("#nothing-title") == "Every image is decided":
                break
            tab.press("Enter")  # on to the other class
    turned = {"framed": "plain", "plain": "framed"}
    assert review.verdicts() == {
        f"{number:04}.jpg": turned[proposed] if f"{number:04}.jpg" in wrong else proposed
        for number, proposed in enumerate(proposals)
    }
    assert tab.text("#progress-text") == "1,000 of 1,000"
    record_property("actions", tab.actions)
    print(f"{MANY} images, {WRONG} wrong: {tab.actions} actions")
    assert tab.actions <= MOST_ACTIONS
    assert tab.complaints == []


def test_keys_alone(few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]) -> None:
    review = serve(few)
    tab = open_tab(review)
    tab.ready()
    tab.press("ArrowRight")  # the first image
    tab.press("ArrowRight")
    tab.press("Space")
    tab.press("End")
    tab.press("u")
    tab.saved()
    assert review.verdicts() == {"0001.jpg": "plain", "0005.jpg": "unsure"}
    assert tab.tile("0001.jpg").get_attribute("aria-selected") == "true"
    assert "decided plain" in tab.tile("0001.jpg").get_attribute("aria-label")
    tab.press("Space")  # back to unlabelled
    tab.saved()
    assert review.verdicts()["0005.jpg"] == "withdrawn"
    tab.press("Enter")
    tab.until("#nothing:not([hidden])")
    assert review.verdicts() == {f"000{n}.jpg": "plain" if n == 1 else "framed" for n in range(6)}
    tab.press("z")  # the whole page at once
    tab.ready()
    assert review.verdicts() == {f"000{n}.jpg": "plain" if n == 1 else "withdrawn" for n in range(6)}
    assert tab.complaints == []


def test_one_by_one(few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]) -> None:
    review = serve(few)
    tab = open_tab(review)
    tab.ready()
    tab.press("o")
    tab.until(".mat[data-state=ready]")
    for key, shown in (("f", "0001.jpg"), ("p", "0002.jpg"), ("u", "0003.jpg"), ("ArrowRight", "0004.jpg")):
        tab.press(key)
        playwright_api.expect(tab.page.locator("#caption")).to_have_text(shown)
    tab.press("z")  # goes back to what it undoes
    playwright_api.expect(tab.page.locator("#caption")).to_have_text("0002.jpg")
    tab.press("ArrowLeft")
    tab.saved()
    assert tab.page.locator(".verdicts [data-verdict=plain]").get_attribute("aria-pressed") == "true"
    assert review.verdicts() == {"0000.jpg": "framed", "0001.jpg": "plain", "0002.jpg": "withdrawn"}
    tab.click(tab.page.locator(".verdicts [data-verdict=unsure]"))
    tab.saved()
    assert review.verdicts()["0001.jpg"] == "unsure"
    assert tab.text("#progress-text") == "2 of 10 · 1 unsure"
    assert tab.complaints == []


def test_filters_by_score_and_source(
    few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(serve(few))
    tab.ready()
    tab.page.select_option("[name=source]", "a")
    tab.page.wait_for_selector('.tile[title="0001.jpg"]', state="detached")
    assert tab.ready() == ["0000.jpg", "0002.jpg", "0004.jpg"]
    tab.page.fill("[name=low]", "0.15")
    tab.page.press("[name=low]", "Tab")
    tab.page.wait_for_selector('.tile[title="0000.jpg"]', state="detached")
    assert tab.ready() == ["0002.jpg", "0004.jpg"]


def test_two_tabs_do_not_overwrite_each_other(
    few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    review = serve(few)
    first, second = open_tab(review), open_tab(review)
    first.ready()
    second.ready()
    first.click(first.tile("0002.jpg"))
    first.saved()
    second.page.focus('.tile[title="0002.jpg"]')
    second.press("u")
    told = second.until("#problems .conflict").inner_text()
    assert "another tab decided plain meanwhile; here you said unsure" in told
    assert review.verdicts() == {"0002.jpg": "plain"}
    second.click(second.page.get_by_role("button", name="Make it unsure"))
    second.saved()
    assert not second.page.is_visible("#problems")
    assert review.verdicts() == {"0002.jpg": "unsure"}
    assert len(review.journal.file.read_text().splitlines()) == 3


def test_two_reviewers_see_where_they_disagree_only_after_deciding(
    few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    review = serve(few)
    ann, bob = open_tab(review), open_tab(review)
    ann.ready()
    ann.click(ann.tile("0000.jpg"))
    ann.saved()
    bob.ready()
    bob.page.fill("#reviewer", "bob")
    bob.page.press("#reviewer", "Tab")
    bob.page.wait_for_selector('.tile[title="0000.jpg"][data-verdict=""]')
    bob.ready()
    bob.page.locator("#grid").press("o")
    bob.until(".mat[data-state=ready]")
    assert not bob.page.is_visible("#others")
    bob.press("f")
    bob.saved()
    bob.press("ArrowLeft")
    assert bob.text("#others") == "ann says plain"
    assert bob.text("#progress-text") == "1 of 10 · 1 disputed"
    assert review.verdicts("ann") == {"0000.jpg": "plain"}
    assert review.verdicts("bob") == {"0000.jpg": "framed"}


def test_a_stopped_server_is_told_and_nothing_is_called_saved(
    few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    review = serve(few)
    tab = open_tab(review)
    tab.ready()
    tab.click(tab.tile("0000.jpg"))
    tab.saved()
    tab.page.context.set_offline(True)
    tab.click(tab.tile("0001.jpg"))
    tab.until("#saving[data-state=failed]")
    assert "1 not saved: the server does not answer" in tab.text("#problems")
    assert tab.page.is_disabled("#accept")
    assert review.verdicts() == {"0000.jpg": "plain"}
    tab.page.context.set_offline(False)
    tab.click(tab.page.get_by_role("button", name="Try again"))
    tab.saved()
    assert review.verdicts() == {"0000.jpg": "plain", "0001.jpg": "plain"}


def test_a_closed_tab_loses_nothing(
    few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    review = serve(few)
    tab = open_tab(review)
    tab.ready()
    tab.click(tab.tile("0003.jpg"))
    tab.saved()
    tab.page.close()
    again = open_tab(review)
    assert "0003.jpg" not in again.ready()
    assert again.text("#progress-text") == "1 of 10"


def test_an_unreadable_image_is_shown_as_such_and_never_accepted(
    tmp_path: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    name = "<script>document.title = 'x'</script>.jpg"
    root = draw_proposals(tmp_path / "set", ["framed"] * 2, "bad.jpg,,framed,0.9,a\n")
    (root / "bad.jpg").write_bytes(b"no picture")
    evil = root / name.replace("/", "_")
    shutil.copy(root / "0000.jpg", evil)
    with (root / "labels.csv").open("a") as stream:
        stream.write(f"{evil.name},,framed,0.95,<b>bold</b>\n")
    review = serve(root)
    tab = open_tab(review)
    tab.ready()
    assert "cannot be read" in tab.tile("bad.jpg").inner_text()
    assert tab.text("#accept-text") == "Accept 3 as framed"
    tab.press("Enter")
    tab.until("#nothing:not([hidden])")
    assert set(review.verdicts()) == {"0000.jpg", "0001.jpg", evil.name}
    assert tab.page.title() == "Review · set"


def test_leaning_on_enter_accepts_one_page_only(
    few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    review = serve(few)
    tab = open_tab(review, viewport={"width": 400, "height": 500})
    shown = tab.ready()
    assert len(shown) < 6
    tab.page.keyboard.down("Enter")
    for _ in range(5):
        tab.page.keyboard.down("Enter")  # a repeat
    tab.page.keyboard.up("Enter")
    tab.page.wait_for_selector(f'.tile[title="{shown[0]}"]', state="detached")
    tab.ready()
    assert set(review.verdicts()) == set(shown)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(400, 700), (1280, 860), (1920, 1080)])
def test_it_fits_every_window(
    few: Path,
    serve: Callable[[Path], Review],
    open_tab: Callable[..., Tab],
    width: int,
    height: int,
    scheme: str,
) -> None:
    tab = open_tab(serve(few), viewport={"width": width, "height": height}, color_scheme=scheme)
    tab.ready()
    for key in ("g", "o"):
        tab.press(key)
        tab.until("#grid[data-state=ready]" if key == "g" else ".mat[data-state=ready]")
        overflow = tab.page.evaluate(
            """() => [...document.querySelectorAll('.tile, button, .mat img, select, input')]
                .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 1)
                .filter((e) => { const r = e.getBoundingClientRect();
                    return r.right > innerWidth + 1 || r.bottom > innerHeight + 1 || r.left < -1; })
                .map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert overflow == []
    assert tab.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.skipif(
    AXE is None, reason="needs axe-core: set FRAMEJUDGE_AXE to its axe.min.js (npm pack axe-core)"
)
def test_axe_finds_nothing(
    scheme: str, few: Path, serve: Callable[[Path], Review], open_tab: Callable[..., Tab]
) -> None:
    # The page's own policy forbids foreign scripts: the browser lets this one in.
    tab = open_tab(serve(few), color_scheme=scheme, bypass_csp=True)
    axe = Path(str(AXE)).read_text(encoding="utf-8")
    tab.ready()
    tab.page.evaluate(axe)

    def findings() -> list[str]:
        found = tab.page.evaluate("axe.run()")["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    assert findings() == []
    tab.press("ArrowRight")
    tab.press("Space")  # one tile turned round
    tab.saved()
    assert findings() == []
    tab.press("o")
    tab.until(".mat[data-state=ready]")
    assert findings() == []
    tab.press("?")
    tab.until("#help[open]")
    assert findings() == []
