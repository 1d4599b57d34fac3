"""``bench dataset split``: write as a column which part each image belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeAlias

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options

if TYPE_CHECKING:
    from framejudge.datasets.split.splitting import Units
    from framejudge.datasets.table.sample import Dataset


Shares: TypeAlias = Annotated[
    str | None, typer.Option(help="Named parts and their shares, like train=0.7,validation=0.15,test=0.15.")
]
Folds: TypeAlias = Annotated[
    int | None,
    typer.Option(min=2, max=limits.FOLDS, help="Equal parts, this many of them, named 0, 1, 2, ..."),
]
LeaveOut: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ATTRIBUTE", help="One part for each value of an attribute, such as source."),
]
ExamBuckets: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--exam-buckets", help="Ten parts by the hash of the file: for photos, not for generated sets."
    ),
]
StratifyBy: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ATTRIBUTE", help="Balance the parts by this attribute, beside the label."),
]
Column: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Name of the column; by default split, fold, left_out or bucket, after the kind of split."
    ),
]
NearBits: TypeAlias = Annotated[
    int,
    typer.Option(
        min=-1, max=16, help="Near-duplicates differ in at most so many of 64 hash bits; -1 looks for none."
    ),
]
TableFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", help="File for the table; by default the set's labels.csv or labels.parquet."),
]


def split(
    dataset: options.LabelledSet,
    shares: Shares = None,
    folds: Folds = None,
    leave_out: LeaveOut = None,
    exam_buckets: ExamBuckets = False,
    stratify_by: StratifyBy = None,
    column: Column = None,
    out: TableFile = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a column, or an --out, that exists already.")
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, max=limits.SEED, help="Random seed, for --shares and --folds.")
    ] = 0,
    near_bits: NearBits = 4,
    label: options.OneClass = None,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
) -> None:
    """Divide a set into parts by group, and write each image's part as a column.

    Near-duplicates stay in one part, and labels are balanced. The same images and seed give the same parts,
    whatever the order of the rows. Class folders get a labels.csv beside them. With --where, only these
    images are divided, and the others keep what they have. Prints what each part holds.
    """
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.table.one_class import read_labelled
    from framejudge.datasets.table.selection import select
    from framejudge.datasets.table.table_column import check_column_name, labels_table_of, write_attribute

    if sum([shares is not None, folds is not None, leave_out is not None, exam_buckets]) != 1:
        raise InputError(
            "give exactly one way to divide", fix="use --shares, --folds, --leave-out or --exam-buckets"
        )
    kind = _kind(shares, folds, leave_out, stratify_by, seed, near_bits)
    column = column or kind.column
    check_column_name(column)
    table = labels_table_of(dataset) if label is None else None
    contents = table.read_bytes() if table else b""
    reading = options.reading(None, columns, labels)
    whole = read_labelled(dataset, label, reading)
    labelled = select(whole, where or [])
    target = out or table or dataset / "labels.csv"
    _check_free(labelled, column, target, is_own=target == table, force=force)
    units, parts = kind.divide(labelled)
    part_by_path = {sample.path: part for sample, part in zip(units.samples, parts, strict=True)}
    write_attribute(whole, table, contents, column, part_by_path, target, reading)
    _print_counts(units, parts, kind.order, column, target)


class _Kind(NamedTuple):
    """A way to divide: the column's usual name, the parts' order, and what divides."""

    column: str
    order: tuple[str, ...]
    divide: Callable[[Dataset], tuple[Units, list[str]]]


def _kind(
    shares: str | None,
    folds: int | None,
    leave_out: str | None,
    stratify_by: str | None,
    seed: int,
    near_bits: int,
) -> _Kind:
    from framejudge.datasets.drawing import buckets as exam
    from framejudge.datasets.split import splitting

    def bundled(divide: Callable[[Units], list[str]]) -> Callable[[Dataset], tuple[Units, list[str]]]:
        def divided(dataset: Dataset) -> tuple[Units, list[str]]:
            units = _bundle(dataset, near_bits)
            return units, divide(units)

        return divided

    if shares is not None:
        wanted = splitting.parse_shares(shares)
        by_share = bundled(lambda units: splitting.by_share(units, units.strata(stratify_by), wanted, seed))
        return _Kind("split", tuple(wanted), by_share)
    if folds is not None:
        in_folds = bundled(lambda units: splitting.in_folds(units, units.strata(stratify_by), folds, seed))
        return _Kind("fold", tuple(map(str, range(folds))), in_folds)
    if leave_out is not None:
        return _Kind("left_out", (), bundled(lambda units: splitting.by_attribute(units, leave_out)))
    return _Kind("bucket", tuple(map(str, range(exam.BUCKETS))), splitting.exam_split)


def _bundle(dataset: Dataset, near_bits: int) -> Units:
    """Look for near-duplicates, with a progress bar, and bind them together."""
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.images.near_duplicates import find_near_duplicates
    from framejudge.datasets.split.splitting import Units

    if near_bits < 0:
        return Units.of(dataset)
    with shown_progress() as progress:
        return Units.of(dataset, find_near_duplicates(dataset, near_bits, progress))


def _check_free(dataset: Dataset, column: str, target: Path, *, is_own: bool, force: bool) -> None:
    """Refuse to replace a column, or another file than the set's own table, unless that is wanted."""
    from framejudge.datasets.errors import InputError

    if force:
        return
    if any(sample.attributes.get(column) for sample in dataset):
        what = f"the set has a column {column!r} already"
        raise InputError(what, where=dataset.root, fix="give another --column, or --force to replace it")
    if target.exists() and not is_own:
        raise InputError("is there already", where=target, fix="give another --out, or --force to replace it")


def _print_counts(
    units: Units, parts: Sequence[str], order: Sequence[str], column: str, target: Path
) -> None:
    from rich.markup import escape
    from rich.table import Table

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.datasets.split.splitting import count_parts

    counts = count_parts(units, parts, order)
    table = Table(box=None, header_style="bold")
    table.add_column(escape(column))
    for name in ("images", "share", "framed", "plain", "unlabelled", "bundles"):
        table.add_column(name, justify="right")
    for count in counts:
        numbers = (count.framed, count.plain, count.unlabelled, count.bundles)
        share = f"{count.images / len(units):.1%}"
        table.add_row(escape(count.part), f"{count.images:,}", share, *(f"{number:,}" for number in numbers))
    console = plain_console()
    console.print(table)
    bundles = sum(count.bundles for count in counts)
    console.print(
        f"column {column!r} of {len(units):,} images written to {target}; a bundle is a group with its "
        f"near-duplicates ({bundles:,}, never parted)",
        markup=False,
        soft_wrap=True,
    )
