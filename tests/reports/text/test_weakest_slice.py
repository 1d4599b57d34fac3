"""Where a reader finds the slice that a detector is weakest on: the terminal and the Markdown report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made.small_run import write_made_run

from framejudge.bench.cli.terminal.summary import print_summary
from framejudge.bench.run import Figure, Run, WeakestSlice, folder
from framejudge.reports.text.markdown import render_markdown

NAMED = WeakestSlice(
    detector="canny",
    slices=30,
    attribute="style",
    value="hair[line]",
    images=100,
    accuracy=Figure(value=0.75, low=0.66, high=0.82, method="wilson", n=100),
    elsewhere=Figure(value=0.9, low=0.88, high=0.92, method="wilson", n=1900),
    p=Figure(value=0.0004998, method="westfall-young over 30", n=100),
)
NONE = WeakestSlice(detector="cnn", slices=30, p=Figure(value=0.4), reason="chance explains the weakest")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    place = write_made_run(tmp_path / "run")
    folder.write_results(place, replace(Run.open(place).results, weakest_slices=[NAMED, NONE]))
    return Run.open(place)


def test_it_survives_the_folder(run: Run) -> None:
    assert run.results.weakest_slices == [NAMED, NONE]


def test_the_terminal_names_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(run, Path("report.html"))
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("weakest slice")]
    assert lines == [
        "weakest slice of canny: style: hair[line]: 0.750 [0.660, 0.820] right on 100 images, "
        "0.900 [0.880, 0.920] elsewhere (p = 0.0005 over 30 slices)"
    ]


def test_the_markdown_report_names_it_and_says_where_there_is_none(run: Run) -> None:
    text = render_markdown(run)
    assert (
        "- **canny** is clearly weaker on style: hair\\[line\\]: 75.0 % right on 100 images, "
        "90.0 % elsewhere (p = 0.0005, corrected for 30 slices)" in text
    )
    assert "- **cnn**: chance explains the weakest" in text
