"""The per-image table: rows on disk to columns in memory and back, pairing by path, older runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from made.small_run import write_made_run

from framejudge.bench.run import Run
from framejudge.bench.run.columns import FRAMED, PLAIN, UNLABELLED, Answers, Categories, Columns, by_position
from framejudge.bench.run.predictions import predictions_table, read_columns

FEW = settings(max_examples=40, deadline=None)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
BOXES = st.none() | st.tuples(*[st.integers(0, 5_000)] * 4)


@st.composite
def made_columns(draw: st.DrawFn) -> Columns:
    """Draw a small set of images and what up to three detectors said of it."""
    paths = draw(st.lists(TEXTS, min_size=1, max_size=12, unique=True))
    n = len(paths)

    def texts(among: st.SearchStrategy[str | None]) -> list[str | None]:
        return draw(st.lists(among, min_size=n, max_size=n))

    def boxes() -> np.ndarray[Any, np.dtype[np.float64]]:
        drawn = draw(st.lists(BOXES, min_size=n, max_size=n))
        return np.array([[np.nan] * 4 if box is None else box for box in drawn], dtype=np.float64)

    columns = Columns.of_images(
        paths=paths,
        labels=texts(st.sampled_from(["framed", "plain", None])),
        groups=[str(one) for one in texts(TEXTS)],
        boxes=dict.fromkeys(draw(st.sets(st.integers(0, n - 1))), (1, 2, 30, 40)),
        attributes={name: texts(st.none() | TEXTS) for name in draw(st.sets(TEXTS, max_size=2))},
    )
    scores = st.none() | st.floats(0, 1)
    return columns.answered(
        Answers(
            f"detector {k}",
            np.array(
                [np.nan if one is None else one for one in draw(st.lists(scores, min_size=n, max_size=n))]
            ),
            threshold=draw(st.floats(0, 1)),
            errors=pa.array(texts(st.none() | TEXTS), pa.string()),
            boxes=draw(st.none() | st.just(boxes())),
            explanations=draw(st.none() | st.just(pa.array(texts(TEXTS), pa.string()))),
        )
        for k in range(draw(st.integers(1, 3)))
    )


@FEW
@given(made_columns())
def test_a_table_read_into_columns_is_written_as_the_same_table(columns: Columns) -> None:
    table = predictions_table(columns)
    read = read_columns(table)
    assert read.paths.equals(columns.paths)
    assert [one.name for one in read.detectors] == [one.name for one in columns.detectors]
    unpredicted = ["predicted"]  # a bare table holds no threshold, only what follows from it
    assert predictions_table(read).drop_columns(unpredicted).equals(table.drop_columns(unpredicted))
    for again, answers in zip(read.detectors, columns.detectors, strict=True):
        assert (again.says_framed == answers.says_framed).all()


@FEW
@given(made_columns(), st.randoms(use_true_random=False))
def test_rows_of_any_order_give_the_same_columns(columns: Columns, random: Any) -> None:
    table = predictions_table(columns)
    order = list(range(table.num_rows))
    random.shuffle(order)
    shuffled = read_columns(table.take(order))
    again = shuffled.take(shuffled.positions_of(columns.paths))
    by_name = {one.name: one for one in again.detectors}
    sorted_back = again.answered(by_name[one.name] for one in columns.detectors)
    dropped = ["predicted"]
    assert predictions_table(sorted_back).drop_columns(dropped).equals(table.drop_columns(dropped))


@FEW
@given(made_columns())
def test_images_of_two_tables_are_paired_by_path(columns: Columns) -> None:
    other = columns.take(np.arange(len(columns))[::-1].copy())
    positions = other.positions_of(columns.paths)
    assert other.take(positions).paths.equals(columns.paths)
    assert (positions == np.arange(len(columns))[::-1]).all()
    ordered = columns.by_path().paths.to_pylist()
    assert ordered == sorted(ordered)
    unknown = pa.array(["\x00 no such image"])
    assert columns.positions_of(unknown).tolist() == [-1]
    assert np.isnan(columns.detectors[0].take(columns.positions_of(unknown)).scores).all()


def test_a_stored_run_keeps_its_thresholds_failures_and_reasons(tmp_path: Path) -> None:
    run = Run.open(write_made_run(tmp_path / "run"))
    columns = run.columns
    assert [one.name for one in columns.detectors] == list(run.results.detectors)
    for answers in columns.detectors:
        found = run.results.detectors[answers.name]
        assert answers.threshold == found.threshold
        assert (answers.failure is None) == (found.status == "complete")
    assert predictions_table(columns)["score"].equals(run.predictions["score"])
    assert predictions_table(columns)["error"].equals(run.predictions["error"])


def test_the_columns_that_runs_of_earlier_versions_lack_are_empty(tmp_path: Path) -> None:
    table = Run.open(write_made_run(tmp_path / "run")).predictions
    lacking = [
        name
        for name in table.column_names
        if name in ("width", "height", "explanation") or name.startswith(("true_", "box_"))
    ]
    columns = read_columns(table.drop_columns(lacking))
    assert not columns.sizes.any() and np.isnan(columns.true_boxes).all() and not columns.located.any()
    assert all(one.boxes is None and one.explanations is None for one in columns.detectors)
    assert predictions_table(columns).column_names == table.column_names


def test_a_table_of_scores_alone_is_read_as_images_without_labels() -> None:
    rows = {"path": ["a", "b"], "detector": ["one"] * 2, "score": [0.7, None], "predicted": ["framed", None]}
    columns = read_columns(pa.table(rows))
    assert not columns.labelled.any() and columns.groups.codes.tolist() == [-1, -1]
    (answers,) = columns.detectors
    assert answers.threshold == 0.7 and answers.scored.tolist() == [True, False]


def test_labels_given_later_change_neither_answers_nor_who_was_asked_for_boxes() -> None:
    images = Columns.of_images(
        paths="abcd",
        labels=["framed", "plain", None, "framed"],
        groups="ggxy",
        boxes={0: (1, 1, 9, 9), 1: (0, 0, 5, 5)},
    )
    assert images.labels.tolist() == [FRAMED, PLAIN, UNLABELLED, FRAMED]
    assert images.located.tolist() == [True, True, False, False]
    assert np.isfinite(images.true_boxes[:, 0]).tolist() == [True, False, False, False]
    answered = images.answered([Answers("one", np.array([0.9, 0.1, np.nan, 0.4]))])
    later = answered.relabelled(
        Columns.of_images(paths="abcd", labels=["plain", "framed", "framed", "framed"], groups="abcd")
    )
    assert later.located.tolist() == images.located.tolist()
    assert later.wrong(later.detectors[0]).tolist() == [True, True, False, True]
    assert answered.wrong(answered.detectors[0]).tolist() == [False, False, False, True]
    assert later.only(later.plain).labelled.tolist() == [True, False, False, False]


def test_an_error_is_the_detectors_own_where_others_could_read_the_image() -> None:
    errors = pa.array([None, "truncated", "ValueError: odd", "it broke"])
    columns = Columns.of_images(paths="abcd", labels=["plain"] * 4, groups="abcd").answered(
        [Answers("one", np.full(4, np.nan), failure="it broke", errors=errors)]
    )
    assert columns.errors_of(columns.detectors[0]) == {1: "truncated", 2: "ValueError: odd"}
    assert by_position(errors) == {1: "truncated", 2: "ValueError: odd", 3: "it broke"}


def test_categories_are_in_ascending_order_and_know_their_images() -> None:
    found = Categories.of(pa.array(["b", None, "a", "b"]))
    assert found.values.to_pylist() == ["a", "b"] and found.codes.tolist() == [1, -1, 0, 1]
    assert found.is_in("b").tolist() == [True, False, False, True] and not found.is_in("c").any()
    assert [found.text(k) for k in range(4)] == ["b", None, "a", "b"] == found.texts().to_pylist()
