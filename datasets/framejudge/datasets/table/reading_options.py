"""What a user says about a labelled set that its files do not say: which rows, which columns, which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from framejudge.datasets.table.column_names import names_of_columns
from framejudge.datasets.table.label_words import LabelWords


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a labelled set. Without any, the set speaks for itself.

    Attributes
    ----------
    where
        Conditions that an image must meet, all of them: ``column=value``, ``column!=value``, ``column=a|b``;
        see `framejudge.datasets.table.selection`.
    columns
        Other names of the table's columns: ``path=image,label=class``.
    labels
        Other words for the labels, in the table or as class folders: ``framed=1,plain=0``.
    """

    where: tuple[str, ...] = ()
    columns: str | None = None
    labels: str | None = None

    @property
    def words(self) -> LabelWords:
        """What stands for which label; an `InputError` where ``labels`` is malformed."""
        return LabelWords.parse(self.labels)

    def names(self, table: Path) -> Mapping[str, str]:
        """Return what each column that has a meaning is called in a table, by our name for it.

        Raises
        ------
        InputError
            Where ``columns`` is malformed.
        """
        return names_of_columns(self.columns, table)

    def check(self) -> None:
        """Refuse malformed options before any file is read.

        Raises
        ------
        InputError
            For the first of them.
        """
        from framejudge.datasets.table.selection import parse_condition

        _ = self.words
        self.names(Path("labels.csv"))
        for text in self.where:
            parse_condition(text)


AS_IT_IS = ReadingOptions()
"""A set that needs no explanation, all of it."""
