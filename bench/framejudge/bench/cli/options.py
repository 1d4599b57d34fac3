"""Options that several commands share: one name, one text for one thing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypedDict

import typer

from framejudge.bench import limits

if TYPE_CHECKING:
    from framejudge.datasets.codes import MuteList
    from framejudge.datasets.table.reading_options import ReadingOptions


def number(value: float | None) -> float | None:
    """Refuse what is a float and no number: no limit catches it, because it is neither below nor above."""
    if value is not None and value != value:
        raise typer.BadParameter("nan is not a number; give one with digits")
    return value


def numbers(values: list[float] | float | None) -> list[float] | float | None:
    """Refuse the same among several."""
    for value in values if isinstance(values, list | tuple) else [values]:
        number(value)
    return values


NAMES = (
    "a name that `bench detectors` lists, package.module:Class, or a model file (.keras, .onnx, .tflite); "
    "+FILE.json after it gives it settings of your own"
)

Detectors: TypeAlias = Annotated[
    str,
    typer.Option(
        "--detectors", "--detector", metavar="A,B", help=f"Detectors, separated by commas: each {NAMES}."
    ),
]
SomeDetectors: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--detectors", "--detector", metavar="A,B", help=f"Detectors, separated by commas: each {NAMES}."
    ),
]
Detector: TypeAlias = Annotated[str, typer.Option("--detector", "--detectors", help=f"Detector: {NAMES}.")]
Dataset: TypeAlias = Annotated[
    Path | None, typer.Option(help="Folder of a labelled set; by default the built-in generated set.")
]
Where: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=VALUE",
        help="Only images with this value in this column. COLUMN!=VALUE: without it; COLUMN=A|B: with "
        "either. Repeat the option for more conditions: all must hold.",
    ),
]
Columns: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="OURS=YOURS,...", help="Names of your table's columns, like path=image,label=class."
    ),
]
Labels: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="framed=A,plain=B",
        help="Words for the labels in your table, or names of your class folders, like framed=1,plain=0; "
        "| stands between several.",
    ),
]
RunFolder: TypeAlias = Annotated[
    Path | None, typer.Option("--out", help="Folder for the run; by default runs/<date and time>.")
]
ForceRun: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Replace the run that is in the output folder.")
]
Threads: TypeAlias = Annotated[
    int, typer.Option(min=1, max=limits.THREADS, help="Threads that a detector may use while it is timed.")
]
Seed: TypeAlias = Annotated[int, typer.Option(min=0, max=limits.SEED, help="Random seed.")]
TurnsSeed: TypeAlias = Annotated[
    int, typer.Option("--seed", min=0, max=limits.SEED, help="Random seed for the order of images and turns.")
]
Timeout: TypeAlias = Annotated[
    float,
    typer.Option(
        min=0.001,
        max=limits.WEEK_S,
        callback=number,
        help="Seconds that a detector may take to load, or for one image; its process is ended then.",
    ),
]
MaxMemory: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Memory that a detector's process and all that it starts may hold, like 2GB; by default all.",
    ),
]
MaxCrashes: TypeAlias = Annotated[
    int,
    typer.Option(
        min=1,
        max=limits.CALLS,
        help="Give a detector up when so many images have ended its process; each of them costs itself only.",
    ),
]
Prevalence: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        callback=number,
        help="Your real share of framed images (0.03: 3 %); accuracy, precision and costs are for it.",
    ),
]
CostMiss: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=limits.COST,
        callback=number,
        help="What one missed frame costs, in any unit: decide by expected cost.",
    ),
]
CostFalseAlarm: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0, max=limits.COST, callback=number, help="What one false alarm costs, in the same unit."
    ),
]
LatencyBudget: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=limits.P99_MS,
        callback=number,
        help="Ship no detector that needs more milliseconds for an image.",
    ),
]


class Percentile(StrEnum):
    """A percentile of latency that can have a budget."""

    P50, P90, P95, P99 = "p50", "p90", "p95", "p99"


LatencyPercentile: TypeAlias = Annotated[
    Percentile | None, typer.Option(help="The percentile that must keep the latency budget; by default p99.")
]
OneClass: TypeAlias = Annotated[
    str | None,
    typer.Option("--label", help="Label of every image in a folder without labels: framed or plain."),
]
LabelledSet: TypeAlias = Annotated[
    Path, typer.Argument(help="Folder with labels.csv or labels.parquet, or with framed/ and plain/.")
]
ForceSet: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Replace the set that is in the output folder.")
]
ResumeSet: TypeAlias = Annotated[bool, typer.Option("--resume", help="Continue a set that was interrupted.")]
Epochs: TypeAlias = Annotated[int, typer.Option(min=1, max=limits.EPOCHS, help="Epochs of training.")]
Patience: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=limits.EPOCHS,
        help="Stop after so many epochs without a lower validation loss; by default never.",
    ),
]
MixedPrecision: TypeAlias = Annotated[
    bool | None, typer.Option(help="Compute in bfloat16; by default on a GPU only.")
]


Mute: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--mute",
        metavar="CODES",
        help="Codes of warnings that are not to be shown, such as FJ301, separated by commas.",
    ),
]


class OfSet(TypedDict):
    """What a request says of its set, by the names of its fields."""

    dataset: str | None
    where: list[str]
    columns: str | None
    labels: str | None


def of_set(dataset: Path | None, where: list[str] | None, columns: str | None, labels: str | None) -> OfSet:
    """Return the options about the set as fields of a request."""
    path = None if dataset is None else str(dataset)
    return OfSet(dataset=path, where=where or [], columns=columns, labels=labels)


def reading(where: list[str] | None, columns: str | None, labels: str | None) -> ReadingOptions:
    """Return how a command reads its set."""
    from framejudge.datasets.table.reading_options import ReadingOptions

    return ReadingOptions(tuple(where or ()), columns, labels)


def muted(codes: Sequence[str] | None) -> MuteList:
    """Return what ``--mute`` and the configuration in the current folder mute.

    Raises
    ------
    InputError
        For a word that is no code of a warning.
    """
    from framejudge.datasets.codes import read_mute_list

    return read_mute_list(Path(), codes or ())


def size(text: str | None) -> int | None:
    """Return the bytes that ``--max-memory`` asks for; None for None.

    Raises
    ------
    InputError
        For what is no size, or too little.
    """
    if text is None:
        return None
    from framejudge.bench.worker.limits import parse_size

    return parse_size(text)


def known(detectors: str) -> list[str]:
    """Return the names in ``--detectors``, after looking whether there are such detectors.

    A command calls it before it imports anything else: a misspelt name is refused at once.

    Raises
    ------
    InputError
        For no name, an unknown one, or one given twice.
    """
    from framejudge.detectors.registry import find_all

    return [spec.name for spec in find_all(detectors)]


def check_one_of(*, force: bool, resume: bool) -> None:
    """Refuse ``--force`` beside ``--resume``.

    Raises
    ------
    InputError
        Where both are given.
    """
    from framejudge.datasets.errors import InputError

    if force and resume:
        raise InputError("--force and --resume exclude each other", fix="use one of them")
