"""What `bench dataset frame` draws with: one recipe's styles, or many hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.recipe import Recipe
    from framejudge.datasets.drawing.writing import Drawer, RecipeDrawer

MEMORY_FOR_PHOTOS_MIB = 128
"""Of each process that draws: a photo is decoded again rather than all of them kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRequest:
    """What the user asked for; None is what was not said."""

    photos: Path
    count: int | None = None
    per_photo: int | None = None
    recipe: str = "exam"
    cutouts: Path | None = None
    assets: Path | None = None
    buckets: str = "0-9"
    sealed: bool = False
    seed: int | None = None
    masks: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drawer with how many pictures it is to draw, what dataset.json says, and what is told at the end.

    ``material`` says what the pictures are drawn from. ``left_out`` has a line for all that is not drawn.
    """

    drawer: Drawer
    count: int
    description: Mapping[str, Any]
    material: str
    left_out: list[str]


def prepare(request: FrameRequest, name: str) -> Prepared:
    """Open the material and the recipe that a request names.

    Raises
    ------
    InputError
        For a recipe or a folder that cannot be read, and options that do not fit the recipe.
    """
    from framejudge.datasets.drawing.exam2.recipe import is_many_hands

    wanted = _parse_buckets(request.buckets)
    if is_many_hands(request.recipe):
        return _many_hands(request, wanted, name)
    return _styles(request, wanted, name)


def _styles(request: FrameRequest, wanted: frozenset[int], name: str) -> Prepared:
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.recipe import load_recipe
    from framejudge.datasets.drawing.writing import RecipeDrawer
    from framejudge.datasets.errors import InputError

    chosen = load_recipe(request.recipe)
    if request.assets is not None or request.sealed:
        option = "--sealed" if request.sealed else "--assets"
        raise InputError(f"{option} is for recipes of many hands", where="--recipe", fix="use exam-2")
    if request.seed is not None:
        chosen = replace(chosen, seed=request.seed)
    materials = Materials.read(
        request.photos, request.cutouts, buckets=wanted, memory_mib=MEMORY_FOR_PHOTOS_MIB
    )
    each = request.per_photo or (0 if request.count else 1)
    drawer = RecipeDrawer(
        chosen, materials, training=request.recipe == "training", per_photo=each, masks=request.masks
    )
    total = request.count or len(materials.photos) * (request.per_photo or 1)
    material = f"{len(materials.photos)} photos"
    return Prepared(drawer, total, _described(name, drawer, wanted), material, _left_out(chosen, materials))


def _many_hands(request: FrameRequest, wanted: frozenset[int], name: str) -> Prepared:
    from framejudge.datasets.drawing.assets import Assets
    from framejudge.datasets.drawing.exam2.drawer import HandsDrawer
    from framejudge.datasets.drawing.exam2.drawing import ExamPart
    from framejudge.datasets.drawing.exam2.recipe import load_many_hands
    from framejudge.datasets.drawing.materials import Materials
    from framejudge.datasets.drawing.writing import library_versions
    from framejudge.datasets.errors import InputError

    if request.assets is None:
        raise InputError(
            f"recipe {request.recipe} draws on a library of artwork", where="--assets", fix="name its folder"
        )
    if request.per_photo or request.masks:
        option = "--per-photo" if request.per_photo else "--masks"
        raise InputError(f"recipe {request.recipe} has no such choice", where=option, fix="leave it out")
    recipe = load_many_hands(request.recipe)
    if request.seed is not None:
        recipe = recipe.model_copy(update={"seed": request.seed})
    if request.sealed and not recipe.sealed_parts:
        raise InputError(f"recipe {recipe.name} has no sealed part", where="--sealed", fix="use exam-2")
    materials = Materials.read(
        request.photos, request.cutouts, buckets=wanted, memory_mib=MEMORY_FOR_PHOTOS_MIB
    )
    assets = Assets.read(request.assets)
    drawer = HandsDrawer(ExamPart.read(recipe, materials, assets, buckets=wanted, sealed=request.sealed))
    total = request.count or len(materials.photos)
    description = {
        "name": name, "generated": False, "buckets": sorted(wanted), "versions": library_versions(),
        **drawer.description(),
    }  # fmt: skip
    material = f"{len(materials.photos)} photos and {len(assets.files):,} files of {request.assets}"
    return Prepared(drawer, total, description, material, drawer.left_out(total))


def _parse_buckets(text: str) -> frozenset[int]:
    from framejudge.datasets.drawing.buckets import parse_buckets
    from framejudge.datasets.errors import InputError

    try:
        return parse_buckets(text)
    except ValueError:
        raise InputError(f"no buckets {text!r}", where="--buckets", fix="use e.g. 9, 0-6 or 7,8") from None


def _described(name: str, drawer: RecipeDrawer, buckets: frozenset[int]) -> Mapping[str, Any]:
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
