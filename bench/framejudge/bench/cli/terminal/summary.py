"""What a run found, in a terminal or a pipe: a table of at most 100 columns and the warnings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from framejudge.bench.cli.terminal.decision import print_decision, print_pairs
from framejudge.bench.cli.terminal.notices import print_notices
from framejudge.bench.cli.terminal.output import plain_console
from framejudge.bench.run import DetectorResult, Figure, Latency, Results, Run
from framejudge.bench.run.wording import NONE, bracketed, decimals, optional, p_equals

if TYPE_CHECKING:
    from framejudge.bench.engine.sharding import ShardDone


def print_summary(run: Run, report: Path) -> None:
    """Print the figures that decide, what went wrong, and where the report is."""
    console = plain_console()
    console.print(_what_was_measured(run.results))
    console.print(_table(run.results))
    console.print("[dim]In brackets: 95 % intervals.[/dim]")
    print_decision(run.results, console)
    print_pairs(run.results, console)
    for line in [*_rates(run.results), *_weak_slices(run.results)]:
        console.print(line, soft_wrap=True)
    for line in _boxes(run.results):
        console.print(line, soft_wrap=True)
    print_notices(console, run.results.notices)
    console.print(f"report: {escape(str(report))}", soft_wrap=True)


def print_shard(done: ShardDone) -> None:
    """Print what came of a shard, and what puts shards together."""
    console = plain_console()
    own, whole = done.images
    console.print(
        f"shard {done.shard}: {own:,} of {whole:,} images, in {escape(str(done.folder))}", soft_wrap=True
    )
    for name, why in done.failures.items():
        console.print(f"failed: {escape(name)}: {escape(why)}", soft_wrap=True)
    console.print("put all shards together with: bench merge SHARD... --out RUN")


def _what_was_measured(results: Results) -> str:
    dataset = results.dataset
    counts = f"{dataset.images:,} images, {dataset.framed:,} framed, {dataset.plain:,} plain"
    if dataset.unlabelled:
        counts += f", {dataset.unlabelled:,} unlabelled"
    if dataset.unreadable:
        counts += f", {dataset.unreadable:,} unreadable"
    return f"{escape(dataset.name)}: {counts}"


def _boxes(results: Results) -> list[str]:
    """Return a line for each detector that located frames whose place is known."""
    return [
        f"content box of {one.boxes.framed:,} framed images, {escape(name)}: every side within 2 px or 1 % "
        f"{_share(one.boxes.within_tolerance)}, frames missed {_share(one.boxes.missed)}, "
        f"plain images changed {_share(one.boxes.plain_changed)}"
        for name, one in results.detectors.items()
        if one.boxes is not None
    ]


def _table(results: Results) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("detector", overflow="fold")
    for heading in ("accuracy", "AUC", "p50 ms", "p99 ms"):
        table.add_column(heading, no_wrap=True)
    for name, one in results.detectors.items():
        table.add_row(escape(name), *_cells(one))
    return table


def _cells(one: DetectorResult) -> list[str]:
    p50, p99 = _percentiles(one.latency_ms)
    return [_share(one.accuracy), _share(one.auc), p50, p99]


def _percentiles(latency: Latency | None) -> tuple[str, str]:
    return (NONE, NONE) if latency is None else (_milliseconds(latency.p50), _milliseconds(latency.p99))


def _share(figure: Figure) -> str:
    return escape(bracketed(figure, decimals(3)))


def _milliseconds(figure: Figure) -> str:
    return escape(bracketed(figure, _few_digits))


def _few_digits(milliseconds: float) -> str:
    """Write a time in at most five digits, so that a table of four figures stays within its width."""
    return decimals(next((3 - k for k in range(3) if milliseconds < 10 ** (k + 1)), 0))(milliseconds)


def _rates(results: Results) -> list[str]:
    lines = []
    for name, one in results.detectors.items():
        if one.latency_ms is not None and (served := one.latency_ms.open_loop) is not None:
            load = optional(served.load.value, lambda share: f"{share:.0%}")
            lines.append(
                f"{escape(name)} at {served.per_second:g} images a second: busy {load} of the time; the call "
                f"alone p50 {_milliseconds(served.call_p50)} ms, p99 {_milliseconds(served.call_p99)} ms"
            )
        if (found := one.highest_rate) is not None:
            rate = escape(bracketed(found.per_second, lambda value: f"{value:.3g}"))
            tried = ", ".join(f"{trial.per_second:.3g}" for trial in found.trials)
            lines.append(
                f"{escape(name)} keeps p99 under {found.p99_under_ms:g} ms up to {rate} images a second; "
                + (f"tried: {tried}" if tried else escape(found.per_second.reason or ""))
            )
    return lines


def _weak_slices(results: Results) -> list[str]:
    return [
        f"weakest slice of {escape(one.detector)}: {escape(f'{one.attribute}: {one.value}')}: "
        f"{_share(one.accuracy)} right on {one.images:,} images, {_share(one.elsewhere)} elsewhere "
        f"({p_equals(one.p.value)} over {one.slices} slices)"
        for one in results.weakest_slices
        if one.accuracy is not None and one.elsewhere is not None and one.p is not None and one.p.value
    ]
