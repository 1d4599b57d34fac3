"""``bench dataset convert``: a labelled set in the layout of another tool."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framejudge.bench.cli import options


class Layout(StrEnum):
    """What other tools read."""

    METADATA = "metadata"
    CLASSES = "classes"


def convert(
    dataset: Annotated[Path, typer.Argument(metavar="SET", help="Folder of a labelled set.")],
    to: Annotated[
        Layout,
        typer.Option(
            help="Layout. metadata: metadata.csv in the set's folder, for Hugging Face's imagefolder; "
            "classes: OUT/framed and OUT/plain, for Keras."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="New or empty folder for the class folders.")] = None,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
) -> None:
    """Write a set so that Hugging Face or Keras loads it; pandas reads labels.csv as it is.

    Beware: tools that sort class folders make framed class 0 and plain class 1.
    """
    import sys

    from framejudge.datasets.errors import InputError
    from framejudge.datasets.table.other_layouts import write_class_folders, write_metadata
    from framejudge.datasets.table.reading import read_dataset

    if (to is Layout.CLASSES) != (out is not None):
        fix = (
            "name the folder for framed/ and plain/" if out is None else "it is written into the set's folder"
        )
        raise InputError(f"--to {to} goes {'with' if out is None else 'without'} --out", fix=fix)
    labelled = read_dataset(dataset, options.reading(where, columns, labels))
    if out is None:
        print(f'{write_metadata(labelled)}: load_dataset("imagefolder", data_dir="{dataset}")')
        return
    written = write_class_folders(labelled, out)
    print(f"{out}: {written.framed:,} framed, {written.plain:,} plain")
    if written.left_out:
        print(f"left out, without a label: {written.left_out:,}", file=sys.stderr)
    print("beware: tools that sort class folders make framed class 0 and plain class 1", file=sys.stderr)
