"""``bench compare``: two stored runs on the same set, paired."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from framejudge.bench.run import Run
    from framejudge.bench.run.comparison import DetectorChange, Flip, RunComparison

FLIPS_SHOWN = 10
"""Images of each detector that are listed in the terminal; the CSV file has all of them."""


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Folder of the first run.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Folder of the second run.")],
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write every image that flipped as CSV.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write the whole comparison as JSON.")
    ] = None,
) -> None:
    """Report what got better or worse between two runs on the same images, and how sure that is.

    Runs on other images are not paired. Then the command reports how the pictures differ, and ends with 2.
    """
    from framejudge.bench.cli.terminal.output import write_text
    from framejudge.bench.compare.runs import compare_runs
    from framejudge.bench.run import Run

    old, new = Run.open(before), Run.open(after)
    if old.results.dataset.images_fingerprint != new.results.dataset.images_fingerprint:
        _print_drift(old, new)
    comparison = compare_runs(old, new)
    _print(comparison)
    if csv is not None:
        write_text(csv, _csv(comparison))
    if json is not None:
        write_text(json, _json(comparison))


def _print(comparison: RunComparison) -> None:
    from rich.markup import escape

    from framejudge.bench.cli.terminal.output import plain_console

    console = plain_console()
    first, second = comparison.before, comparison.after
    console.print(f"{escape(comparison.dataset)}: the same images in both runs", soft_wrap=True)
    for which, run in (("before", first), ("after", second)):
        console.print(f"{which}: {escape(run.folder)} ({run.started})", soft_wrap=True)
    console.print(_table(comparison.detectors))
    console.print("[dim]Differences are after minus before. In brackets: 95 % intervals.[/dim]")
    for change in comparison.detectors:
        console.print(escape(_sentence(change)), soft_wrap=True)
        if change.verdict == "no change shown":
            console.print(
                f"  {escape(_what_would_show(change, first.folder, second.folder))}", soft_wrap=True
            )
        flips = [flip for flip in comparison.flips if flip.detector == change.detector]
        for flip in flips[:FLIPS_SHOWN]:
            console.print(f"  {escape(_flip(flip))}", soft_wrap=True)
        if len(flips) > FLIPS_SHOWN:
            console.print(f"  and {len(flips) - FLIPS_SHOWN:,} more: --csv FILE has all of them")
    for line in _notes(comparison):
        console.print(f"[yellow]note[/yellow]: {escape(line)}", soft_wrap=True)


def _print_drift(before: Run, after: Run) -> None:
    from rich.markup import escape

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.bench.compare.drift import set_drift
    from framejudge.reports.text.drift import summarise

    found = summarise(set_drift(before, after))
    console = plain_console()
    console.print(escape(found.headline), soft_wrap=True)
    for row in found.rows:
        line = f"  {row.title}: {row.before} -> {row.after}; shift: {row.size} ({row.words})"
        console.print(escape(line), soft_wrap=True)
    for note in found.notes:
        console.print(escape(note), soft_wrap=True)


def _table(changes: list[DetectorChange]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from framejudge.bench.run.wording import bracketed, decimals, optional, p_value, signed

    plain, difference = decimals(3), signed(decimals(3))
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("detector", overflow="fold")
    for heading in ("accuracy", "difference", "p", "AUC difference", "verdict"):
        table.add_column(heading, no_wrap=True)
    for one in changes:
        table.add_row(
            escape(one.detector),
            f"{optional(one.accuracy_before.value, plain)} -> {optional(one.accuracy_after.value, plain)}",
            escape(bracketed(one.accuracy_difference, difference)),
            p_value(one.mcnemar_p.value),
            escape(bracketed(one.auc_difference, difference)),
            one.verdict,
        )
    return table


def _sentence(change: DetectorChange) -> str:
    parts = [f"{change.images:,} images compared, {change.fixed:,} fixed, {change.regressed:,} regressed"]
    for count, which in ((change.only_before, "first"), (change.only_after, "second")):
        if count:
            parts.append(f"{count:,} have a score in the {which} run only and are left out")
    if change.threshold_before != change.threshold_after:
        parts.append(f"threshold {change.threshold_before:g} -> {change.threshold_after:g}")
    if change.files_changed is not None:
        parts.append("its files changed" if change.files_changed else "its files are the same")
    return f"{change.detector}: {'; '.join([*parts, _latency(change)])}"


def _what_would_show(change: DetectorChange, before: str, after: str) -> str:
    """Say how many images would show a change that was found and may be chance."""
    import shlex

    from framejudge.bench.run.wording import about, points

    found = change.accuracy_difference.value
    if not found or change.images_to_tell is None:
        return f"no change of accuracy was found; `{shlex.join(['bench', 'plan', after, before])}` plans one"
    line = shlex.join(["bench", "plan", after, before, "--difference", f"{abs(found):.2g}"])
    return (
        f"to show a change of {points(abs(found))} points would need "
        f"{about(change.images_to_tell, 'image')}; `{line}` shows how"
    )


def _latency(change: DetectorChange) -> str:
    old, new = change.p50_ms_before, change.p50_ms_after
    if old is None or new is None or old.value is None or new.value is None:
        return f"latency: {change.latency_ratio.reason}"
    medians = f"p50 {old.value:.3g} -> {new.value:.3g} ms"
    ratio = change.latency_ratio
    times = "" if ratio.value is None else f", {ratio.value:.2f} times"
    return f"{medians}{times} ({ratio.reason})"


def _flip(flip: Flip) -> str:
    label = flip.label or "no label"
    return f"{flip.effect} {flip.path} ({label}): {flip.score_before:.3f} -> {flip.score_after:.3f}"


def _notes(comparison: RunComparison) -> list[str]:
    notes = [str(one) for one in comparison.notices]
    for names, which in ((comparison.missing_after, "first"), (comparison.missing_before, "second")):
        if names:
            notes.append(f"only in the {which} run: {', '.join(names)}")
    return notes


def _csv(comparison: RunComparison) -> str:
    import csv
    import io
    from dataclasses import asdict, fields

    from framejudge.bench.run.comparison import Flip

    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Flip)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(flip) for flip in comparison.flips)
    return text.getvalue()


def _json(comparison: RunComparison) -> str:
    import json
    from dataclasses import asdict

    return (
        json.dumps(asdict(comparison), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    )
