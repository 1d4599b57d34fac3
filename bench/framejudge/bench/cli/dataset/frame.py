"""``bench dataset frame``: turn plain photos into a labelled set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options

if TYPE_CHECKING:
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.recipe import Recipe
    from framejudge.datasets.drawing.writing import RecipeDrawer

MEMORY_FOR_PHOTOS_MIB = 128
"""Of each process that draws: a photo is decoded again rather than all of them kept."""

Photos: TypeAlias = Annotated[
    Path, typer.Argument(help="Folder of plain photos; its manifest.csv is used if there is one.")
]
Count: TypeAlias = Annotated[
    int | None, typer.Option(min=1, max=limits.IMAGES, help="Images to draw; by default one for each photo.")
]
PerPhoto: TypeAlias = Annotated[
    int | None, typer.Option(min=1, max=limits.IMAGES, help="Images to draw from each photo.")
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
RecipeName: TypeAlias = Annotated[
    str,
    typer.Option(
        "--recipe", help="What is drawn: exam, training (without held-out styles), or your own TOML file."
    ),
]


def frame(
    photos: Photos,
    out: Annotated[Path, typer.Option(help="Folder for the labelled set.")],
    count: Count = None,
    per_photo: PerPhoto = None,
    recipe: RecipeName = "exam",
    cutouts: Cutouts = None,
    buckets: Buckets = "0-9",
    seed: RecipeSeed = None,
    masks: Annotated[bool, typer.Option("--masks", help="Also write each frame's pixels as a mask.")] = False,
    force: options.ForceSet = False,
    resume: options.ResumeSet = False,
) -> None:
    """Draw frames on half of the pictures; the other half stays plain, hard cases among them.

    Each image's style, sides, thickness and content box are in labels.csv; its group is the photo.
    """
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.recipe import load_recipe
    from framejudge.datasets.drawing.writing import RecipeDrawer, write_set

    wanted = _parse_buckets(buckets)
    options.check_one_of(force=force, resume=resume)
    chosen = load_recipe(recipe) if seed is None else replace(load_recipe(recipe), seed=seed)
    materials = Materials.read(photos, cutouts, buckets=wanted, memory_mib=MEMORY_FOR_PHOTOS_MIB)
    each = per_photo or (0 if count else 1)
    drawer = RecipeDrawer(chosen, materials, training=recipe == "training", per_photo=each, masks=masks)
    total = count or len(materials.photos) * (per_photo or 1)
    with shown_progress() as progress:
        written = write_set(
            out,
            drawer,
            total,
            description=_description(out.resolve().name, drawer, wanted),
            force=force,
            resume=resume,
            processes=os.cpu_count() or 1,
            progress=progress,
        )
    counts = f"{written.images} images, {written.framed} framed and {written.plain} plain"
    typer.echo(f"{out}: {counts}, from {len(materials.photos)} photos")
    for line in _left_out(chosen, materials):
        typer.echo(line, err=True)


def _parse_buckets(text: str) -> frozenset[int]:
    from framejudge.datasets.drawing.buckets import parse_buckets
    from framejudge.datasets.errors import InputError

    try:
        return parse_buckets(text)
    except ValueError:
        raise InputError(f"no buckets {text!r}", where="--buckets", fix="use e.g. 9, 0-6 or 7,8") from None


def _description(name: str, drawer: RecipeDrawer, buckets: frozenset[int]) -> Mapping[str, Any]:
    """Return what dataset.json says of how the set was drawn."""
    from framejudge.datasets.drawing.writing import library_versions

    return {
        "name": name,
        "generated": False,
        "recipe": drawer.recipe.as_table(),
        "training": drawer.training,
        "buckets": sorted(buckets),
        "photos": len(drawer.materials.photos),
        "cutouts": len(drawer.materials.cutouts),
        "per_photo": drawer.per_photo,
        "masks": drawer.masks,
        "versions": library_versions(),
    }


def _left_out(recipe: Recipe, materials: Materials) -> list[str]:
    """Return a line about the kinds of hard negatives for which the material is missing."""
    from framejudge.datasets.drawing.recipe import missing_negatives

    missing = missing_negatives(recipe, materials)
    remedies = {"cutouts": "give --cutouts FOLDER", "photos": "give photos"}
    return [
        f"left out for want of {need}: {', '.join(names)}; {remedies[need]} to have them drawn"
        for need, names in missing.items()
    ]
