"""``bench export``: write a network for production."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    model: Annotated[str, typer.Option(help="Network: cnn, cnn-2016, or a .keras file of `bench train`.")],
    format: Annotated[  # noqa: A002  (the option's name)
        list[str],
        typer.Option(
            help="Format: keras, savedmodel, litert, litert-int8 or onnx. Repeat the option for several."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
) -> None:
    """Write a network so that it runs without framejudge: uint8 RGB pictures in, probability of a frame out.

    A .json beside each file holds the threshold, the input size, the line of code that resizes a picture for
    it, and its SHA-256.
    """
    import os

    from framejudge.bench.cli.terminal.needs import needs_tensorflow
    from framejudge.bench.cli.terminal.output import writing

    needs_tensorflow("exporting")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # the converters print every step of theirs

    from framejudge.detectors.network.model.export import export as export_network

    with writing(out):
        paths = export_network(model, format, out)
    print(*paths, sep="\n")
