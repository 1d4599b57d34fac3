"""Parts of a labelled set: the images whose columns have the values that were asked for."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.sample import Dataset, Sample

OPTION = "--where"
VALUES_SHOWN = 8
OWN_COLUMNS = ("label", "group", "path")
"""Columns that every set has beside its attributes."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A column and the values that it must have, or with ``negated`` must not have."""

    column: str
    values: tuple[str, ...]
    negated: bool = False

    def holds(self, sample: Sample) -> bool:
        """Whether an image meets it."""
        return (value_of(sample, self.column) in self.values) != self.negated


def parse_condition(text: str) -> Condition:
    """Read ``column=value``, ``column!=value`` or ``column=a|b``; ``column=`` asks for empty cells.

    Raises
    ------
    InputError
        For anything else.
    """
    column, equals, values = text.partition("=")
    negated = column.endswith("!")
    name = column.removesuffix("!").strip()
    if not equals or not name:
        fix = "write column=value, column!=value or column=value|value"
        raise InputError(f"{text!r} is no condition", where=OPTION, fix=fix)
    return Condition(name, tuple(value.strip() for value in values.split("|")), negated)


def select(dataset: Dataset, where: Sequence[str]) -> Dataset:
    """Return the set with the images that meet every condition, in the set's order; its name says which.

    Raises
    ------
    InputError
        For a malformed condition, a column or a value that the set does not have, and where no image is left.
    """
    left = dataset.samples
    for text in where:
        condition = parse_condition(text)
        _check_column(dataset, condition.column)
        _check_values(dataset, condition)
        left = tuple(sample for sample in left if condition.holds(sample))
    if not left:
        raise InputError(
            f"no image of {len(dataset):,} meets {' and '.join(where)}",
            where=OPTION,
            fix="leave a condition away",
        )
    if not where:
        return dataset
    return replace(dataset, name=f"{dataset.name} where {' and '.join(where)}", samples=left)


def value_of(sample: Sample, column: str) -> str:
    """Return an image's cell of a column as text; empty where it has none."""
    if column in OWN_COLUMNS:
        return {"label": sample.label or "", "group": sample.group, "path": sample.path}[column]
    return sample.attributes.get(column, "")


def _check_column(dataset: Dataset, column: str) -> None:
    columns = sorted({name for sample in dataset for name in sample.attributes})
    if column in (*columns, *OWN_COLUMNS):
        return
    there = [*columns, *OWN_COLUMNS]
    near = difflib.get_close_matches(column, there, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InputError(f"no column {column!r}", where=OPTION, fix=f"{hint}there are: {', '.join(there)}")


def _check_values(dataset: Dataset, condition: Condition) -> None:
    counts = Counter(value_of(sample, condition.column) for sample in dataset)
    for value in condition.values:
        if not counts[value]:
            near = difflib.get_close_matches(value, counts, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise InputError(
                f"no image has {condition.column}={value}",
                where=OPTION,
                fix=f"{hint}there are: {_values_in_words(counts)}",
            )


def _values_in_words(counts: Counter[str]) -> str:
    shown = [f"{value or '(empty)'} ({count:,})" for value, count in counts.most_common(VALUES_SHOWN)]
    more = len(counts) - VALUES_SHOWN
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
