"""Which images a reviewer sees, page by page, and how far the work is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets import Dataset, Sample
from framejudge.datasets.review.decisions import VERDICTS, Decision
from framejudge.datasets.review.items import (
    Filter,
    Item,
    Standing,
    find_page,
    items_of,
    measure_progress,
    others,
    source_of,
)


def item(number: int, **fields: object) -> Item:
    defaults: dict[str, object] = {
        "path": f"{number}.jpg",
        "label": None,
        "proposed": "framed",
        "score": 0.5,
        "source": "",
        "problem": "",
    }
    return Item(number, **(defaults | fields))  # type: ignore[arg-type]


def standing(**by_path: dict[str, str]) -> dict[str, dict[str, Decision]]:
    return {
        f"{path.removeprefix('n')}.jpg": {
            name: Decision(1, path, name, verdict, 0, None, "now")  # type: ignore[arg-type]
            for name, verdict in by_reviewer.items()
        }
        for path, by_reviewer in by_path.items()
    }


def numbers(items: list[Item], stand: Standing, wanted: Filter, **where: int) -> list[int]:
    page = find_page(items, stand, "ann", wanted, limit=99, **where)
    return [found.number for found in page.items]


def test_an_item_is_proposed_by_its_label_or_else_by_the_detector() -> None:
    samples = (
        Sample("a/1.jpg", None, "g", {"proposed": "framed", "score": "0.7", "source": "shop"}),
        Sample("a/2.jpg", "plain", "g", {"proposed": "framed", "score": "nan"}),
        Sample("framed/3.jpg", "framed", "g"),
        Sample("4.jpg", None, "g", {"proposed": "Framed", "score": "high", "problem": "truncated"}),
    )
    found = items_of(Dataset("set", Path(), samples))
    assert [x.proposed for x in found] == ["framed", "plain", "framed", None]
    assert [x.score for x in found] == [0.7, None, None, None]
    assert [x.source for x in found] == ["shop", "a", "", ""]
    assert found[3].problem == "truncated"


def test_the_source_is_the_first_folder() -> None:
    assert [source_of(path) for path in ("a/b/c.jpg", "c.jpg", "plain/c.jpg")] == ["a", "", ""]


def test_filters() -> None:
    items = [
        item(0, score=0.2, source="x"),
        item(1, score=None),
        item(2, score=0.9, proposed="plain"),
        item(3, score=0.6),
    ]
    assert numbers(items, {}, Filter(proposed="framed")) == [0, 1, 3]
    assert numbers(items, {}, Filter(low=0.5)) == [2, 3]
    assert numbers(items, {}, Filter(high=0.6)) == [0, 3]
    assert numbers(items, {}, Filter(source="x")) == [0]


def test_statuses_are_one_reviewers() -> None:
    items = [item(number) for number in range(6)]
    stand = standing(
        n0={"ann": "framed", "bob": "plain"},
        n1={"ann": "unsure", "bob": "plain"},
        n2={"bob": "plain"},
        n3={"ann": "withdrawn"},
        n4={"ann": "framed", "bob": "framed"},
    )
    expected = {
        "todo": [2, 3, 5],
        "nobody": [3, 5],
        "done": [0, 1, 4],
        "unsure": [1],
        "disputed": [0],
        "all": [0, 1, 2, 3, 4, 5],
    }
    for status, found in expected.items():
        assert numbers(items, stand, Filter(status=status)) == found, status  # type: ignore[arg-type]


def test_a_second_opinion_does_not_see_the_first() -> None:
    stand = standing(n0={"ann": "framed", "bob": "plain"})["0.jpg"]
    assert others(stand, "ann") == {"bob": "plain"}
    assert others(stand, "cy") == {}


def test_progress_counts_one_reviewers_work() -> None:
    items = [item(0), item(1, proposed="plain"), item(2), item(3, proposed=None)]
    stand = standing(n0={"ann": "framed", "bob": "plain"}, n1={"ann": "unsure"}, n2={"ann": "withdrawn"})
    found = measure_progress(items, stand, "ann")
    assert (found.images, found.decided, found.framed, found.plain) == (4, 2, 1, 0)
    assert (found.unsure, found.disputed) == (1, 1)
    assert found.left == {"framed": 1, "plain": 0, "": 1}


@given(st.lists(st.sampled_from([*VERDICTS, None]), max_size=30), st.integers(1, 7))
def test_paging_forward_and_back_shows_each_match_once(verdicts: list[str | None], limit: int) -> None:
    items = [item(number) for number in range(len(verdicts))]
    stand = standing(**{f"n{number}": {"ann": verdict} for number, verdict in enumerate(verdicts) if verdict})
    expected = [number for number, verdict in enumerate(verdicts) if verdict in (None, "withdrawn")]
    forward: list[int] = []
    after = -1
    while (page := find_page(items, stand, "ann", Filter(), limit=limit, after=after)).items:
        assert page.matching == len(expected)
        assert page.before == len(forward)
        forward += [found.number for found in page.items]
        assert page.after == len(expected) - len(forward)
        after = forward[-1]
    assert forward == expected
    backward: list[int] = []
    before = len(items)
    while (page := find_page(items, stand, "ann", Filter(), limit=limit, before=before)).items:
        backward = [found.number for found in page.items] + backward
        before = backward[0]
    assert backward == expected
