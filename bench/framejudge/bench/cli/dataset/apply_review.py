"""``bench dataset apply-review``: correct labels by what people marked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framejudge.bench.cli import options


def apply_review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Labelled set to correct.")],
    decisions: Annotated[
        Path | None,
        typer.Argument(
            metavar="DECISIONS",
            help="CSV file of a report, or journal of a review; by default DIR/review.jsonl.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would change, and change nothing.")
    ] = False,
    columns: options.Columns = None,
    labels: options.Labels = None,
) -> None:
    """Write what people decided into the labels, and report what changed.

    A decision is refused when its image is not in the set, or its label was changed after the decision.
    """
    import sys

    from framejudge.datasets.errors import InputError
    from framejudge.datasets.review.decisions import JOURNAL_NAME
    from framejudge.datasets.review.marks import read_marks
    from framejudge.datasets.review.mending import in_words, mend, refusals_in_words

    file = decisions or folder / JOURNAL_NAME
    marks = read_marks(file)
    reading = options.reading(None, columns, labels)
    mended = mend(folder, marks, dry_run=dry_run, options=reading)
    planned = mended.plan
    refusals = refusals_in_words(planned.refused)
    if planned.refused and not (planned.changes or planned.confirmed or planned.disputed or planned.outdated):
        raise InputError("; ".join(refusals), where=file, fix="is it about another set?")
    print("\n".join(in_words(mended, dry_run=dry_run)))
    for line in refusals:
        print(line, file=sys.stderr)
