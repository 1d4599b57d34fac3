"""``bench calibrate``: fit a detector's scores and threshold to one's own labelled images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framejudge.bench import defaults
from framejudge.bench.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framejudge.bench.decide.calibrating import Calibrated
    from framejudge.bench.run import Figure
    from framejudge.bench.run.decision.terms import DecisionTerms


def calibrate(
    detector: options.Detector,
    dataset: Annotated[
        Path, typer.Option(help="Labelled images of your own. Never use the part that you test on.")
    ],
    out: Annotated[Path, typer.Option(help="File for the calibration, in JSON.")],
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
    cost_miss: options.CostMiss = None,
    cost_false_alarm: options.CostFalseAlarm = None,
    prevalence: options.Prevalence = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    seed: options.Seed = 0,
    timeout: options.Timeout = defaults.TIMEOUT_S,
) -> None:
    """Fit a detector's scores and threshold to your own images; give the file after its name: cnn+shop.json.

    Its scores become probabilities of a frame (Platt scaling). Its threshold is the probability at which a
    miss and a false alarm cost the same. What that is worth is cross-fitted: each image is judged by a fit
    without its group.
    """
    from framejudge.detectors.registry import find

    spec = find(detector)
    from framejudge.bench.cli.terminal.output import check_new_file
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.bench.decide.calibrating import calibrate as fit
    from framejudge.bench.worker.limits import Limits
    from framejudge.datasets.table.reading import read_dataset
    from framejudge.detectors.calibrated import write_calibration

    check_new_file(out, force=force)
    _check_part(where or ())
    terms = _terms(cost_miss, cost_false_alarm)
    labelled = read_dataset(dataset, options.reading(where, columns, labels))
    with shown_progress() as progress:
        found = fit(
            labelled,
            spec,
            terms=terms,
            prevalence=prevalence,
            seed=seed,
            limits=Limits(timeout_s=timeout),
            progress=progress,
        )
    write_calibration(found.calibration, out)
    _print(found, detector, out)


def _check_part(where: Sequence[str]) -> None:
    """Refuse the part that is called test: a threshold that was fitted on it proves nothing there."""
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.table.selection import parse_condition

    for text in where:
        condition = parse_condition(text)
        if not condition.negated and "test" in map(str.casefold, condition.values):
            raise InputError(
                "a threshold that is fitted on the test part proves nothing there",
                where=f"--where {text}",
                fix="fit it on another part, for example --where split=tune",
            )


def _terms(cost_miss: float | None, cost_false_alarm: float | None) -> DecisionTerms | None:
    from framejudge.bench.decide.terms import DecisionTable

    table = DecisionTable.of_options(None, cost_miss, cost_false_alarm, None, None)
    return table.terms()


def _print(found: Calibrated, detector: str, out: Path) -> None:
    from rich.table import Table

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.bench.run.wording import bracketed, decimals, signed

    three = decimals(3)
    table = Table("", "before", "after, cross-fitted", box=None, header_style="bold")
    names = {"accuracy": "accuracy", "log_loss": "log loss", "calibration_error": "calibration error"}
    for name, words in (names | {"threshold": "threshold"}).items():
        table.add_row(words, _cell(found.before[name]), _cell(found.after[name]))
    console = plain_console()
    console.print(table)
    facts = found.calibration.fitted_on
    console.print(
        f"{facts['images']:,} images of {facts['groups']:,} groups, {facts['framed']:,} framed; in brackets: "
        "95 % intervals. The threshold is on the scale of the detector's own scores.",
        markup=False,
        soft_wrap=True,
    )
    console.print(
        f"accuracy after less before, on the same images: {bracketed(found.gain, signed(three))}",
        markup=False,
        soft_wrap=True,
    )
    if found.left_out:
        console.print(f"left out, without a score: {found.left_out:,}", markup=False)
    console.print(f"{out}; use it as: --detectors {detector}+{out}", markup=False, soft_wrap=True)


def _cell(figure: Figure) -> str:
    from framejudge.bench.run.wording import bracketed, decimals

    return f"{figure.value:.3f}" if figure.low is None else bracketed(figure, decimals(3))
