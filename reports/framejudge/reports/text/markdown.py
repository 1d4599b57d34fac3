"""A run as Markdown: for a pull request, a job summary, a mail."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from framejudge.bench.run import Results, Run
from framejudge.bench.run.gate_wording import HEADINGS
from framejudge.bench.run.wording import count
from framejudge.datasets.printable import printable
from framejudge.reports.attached import Attached
from framejudge.reports.gate import table as gate_table
from framejudge.reports.gate.table import GateSummary
from framejudge.reports.text import baseline
from framejudge.reports.text.baseline import BaselineSummary, ChangeCell
from framejudge.reports.text.costs import CostTable
from framejudge.reports.text.decision import decide
from framejudge.reports.text.drift import DriftSummary, summarise
from framejudge.reports.text.figure_table import Cell, figure_rows, slice_detectors, slice_rows, weakest_lines
from framejudge.reports.text.pairs import PairCell, PairRow, pair_rows
from framejudge.reports.text.warnings import explained, notices_of

SLICES_SHOWN = 10


def render_markdown(run: Run, attached: Attached | None = None) -> str:
    """Return a run as Markdown.

    The decision, a gate's verdicts, what changed against a baseline, every figure with its interval, the
    weakest slices, and the command.
    """
    results = run.results
    decision = decide(results)
    names = list(results.detectors)
    parts = [f"## {_text(decision.headline)}", _text(decision.lead)]
    parts += [
        f"> **Warning:** {_text(one.text)}{f' ({one.code})' if one.code else ''}"
        for one in explained(notices_of(results, (attached or Attached()).mute))
    ]
    parts += [
        f"- **{_text(verdict.question)}:** {_text(verdict.leader or 'not known')}"
        + (f", {_text(verdict.answer)}" if verdict.answer else "")
        + "".join(f"; {_text(duel.sentence)}" for duel in verdict.duels)
        for verdict in decision.verdicts
    ]
    if decision.costs is not None:
        parts += _costs(decision.costs, decision.notes)
    gate, compared = gate_table.verdicts_on(run), (attached or Attached()).baseline
    if gate is not None:
        parts += _gate(gate_table.summarise(gate))
    if compared is not None:
        parts += _baseline(baseline.summarise(compared))
    if attached is not None and attached.drift is not None:
        parts += _drift(summarise(attached.drift))
    rows = [
        [_text(row.title), *(_cell(cell) for cell in row.cells)]
        for group in figure_rows(results)
        for row in group.rows
    ]
    parts.append(_table(["figure (95 % interval)", *map(_text, names)], rows))
    parts += _pairs(pair_rows(results))
    parts += _slices(results)
    for name, found in results.detectors.items():
        if found.status == "failed":
            parts.append(
                f"**{_text(name)}** did not finish: {_text(found.failure or 'no reason was recorded')}"
            )
    if results.unreadable:
        parts.append(f"{count(len(results.unreadable), 'image')} cannot be read. No figure counts them.")
    parts.append(f"Made by `{_code(shlex.join(run.manifest.argv))}`")
    return _joined(parts)


def _slices(results: Results) -> list[str]:
    """Return the table of the weakest slices, and the slice that each detector is clearly weakest on."""
    slices, parts = slice_rows(results)[:SLICES_SHOWN], []
    if slices:
        header = ["slice", "images", *map(_text, slice_detectors(results))]
        rows = [
            [f"{_text(row.attribute)}: {_text(row.value)}", f"{row.images:,}", *map(_cell, row.cells)]
            for row in slices
        ]
        parts += ["### Weakest slices, by accuracy", _table(header, rows)]
    return parts + [
        f"- **{_text(one.detector)}**" + ("" if one.words[0] == ":" else " ") + _text(one.words)
        for one in weakest_lines(results)
    ]


def _pairs(rows: Sequence[PairRow]) -> list[str]:
    if not rows:
        return []
    header = [
        "more accurate",
        "than",
        "by (points)",
        f"p (Holm over {len(rows)})",
        "ROC area",
        "latency, times",
    ]
    cells = [
        [_text(row.better), _text(row.worse), *map(_change, (row.accuracy, row.p, row.auc, row.latency))]
        for row in rows
    ]
    return ["### All pairs", _table(header, cells)]


def _costs(costs: CostTable, notes: Sequence[str]) -> list[str]:
    header = ["choice", f"{costs.cost_title} (95 % interval)", "cheapest with a probability of"]
    rows = [
        [_text(row.choice), f"**{row.cost}**" + (f"<br>{row.spread}" if row.spread else ""), row.cheapest]
        for row in costs.rows
    ]
    if costs.latency_title:
        header += [_text(costs.latency_title), "budget"]
        rows = [[*cells, _text(row.latency), row.budget] for cells, row in zip(rows, costs.rows, strict=True)]
    table = [_table(header, rows)] if rows else []
    return ["### What mistakes cost", *table, *(f"- {_text(note)}" for note in notes)]


def _gate(gate: GateSummary) -> list[str]:
    rows = [
        [
            _text(row.rule),
            f"**{_text(row.verdict)}**",
            *map(_text, row.figures.cells),
            _text(row.reason),
        ]
        for row in gate.rows
    ]
    header = ["rule", "verdict", *HEADINGS, "why"]
    return [f"### Gate: {_text(gate.verdict)}", f"{_text(gate.headline)}.", _table(header, rows)]


def _baseline(compared: BaselineSummary) -> list[str]:
    rows = [
        [_text(row.detector), f"**{_text(row.verdict)}**"]
        + [_change(cell) for cell in (row.accuracy, row.auc, row.flips, row.latency)]
        for row in compared.rows
    ]
    header = ["detector", "verdict", "accuracy", "ROC area", "images that flipped", "median latency (advice)"]
    return ["### Against the baseline", _text(compared.headline), _table(header, rows)]


def _drift(found: DriftSummary) -> list[str]:
    rows = [
        [_text(row.title), *map(_text, (row.before, row.after, row.size, row.words))] for row in found.rows
    ]
    header = ["property", "earlier run", "this run", "shift", "what it means"]
    table = [_table(header, rows)] if rows else []
    return ["### Against the pictures of an earlier run", _text(found.headline), *table]


def _change(cell: ChangeCell | PairCell) -> str:
    return "<br>".join(_text(text) for text in (cell.text, cell.under) if text)


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
    flat = printable(" ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|~$#>])", r"\\\1", flat)


def _code(text: str) -> str:
    return printable(" ".join(text.split())).replace("`", "'").replace("|", "\\|")
