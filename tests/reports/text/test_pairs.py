"""All pairs of detectors as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made.review_run import write_review_run

from framejudge.bench.cli.terminal.decision import PAIRS_SHOWN, print_pairs
from framejudge.bench.run import Figure, Run
from framejudge.reports.page.report import render
from framejudge.reports.text.markdown import render_markdown
from framejudge.reports.text.pairs import pair_rows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run.open(write_review_run(tmp_path_factory.mktemp("pairs") / "run", images=200, detectors=6))


def test_every_pair_once_the_better_one_first_the_clearest_on_top(run: Run) -> None:
    rows = pair_rows(run.results)
    assert len(rows) == 15 == len({frozenset((row.better, row.worse)) for row in rows})
    assert not any(row.accuracy.text.startswith("\u2212") for row in rows)
    accuracies = {name: found.accuracy.value or 0.0 for name, found in run.results.detectors.items()}
    assert all(accuracies[row.better] >= accuracies[row.worse] for row in rows)
    assert rows[0].images.text == "shown"
    assert "images" in rows[-1].images.text or rows[-1].images.text == "-"


def test_two_detectors_need_no_table(run: Run) -> None:
    few = dict(list(run.results.detectors.items())[:2])
    assert pair_rows(replace(run.results, detectors=few)) == []


def test_a_pair_without_figures_says_why(run: Run) -> None:
    nothing = Figure(value=None, reason="no image has a score of both")
    lost = [
        replace(
            one, accuracy_difference=nothing, auc_difference=nothing, mcnemar_p=nothing, images_to_tell=None
        )
        for one in run.results.comparisons
    ]
    row = pair_rows(replace(run.results, comparisons=lost))[0]
    assert (row.accuracy.text, row.accuracy.under) == ("-", "no image has a score of both")
    assert row.images.text == "-"


def test_page_markdown_and_terminal_have_the_table(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    row = pair_rows(run.results)[0]
    print_pairs(run.results)
    said = capsys.readouterr().out
    assert f"and {15 - PAIRS_SHOWN} more pairs in the report" in said
    markdown, page = render_markdown(run), render(run)
    for text in (row.accuracy.text, row.auc.text):
        assert text in said and text in markdown and text in page
    assert "### All pairs" in markdown and 'id="pairs"' in page
