"""``bench dataset frame``: turn plain photos into a labelled set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.recipe import Recipe

MEMORY_FOR_PHOTOS_MIB = 128
"""Of each process that draws: a photo is decoded again rather than all of them kept."""


def frame(
    photos: Annotated[
        Path, typer.Argument(help="Folder of plain photos; its manifest.csv is used if there is one.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the labelled set.")],
    count: Annotated[
        int | None, typer.Option(min=1, help="Images to draw; by default one for each photo.")
    ] = None,
    per_photo: Annotated[
        int | None, typer.Option(min=1, help="Draw so many images from each photo in its turn.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of chance; by default the recipe's.")] = None,
    buckets: Annotated[
        str,
        typer.Option(help="Of the exam's split by hash: 0-6 train, 7 validation, 8 development, 9 sealed."),
    ] = "0-9",
    cutouts: Annotated[
        Path | None,
        typer.Option(help="Folder of products cut out, PNG with transparent ground, for hard negatives."),
    ] = None,
    recipe: Annotated[
        str, typer.Option(help="exam, training (no held-out family), or a TOML file like them.")
    ] = "exam",
    masks: Annotated[bool, typer.Option("--masks", help="Write each frame's pixels as a mask too.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the set in the output folder.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a set that was stopped.")] = False,
) -> None:
    """Draw frames on half of the pictures; the other half stays plain, hard cases among them.

    Each image's style, sides, thickness and content box are in labels.csv; its group is the photo.
    """
    import os
    from dataclasses import replace

    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.drawing.buckets import parse_buckets
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.recipe import load_recipe
    from framejudge.datasets.drawing.writing import RecipeDrawer, library_versions, write_set
    from framejudge.datasets.errors import InputError

    try:
        wanted = parse_buckets(buckets)
    except ValueError:
        raise InputError(f"no buckets {buckets!r}", where="--buckets", fix="use e.g. 9, 0-6 or 7,8") from None
    if force and resume:
        raise InputError("--force and --resume exclude each other", fix="use one of them")
    chosen = load_recipe(recipe)
    if seed is not None:
        chosen = replace(chosen, seed=seed)
    materials = Materials.read(photos, cutouts, buckets=wanted, memory_mib=MEMORY_FOR_PHOTOS_MIB)
    training = recipe == "training"
    drawer = RecipeDrawer(
        chosen, materials, training=training, per_photo=per_photo or (0 if count else 1), masks=masks
    )
    total = count or len(materials.photos) * (per_photo or 1)
    description = {
        "name": out.resolve().name,
        "generated": False,
        "recipe": chosen.as_table(),
        "training": training,
        "buckets": sorted(wanted),
        "photos": len(materials.photos),
        "cutouts": len(materials.cutouts),
        "per_photo": drawer.per_photo,
        "masks": masks,
        "versions": library_versions(),
    }
    with shown_progress() as progress:
        progress.begin("drawing", total)
        written = write_set(
            out,
            drawer,
            total,
            description=description,
            force=force,
            resume=resume,
            processes=os.cpu_count() or 1,
            progress=progress.advance,
        )
    typer.echo(
        f"{out}: {written.images} images, {written.framed} framed and {written.plain} plain, "
        f"from {len(materials.photos)} photos"
    )
    for line in _left_out(chosen, materials):
        typer.echo(line, err=True)


def _left_out(recipe: Recipe, materials: Materials) -> list[str]:
    """Return a line about the kinds of hard negatives for which the material is missing."""
    from framejudge.datasets.drawing.recipe import missing_negatives

    missing = missing_negatives(recipe, materials)
    remedies = {"cutouts": "give --cutouts FOLDER", "photos": "give photos"}
    return [
        f"left out for want of {need}: {', '.join(names)}; {remedies[need]} to have them drawn"
        for need, names in missing.items()
    ]
