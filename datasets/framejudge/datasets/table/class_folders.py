"""A set whose labels are its folders: framed/ and plain/, in any case, or what ``--labels`` calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.image_files import is_image, names_below
from framejudge.datasets.table.label_words import LabelWords, nearest_class
from framejudge.datasets.table.sample import Label, Sample

_UNEXPLAINED = LabelWords()


def class_folders(root: Path, words: LabelWords = _UNEXPLAINED) -> dict[str, Label | None]:
    """Return the folders in a set's folder that stand for a label, by name; None is unlabelled."""
    folders = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and entry.name[0] != ".")
    return {name: words.label_of(name) for name in folders if words.knows(name)}


def read_class_folders(root: Path, words: LabelWords) -> tuple[Sample, ...]:
    """Return every image of a set's class folders, at any depth: framed before plain, sorted by path.

    Raises
    ------
    InputError
        Where no folder stands for a label, none holds an image, or an image lies beside them.
    """
    entries = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith("."))
    classes = class_folders(root, words)
    if not classes:
        raise InputError(
            f"no labels.csv, no labels.parquet, and neither framed/ nor plain/ (found {_few(entries)})",
            where=root,
            fix=_fix_without_classes(root, entries, words),
        )
    _check_nothing_left_over(root, entries, classes, words)
    samples = [
        Sample(path, label, group=path)
        for name, label in classes.items()
        for path in names_below(root, root / name)
    ]
    if not samples:
        raise InputError("framed/ and plain/ hold no image", where=root, fix="put images into them")
    return tuple(sorted(samples, key=lambda sample: (sample.label or "unlabelled", sample.path)))


def _fix_without_classes(root: Path, entries: Sequence[str], words: LabelWords) -> str:
    with_images = [name for name in entries if (root / name).is_dir() and any(names_below(root, root / name))]
    if 0 < len(with_images) <= 2:
        return f"if these are the classes, say so: {words.option_for(with_images)}"
    return "sort the images into framed/ and plain/, or write labels.csv"


def _check_nothing_left_over(
    root: Path, entries: Sequence[str], classes: Mapping[str, Label | None], words: LabelWords
) -> None:
    """Refuse images that the class folders leave out: leaving them out silently would change every figure."""
    for name in entries:
        if name in classes:
            continue
        if is_image(name):
            fix = "move it into framed/ or plain/, or remove it"
            raise InputError("an image beside framed/ and plain/", where=root / name, fix=fix)
        if any(names_below(root, root / name)):
            near = nearest_class(name)
            fix = (
                f"did you mean {near}/?"
                if near
                else f"say which class it is: {words.option_for([name], [name, *classes])}"
            )
            raise InputError(
                "a folder with images that is neither framed/ nor plain/", where=root / name, fix=fix
            )


def _few(names: Sequence[str], limit: int = 5) -> str:
    shown = ", ".join(map(repr, names[:limit]))
    return shown + (", ..." if len(names) > limit else "") if names else "nothing"
