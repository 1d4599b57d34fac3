"""``bench sweep``: a table of experiments by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framejudge.bench.run.figure import Figure
    from framejudge.detectors.network.train.sweep import Row

HEADER = (
    "name",
    "train accuracy",
    "validation accuracy",
    "parameters",
    "latency p50 [ms]",
    "training [s]",
    "epochs",
    "verdict",
)


Names: TypeAlias = Annotated[
    list[str],
    typer.Argument(metavar="NAME...", help="Experiments, like 128_32-32-32-32_conv3_fc16_..., or profile."),
]
Folds: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=2, max=limits.FOLDS, help="Cross-validate: train each experiment in so many folds of photos."
    ),
]
ValidationShare: TypeAlias = Annotated[
    float,
    typer.Option(
        min=0.05,
        max=0.5,
        callback=options.number,
        help="Without --folds: share of the photos to validate on.",
    ),
]
Jobs: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=limits.THREADS,
        help="Trainings at once; by default one for each GPU, or for each core.",
    ),
]


def sweep(
    names: Names,
    dataset: Annotated[Path, typer.Option(help="Labelled set to train and validate on.")],
    out: Annotated[
        Path, typer.Option(help="Folder for the models; a sweep that was interrupted in it continues.")
    ],
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
    epochs: options.Epochs = 40,
    folds: Folds = None,
    validation_share: ValidationShare = 0.2,
    patience: options.Patience = None,
    jobs: Jobs = None,
    seed: options.Seed = 0,
    mixed_precision: options.MixedPrecision = None,
) -> None:
    """Train experiments on a labelled set and compare their accuracy, parameters, latency and training time.

    No photo is on both sides of a split. OUT gets table.csv, table.md and one chart with the curves of all
    experiments. Each training and its model have a folder of their own below it.
    """
    from framejudge.bench.cli.terminal.needs import needs_tensorflow
    from framejudge.bench.cli.terminal.progress_bar import shown_progress

    needs_tensorflow("training")
    from framejudge.datasets.folder_lock import owned
    from framejudge.detectors.network.train.sweep import Settings, count_gpus
    from framejudge.detectors.network.train.sweep import sweep as sweep_networks

    settings = Settings(
        dataset=str(dataset.resolve()),
        reading=options.reading(where, columns, labels),
        epochs=epochs,
        folds=folds,
        share=validation_share,
        seed=seed,
        mixed_precision=count_gpus() > 0 if mixed_precision is None else mixed_precision,
        patience=patience,
    )
    with owned(out):
        with shown_progress() as progress:
            rows = sweep_networks(names, settings, out, jobs=jobs, progress=progress)
        _write(rows, folds, out)


def _write(rows: Sequence[Row], folds: int | None, out: Path) -> None:
    """Write the tables and the chart, and print the table."""
    from framejudge.bench.cli.terminal.output import write_text
    from framejudge.detectors.network.train.learning_curves import draw_curves

    draw_curves({row.name: row.history for row in rows}, out)
    _write_csv(rows, out / "table.csv")
    text = _markdown(rows, folds)
    write_text(out / "table.md", text)
    print(text, end="")


def _intervals(row: Row) -> tuple[Figure, Figure]:
    from framejudge.bench.statistics.proportions import proportion

    return (
        proportion(row.train_right, row.train_groups),
        proportion(row.validation_right, row.validation_groups),
    )


def _write_csv(rows: Sequence[Row], path: Path) -> None:
    import csv

    from framejudge.datasets.atomic_file import replaced

    with replaced(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        ends = [f"{part} accuracy {end}" for part in ("train", "validation") for end in ("low", "high")]
        writer.writerow([*HEADER, *ends])
        for row in rows:
            train, validation = _intervals(row)
            writer.writerow(
                [
                    row.name,
                    train.value,
                    validation.value,
                    row.parameters,
                    row.latency_ms,
                    row.seconds,
                    len(row.history),
                    row.verdict,
                    *(train.low, train.high, validation.low, validation.high),
                ]
            )


def _markdown(rows: Sequence[Row], folds: int | None) -> str:
    lines = [f"| {' | '.join(HEADER)} |", f"|{' --- |' * len(HEADER)}"]
    for row in rows:
        train, validation = map(_cell, _intervals(row))
        lines.append(
            f"| {row.name} | {train} | {validation} | {row.parameters:,} | {row.latency_ms:.2f} | "
            f"{row.seconds:,.0f} | {len(row.history)} | {row.verdict} |"
        )
    how = f"{folds}-fold cross-validation" if folds else "one split"
    lines += [
        "",
        f"Accuracy at a threshold of 0.5 with 95 % intervals, {how} by photo; "
        f"{len(rows[0].validation_right):,} validation pictures.",
        "",
        "![accuracy and loss over epochs](curves.svg)",
    ]
    return "\n".join(lines) + "\n"


def _cell(figure: Figure) -> str:
    from framejudge.bench.run.wording import bracketed, decimals

    if figure.value is None or figure.low is None or figure.high is None:
        return f"no interval: {figure.reason}"
    return bracketed(figure, decimals(3))
