"""Which parts of a set are slices, and which one is named as the weakest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from made.columns import made_columns

from framejudge.bench.figures.quality import assess_slices
from framejudge.bench.figures.slices import MAX_ATTRIBUTES, find_slices, weakest_slices
from framejudge.bench.run.columns import Answers, Categories, Columns

ALL = np.ones(200, dtype=bool)


def names(attributes: dict[str, list[str]], usable: np.ndarray = ALL) -> list[tuple[str, str, int]]:
    columns = {name: Categories.of(pa.array(values)) for name, values in attributes.items()}
    return [(one.attribute, one.value, int(one.members.sum())) for one in find_slices(columns, usable)]


def test_what_a_review_left_in_the_table_is_no_slice() -> None:
    answers = ["yes", "no"] * 100
    columns = dict.fromkeys(("score", "proposed", "proposed_by", "problem", "style"), answers)
    assert [name for name, _, _ in names(columns)] == ["style", "style"]


def test_numbers_are_cut_at_their_quartiles() -> None:
    thickness = [f"{k / 1000:.3f}" for k in range(200)]
    assert names({"thickness": thickness}) == [
        ("thickness", "below 0.0498", 50),
        ("thickness", "0.0498 to 0.0995", 50),
        ("thickness", "0.0995 to 0.149", 49),
        ("thickness", "0.149 and more", 51),
    ]


def test_every_image_with_a_number_is_in_exactly_one_quarter() -> None:
    random = np.random.default_rng(2)
    values = np.where(random.random(200) < 0.2, "", random.lognormal(3, 2, 200).astype(str))
    found = find_slices({"size": Categories.of(pa.array(values.tolist()))}, ALL)
    together = np.sum([one.members for one in found], axis=0)
    np.testing.assert_array_equal(together, (values != "").astype(int))


@pytest.mark.parametrize(
    "values",
    [
        [f"photo {k}" for k in range(200)],  # names, not kinds
        [str(k) for k in range(200)],  # running numbers
        [str(k / 7) if k < 30 else "" for k in range(200)],  # too few numbers to cut
        ["0"] * 170 + [str(k / 7) for k in range(1, 31)],  # most are alike: the quartiles coincide
        ["nan"] * 10 + [str(k / 7) for k in range(190)],
    ],
)
def test_many_values_that_make_no_quarters_are_no_slices(values: list[str]) -> None:
    assert names({"column": values}) == []


def test_numbers_with_few_values_stay_as_they_are() -> None:
    assert names({"sides": ["1", "2", "3", "4"] * 50}) == [("sides", str(k), 50) for k in range(1, 5)]


def made(weak_share: float) -> tuple[Columns, Answers]:
    """A set of 600 images whose hairlines, every tenth image, are missed more often than the rest."""
    random = np.random.default_rng(11)
    style = np.where(np.arange(600) % 10 == 0, "hairline", "band")
    framed = np.arange(600) % 20 < 10
    wrong = random.random(600) < np.where(style == "hairline", weak_share, 0.05)
    columns = made_columns(framed, style=style.tolist(), page=["a", "b"] * 300)
    return columns, Answers("one", np.where(framed != wrong, 0.9, 0.1))


def test_the_weakest_slice_is_named_with_what_it_is_elsewhere() -> None:
    columns, answers = made(0.4)
    broken = replace(answers, name="broken", failure="it broke")
    found = assess_slices(columns.answered([answers, broken]))
    (weakest,) = weakest_slices(found)
    assert (weakest.detector, weakest.attribute, weakest.value) == ("one", "style", "hairline")
    assert (weakest.images, weakest.slices, weakest.reason) == (60, 4, None)
    right = answers.says_framed == columns.framed
    inside = columns.attributes["style"].is_in("hairline")
    assert weakest.accuracy is not None and weakest.accuracy.value == pytest.approx(right[inside].mean())
    assert weakest.elsewhere is not None and weakest.elsewhere.value == pytest.approx(
        sum(right[~inside & (columns.framed == kind)].mean() for kind in (True, False)) / 2, abs=1e-6
    )
    assert weakest.p is not None and weakest.p.value is not None and weakest.p.value < 0.01


def test_where_chance_explains_every_slice_none_is_named() -> None:
    columns, answers = made(0.05)
    (weakest,) = weakest_slices(assess_slices(columns.answered([answers])))
    assert weakest.attribute is None and weakest.p is not None
    assert "chance explains the weakest of 4 slices" in (weakest.reason or "")


def test_slices_without_a_scored_image_are_told_apart() -> None:
    columns, answers = made(0.05)
    answers.scores[columns.attributes["style"].is_in("hairline")] = np.nan
    found = {one.value: one for one in assess_slices(columns.answered([answers]))}
    assert found["hairline"].weaker_p is not None and found["hairline"].weaker_p.value is None
    assert found["band"].weaker_p is not None and found["band"].weaker_p.value == 1.0
    assert found["band"].elsewhere is not None and found["band"].elsewhere.value is None


def test_a_set_without_attributes_has_no_weakest_slice() -> None:
    columns, answers = made(0.4)
    bare = replace(columns, attributes={}, detectors=(answers,))
    assert weakest_slices(assess_slices(bare)) == []


def test_thousands_of_attributes_make_a_bounded_number_of_slices() -> None:
    column = Categories.of(pa.array(["a", "b"] * 30))
    attributes = {f"c{k}": column for k in range(3_000)}
    found = find_slices(attributes, np.ones(60, dtype=bool))
    assert len(found) == 2 * MAX_ATTRIBUTES
    assert {one.attribute for one in found} == {f"c{k}" for k in range(MAX_ATTRIBUTES)}
