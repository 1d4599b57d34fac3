"""``bench dataset frame``: turn plain photos into a labelled set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options

Photos: TypeAlias = Annotated[
    Path, typer.Argument(help="Folder of plain photos; its manifest.csv is used if there is one.")
]
Count: TypeAlias = Annotated[
    int | None, typer.Option(min=1, max=limits.IMAGES, help="Images to draw; by default one for each photo.")
]
PerPhoto: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=limits.IMAGES,
        help="Images to draw from each photo.",
    ),
]
RecipeSeed: TypeAlias = Annotated[
    int | None, typer.Option("--seed", min=0, max=limits.SEED, help="Random seed; by default the recipe's.")
]
Buckets: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Buckets of photos to draw from, by the exam's split: 0-6 train, 7 validation, 8 development, "
        "9 sealed."
    ),
]
Cutouts: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="Folder of cut-out products for hard negatives: PNG files with a transparent background."
    ),
]
Assets: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="With exam-2: folder of packshots, scenes, frame artwork and textures."),
]
Sealed: TypeAlias = Annotated[
    bool, typer.Option("--sealed", help="With exam-2: draw with the sealed hands and sources as well.")
]
RecipeName: TypeAlias = Annotated[
    str,
    typer.Option(
        "--recipe",
        help="What is drawn: exam, exam-2 (many hands), training (without held-out styles), or your own TOML "
        "file.",
    ),
]


def frame(
    photos: Photos,
    out: Annotated[Path, typer.Option(help="Folder for the labelled set.")],
    count: Count = None,
    per_photo: PerPhoto = None,
    recipe: RecipeName = "exam",
    cutouts: Cutouts = None,
    assets: Assets = None,
    buckets: Buckets = "0-9",
    sealed: Sealed = False,
    seed: RecipeSeed = None,
    masks: Annotated[bool, typer.Option("--masks", help="Also write each frame's pixels as a mask.")] = False,
    force: options.ForceSet = False,
    resume: options.ResumeSet = False,
) -> None:
    """Draw frames on half of the pictures; the other half stays plain, hard cases among them.

    What drew each image and its content box are in labels.csv; its group is the photo.
    """
    from framejudge.bench.cli.dataset.frame_drawers import FrameRequest, prepare
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.drawing.writing import write_set

    options.check_one_of(force=force, resume=resume)
    request = FrameRequest(
        photos=photos,
        count=count,
        per_photo=per_photo,
        recipe=recipe,
        cutouts=cutouts,
        assets=assets,
        buckets=buckets,
        sealed=sealed,
        seed=seed,
        masks=masks,
    )
    prepared = prepare(request, out.resolve().name)
    with shown_progress() as progress:
        written = write_set(
            out,
            prepared.drawer,
            prepared.count,
            description=prepared.description,
            force=force,
            resume=resume,
            processes=os.cpu_count() or 1,
            progress=progress,
        )
    counts = f"{written.images} images, {written.framed} framed and {written.plain} plain"
    typer.echo(f"{out}: {counts}, from {prepared.material}")
    for line in prepared.left_out:
        typer.echo(line, err=True)
