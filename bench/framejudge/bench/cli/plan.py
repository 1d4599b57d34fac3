"""``bench plan``: how many images, groups and calls a question needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from framejudge.bench.cli import options

if TYPE_CHECKING:
    from framejudge.bench.decide.planning import Plan, Question, Subject

Pilot: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="[RUN]", help="A small run to plan from: its disagreement and its groups."),
]
Before: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="[BEFORE]", help="A run of earlier versions on the same images: to plan a gate."),
]
Shares: TypeAlias = list[float] | None


def _share(text: str, *flags: str, lowest: float = 1e-4) -> Any:
    """Return an option that takes a share."""
    return typer.Option(*flags, min=lowest, max=1, callback=options.numbers, help=text)


Differences: TypeAlias = Annotated[
    Shares,
    _share("See such a difference of accuracy between two detectors (0.02: 2 points).", "--difference"),
]
Drops: TypeAlias = Annotated[Shares, _share("Have a gate find such a drop of accuracy.", "--drop")]
HalfWidths: TypeAlias = Annotated[
    Shares, _share("Know an accuracy to plus or minus so much.", "--half-width")
]
Percentiles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--percentile", metavar="p99", help="Have an interval for this percentile of latency."),
]
Ratios: TypeAlias = Annotated[
    Shares,
    _share("Know the ratio of two latencies to plus or minus so much (needs a run).", "--latency-ratio"),
]
Disagreement: TypeAlias = Annotated[
    float | None,
    _share("Share of the images that only one of two detectors, or two versions, is right on."),
]
Accuracy: TypeAlias = Annotated[float | None, _share("The accuracy that you expect.")]
GroupSize: TypeAlias = Annotated[
    float, typer.Option(min=1, max=1_000_000, callback=options.number, help="Images cut from one photo.")
]
Correlation: TypeAlias = Annotated[
    float,
    _share("How alike the images of one photo are: intraclass correlation, 0 to 1.", lowest=0.0),
]
Power: TypeAlias = Annotated[
    float,
    typer.Option(min=0.01, max=0.999, callback=options.number, help="Chance of finding what is there."),
]
MaxDrop: TypeAlias = Annotated[float, _share("Drop that the gate's rule tolerates.", lowest=0.0)]
Rules: TypeAlias = Annotated[
    int, typer.Option(min=1, max=1_000, help="Rules about drops that the gate judges at once.")
]
Pairs: TypeAlias = Annotated[
    int | None,
    typer.Option(min=1, max=10_000, help="Pairs of detectors compared at once; by default those of RUN."),
]
Chart: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE.svg", help="Also draw the images needed over the size of the effect."),
]
Json: TypeAlias = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Also write the plan as JSON.")
]


def plan(
    pilot: Pilot = None,
    before: Before = None,
    detectors: options.SomeDetectors = None,
    difference: Differences = None,
    drop: Drops = None,
    half_width: HalfWidths = None,
    percentile: Percentiles = None,
    latency_ratio: Ratios = None,
    disagreement: Disagreement = None,
    accuracy: Accuracy = None,
    group_size: GroupSize = 1.0,
    correlation: Correlation = 0.0,
    power: Power = 0.8,
    max_drop: MaxDrop = 0.005,
    rules: Rules = 1,
    pairs: Pairs = None,
    chart: Chart = None,
    json: Json = None,
) -> None:
    """Say how many labelled images, source photos or timed calls a question needs, before they are labelled.

    From numbers: `bench plan --disagreement 0.06 --difference 0.02`. From a small run of the same detectors:
    `bench plan runs/pilot`. Without a question, the usual ones are answered.
    """
    from framejudge.bench.cli.terminal.plan import print_plan
    from framejudge.bench.decide.planning import Question, plan_for

    subjects = _subjects(pilot, before, detectors, disagreement, accuracy, group_size, correlation)
    question = Question(
        differences=difference or (),
        drops=drop or (),
        half_widths=half_width or (),
        percentiles=[_quantile(one) for one in percentile or ()],
        ratios=latency_ratio or (),
        power=power,
        pairs=pairs or _compared_at_once(subjects),
        max_drop=max_drop,
        rules=rules,
    )
    _check(question, subjects)
    made = plan_for(question, subjects)
    print_plan(made)
    _write(made, chart, json)


def _subjects(
    pilot: Path | None,
    before: Path | None,
    detectors: str | None,
    disagreement: float | None,
    accuracy: float | None,
    group_size: float,
    correlation: float,
) -> list[Subject]:
    """Return what the plan is about: the pilot's detectors, and what the numbers describe."""
    from framejudge.bench import api
    from framejudge.bench.decide.pilot_run import subjects_of
    from framejudge.bench.decide.planning import Subject
    from framejudge.bench.run import Figure

    found = []
    if pilot is not None:
        names = [name.strip() for name in (detectors or "").split(",") if name.strip()]
        found = subjects_of(api.open_run(pilot), None if before is None else api.open_run(before), names)
    if disagreement is not None or accuracy is not None:
        given = Subject(
            disagreement=None if disagreement is None else Figure(value=disagreement),
            accuracy=None if accuracy is None else Figure(value=accuracy),
            group_size=group_size,
            correlation=correlation,
        )
        found.append(given)
    return found


