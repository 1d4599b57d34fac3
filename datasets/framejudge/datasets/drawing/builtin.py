"""The built-in generated set: drawn once, without any photo, and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

from platformdirs import user_cache_path

from framejudge.datasets.atomic_file import new_folder
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.recipe import load_recipe
from framejudge.datasets.drawing.writing import RecipeDrawer, Written, library_versions, write_set
from framejudge.datasets.errors import InputError
from framejudge.datasets.import_closure import source_files
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Dataset

BUILT_IN_COUNT = 1000
BUILT_IN_SEED = 0
BUILT_IN_NAME = "built-in"


def make_generated_set(
    folder: Path,
    *,
    count: int = BUILT_IN_COUNT,
    seed: int = BUILT_IN_SEED,
    name: str | None = None,
    force: bool = False,
    resume: bool = False,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Written:
    """Draw a labelled set by the exam's recipe, with drawn products in place of photos.

    Parameters
    ----------
    folder
        New or empty, unless ``force`` or ``resume`` is given.
    count
        Images; half of them framed, half plain.
    seed
        The same seed gives the same bytes with the same library versions.
    name
        What dataset.json calls the set; the folder's name by default.
    force, resume
        As in `framejudge.datasets.drawing.writing.write_set`.
    processes
        How many draw at a time; one for each core by default.

    Raises
    ------
    InputError
        When the folder is taken or the disk is full.
    """
    recipe = replace(load_recipe("exam"), name="generated", seed=seed)
    description = {
        "name": name or folder.resolve().name,
        "generated": True,
        "recipe": recipe.as_table(),
        "versions": library_versions(),
    }
    return write_set(
        folder,
        RecipeDrawer(recipe, Materials()),
        count,
        description=description,
        force=force,
        resume=resume,
        processes=processes or os.cpu_count() or 1,
        progress=progress,
    )


def built_in_dataset(*, processes: int | None = None, progress: Progress | None = None) -> Dataset:
    """Return the built-in set of `BUILT_IN_COUNT` images, drawing it on first use.

    It lies below the user's cache folder, in a folder named after everything that decides over its bytes.
    It appears there at once and complete, or not at all: two processes may ask for it at the same time.

    Raises
    ------
    InputError
        When the cache folder cannot be written.
    """
    folder = user_cache_path("framejudge") / f"{BUILT_IN_NAME}-{version_hash()}"
    if not folder.is_dir():
        try:
            _draw_into(folder, processes, progress)
        except OSError as problem:
            raise InputError(
                f"the built-in set cannot be kept here: {problem.strerror}",
                where=folder.parent,
                fix="make one elsewhere (bench dataset make --out DIR) and give it as --dataset",
            ) from problem
    return read_dataset(folder)


def version_hash() -> str:
    """Return a short hash of what decides over the set's bytes: the drawing code and the libraries."""
    digest = hashlib.sha256()
    facts = {"count": BUILT_IN_COUNT, "seed": BUILT_IN_SEED, "versions": library_versions()}
    digest.update(json.dumps(facts, sort_keys=True).encode())
    files = source_files(__name__)
    recipes = files["framejudge/datasets/drawing/recipe.py"].parent.glob("*.toml")
    files |= {recipe.name: recipe for recipe in recipes}
    for name, file in sorted(files.items()):
        digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _draw_into(folder: Path, processes: int | None, progress: Progress | None) -> None:
    """Draw the set beside the folder and move it there in one step."""
    try:
        with new_folder(folder) as draft:
            make_generated_set(draft, name=BUILT_IN_NAME, processes=processes, progress=progress)
    except OSError:
        if not folder.is_dir():  # otherwise another process was faster, and drew the same
            raise
