"""A run as Markdown: for a pull request, a job summary, a mail."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from framejudge.bench.run import Run, WeakestSlice
from framejudge.reports.decision import decide
from framejudge.reports.figure_table import Cell, figure_rows, slice_detectors, slice_rows
from framejudge.reports.warnings import warnings_of
from framejudge.reports.wording import count, percent

SLICES_SHOWN = 10


def render_markdown(run: Run) -> str:
    """Return the decision, every figure with its interval, the weakest slices and the command as Markdown."""
    results = run.results
    decision = decide(results)
    names = list(results.detectors)
    parts = [f"## {_text(decision.headline)}", _text(decision.lead)]
    parts += [f"> **Beware:** {_text(warning)}" for warning in warnings_of(results)]
    parts += [
        f"- **{_text(verdict.question)}:** {_text(verdict.leader or 'cannot be said')}"
        + (f", {_text(verdict.answer)}" if verdict.answer else "")
        + "".join(f"; {_text(duel.sentence)}" for duel in verdict.duels)
        for verdict in decision.verdicts
    ]
    rows = [
        [_text(row.title), *(_cell(cell) for cell in row.cells)]
        for group in figure_rows(results)
        for row in group.rows
    ]
    parts.append(_table(["figure (95 % interval)", *map(_text, names)], rows))
    slices = slice_rows(results)[:SLICES_SHOWN]
    if slices:
        parts.append("### Weakest slices, by accuracy")
        header = ["slice", "images", *map(_text, slice_detectors(results))]
        parts.append(
            _table(
                header,
                [
                    [f"{_text(row.attribute)}: {_text(row.value)}", f"{row.images:,}", *map(_cell, row.cells)]
                    for row in slices
                ],
            )
        )
    parts += [f"- {_weakest(one)}" for one in results.weakest_slices]
    for name, found in results.detectors.items():
        if found.status == "failed":
            parts.append(
                f"**{_text(name)}** did not finish: {_text(found.failure or 'no reason was recorded')}"
            )
    if results.unreadable:
        parts.append(f"{count(len(results.unreadable), 'image')} cannot be read and count in no figure.")
    parts.append(f"Made by `{_code(shlex.join(run.manifest.argv))}`")
    return _joined(parts)


def _weakest(one: WeakestSlice) -> str:
    if one.accuracy is None or one.elsewhere is None or one.p is None or one.p.value is None:
        return f"**{_text(one.detector)}**: {_text(one.reason or 'no slice is surely weaker')}"
    there, elsewhere = (
        "not known" if figure.value is None else percent(figure.value)
        for figure in (one.accuracy, one.elsewhere)
    )
    return (
        f"**{_text(one.detector)}** is surely weaker on {_text(f'{one.attribute}: {one.value}')}: "
        f"{there} right on {one.images:,} images, {elsewhere} elsewhere "
        f"(p = {one.p.value:.2g}, corrected for {one.slices} slices)"
    )


def _joined(parts: Sequence[str]) -> str:
    """Return paragraphs with a blank line between them; items of one list stand together."""
    text = "\n\n".join(parts)
    return re.sub(r"(?m)(^- .*)\n\n(?=- )", r"\1\n", text) + "\n"


def _cell(cell: Cell) -> str:
    if not cell.text:
        return _text(cell.under)
    return f"**{_text(cell.text)}**" + (f"<br>{_text(cell.under)}" if cell.under else "")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|~$#>])", r"\\\1", flat)


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")