def _compared_at_once(subjects: list[Subject]) -> int:
    """Return how many tests share the level: the changes of two runs, else the pairs of one."""
    changes = sum(one.is_change for one in subjects)
    return changes or max(1, sum(one.disagreement is not None for one in subjects))


def _quantile(percentile: str) -> float:
    """Read p99 or p99.9 as 0.99 or 0.999.

    Raises
    ------
    InputError
        For anything else.
    """
    from framejudge.datasets.errors import InputError

    try:
        number = float(percentile.lower().removeprefix("p")) / 100
    except ValueError:
        number = 0.0
    if not 0 < number <= 0.99999:
        raise InputError(
            f"{percentile!r} is no percentile", where="--percentile", fix="write p50, p99, p99.9"
        )
    return round(number, 7)


def _check(question: Question, subjects: list[Subject]) -> None:
    """Refuse questions that nothing is known for.

    Raises
    ------
    InputError
        Where there is nothing to plan from, or not what a question needs.
    """
    from framejudge.datasets.errors import InputError

    if question.is_empty and not subjects:
        raise InputError(
            "there is nothing to plan from",
            fix="give the folder of a small run, or --disagreement 0.06 and --accuracy 0.95",
        )
    pair = any(one.disagreement is not None for one in subjects)
    change = any(one.disagreement is not None and (one.is_change or not one.name) for one in subjects)
    alone = any(one.accuracy is not None for one in subjects)
    ratio = any(one.latency_ratio is not None for one in subjects)
    for asked, known, option, fix in (
        (question.differences, pair, "--difference", "give --disagreement, or a run of two detectors"),
        (question.drops, change, "--drop", "give --disagreement, or two runs: RUN BEFORE"),
        (question.half_widths, alone, "--half-width", "give --accuracy, or a run"),
        (question.ratios, ratio, "--latency-ratio", "give a run in which two detectors were timed"),
    ):
        if asked and not known:
            raise InputError("what it depends on is not known", where=option, fix=fix)


def _write(made: Plan, chart: Path | None, json: Path | None) -> None:
    from framejudge.bench.cli.terminal.output import say, write_text, writing

    if chart is not None:
        from framejudge.reports.charts.plan_chart import Curve, images_over_effect, write_plan_chart

        named = {"difference": "see a difference", "drop": "gate a drop", "interval": "interval of +-"}
        curves: dict[str, Curve] = {}
        for row in made.rows:
            if row.kind in named and row.images is not None:
                label = f"{named[row.kind]}{f': {row.subject}' if row.subject else ''}"
                curves.setdefault(label, Curve(label, [])).points.append((row.effect, row.images))
        with writing(chart):
            write_plan_chart(images_over_effect(list(curves.values())), chart)
        say(chart)
    if json is not None:
        import dataclasses
        from json import dumps

        text = dumps(dataclasses.asdict(made), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        write_text(json, f"{text}\n")
        say(json)
