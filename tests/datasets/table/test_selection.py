"""Parts of a set: conditions on its columns, each with a line that says what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from framejudge.datasets import Dataset, InputError, Sample
from framejudge.datasets.table.selection import Condition, parse_condition, select

SET = Dataset(
    "shop",
    Path("shop"),
    (
        Sample("a.jpg", "framed", "one", {"split": "train", "source": "x=y"}),
        Sample("b.jpg", "plain", "one", {"split": "test"}),
        Sample("c.jpg", "plain", "two", {"split": "tune"}),
        Sample("d.jpg", None, "three", {}),
    ),
)


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ([], "abcd"),
        (["split=test"], "b"),
        (["split=test|tune"], "bc"),
        (["split!=test|tune"], "ad"),
        (["split="], "d"),
        (["split!="], "abc"),
        (["label=plain", "group=one"], "b"),
        (["label="], "d"),
        (["path=a.jpg"], "a"),
        (["source=x=y"], "a"),
        ([" split = train "], "a"),
    ],
)
def test_images_that_meet_every_condition_are_left_in_their_order(where: list[str], left: str) -> None:
    assert "".join(sample.path[0] for sample in select(SET, where)) == left


def test_a_part_is_called_by_its_conditions() -> None:
    assert select(SET, ["split=test", "label=plain"]).name == "shop where split=test and label=plain"


def test_without_a_condition_the_set_is_the_same() -> None:
    assert select(SET, []) is SET


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (["split"], "--where: 'split' is no condition; write column=value"),
        (["=test"], "'=test' is no condition"),
        (["splt=test"], "no column 'splt'; did you mean split? there are: source, split, label, group, path"),
        (
            ["split=tset"],
            "no image has split=tset; did you mean test? there are: train (1), test (1), tune (1)",
        ),
        (["split=test|tset"], "no image has split=tset"),
        (["split!=tset"], "no image has split=tset"),
        (["label=Framed"], "no image has label=Framed"),
        (["split=test", "label=framed"], "no image of 4 meets split=test and label=framed"),
    ],
)
def test_what_a_set_does_not_have_is_one_line_with_what_there_is(where: list[str], said: str) -> None:
    with pytest.raises(InputError) as raised:
        select(SET, where)
    assert said in str(raised.value)


def test_many_values_are_counted() -> None:
    many = Dataset("many", Path("many"), tuple(Sample(f"{k}.jpg", "plain", "g") for k in range(20)))
    with pytest.raises(InputError, match=r"and 12 more$"):
        select(many, ["path=x"])


def test_a_condition_knows_its_parts() -> None:
    assert parse_condition("split!=a|b") == Condition("split", ("a", "b"), negated=True)
