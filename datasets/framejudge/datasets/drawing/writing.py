"""Write a drawn labelled set to a folder: in parallel, and so that what lies there is always valid."""

from __future__ import annotations

import errno
import json
import shutil
import signal
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import draft_of, replace_text
from framejudge.datasets.drawing import marketplace
from framejudge.datasets.drawing.marketplace import Encoded
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.drawing.picture import Picture
from framejudge.datasets.drawing.recipe import Recipe, draw, draw_with_mask, encoding_generator
from framejudge.datasets.errors import InputError
from framejudge.datasets.folder_lock import is_free, owned
from framejudge.datasets.lifetime import end_with_parent
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.labels_table import read_samples, write_samples
from framejudge.datasets.table.sample import Sample
from framejudge.datasets.text_files import read_json

LABELS_FILE = "labels.csv"
DESCRIPTION_FILE = "dataset.json"
IMAGES_FOLDER = "images"
MASKS_FOLDER = "masks"

CHUNK = 50
"""Images that a process draws before it reports."""

SMALLEST_PARALLEL_SET = 400
"""Below, starting processes takes longer than it saves."""

_ROWS_BETWEEN_SAVES = 2000
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_VERSIONS_OF = ("framejudge", "numpy", "pillow", "scikit-image")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture ready to be written.

    ``mask`` has shape (H, W), bool: the frame's pixels; None where nobody asked for it.
    """

    picture: Picture
    encoded: Encoded
    mask: npt.NDArray[np.bool_] | None = None


class Drawer(Protocol):
    """Draws picture ``index`` of a set; it can be pickled, and its answer depends on the index alone."""

    def __call__(self, index: int) -> Drawn | None:
        """Return the picture; None where it cannot be drawn here, for want of a tool."""
        ...


@dataclass(frozen=True, slots=True)
class RecipeDrawer:
    """Draws the pictures of a recipe.

    Attributes
    ----------
    recipe, materials
        What is drawn, and from what.
    training
        Whether held-out families are left out.
    per_photo
        So many pictures in a row are made from each photo in its turn; 0 takes photos by chance.
    masks
        Whether the frame's pixels are wanted.
    """

    recipe: Recipe
    materials: Materials
    training: bool = False
    per_photo: int = 0
    masks: bool = False

    def __call__(self, index: int) -> Drawn:
        """Return picture ``index``."""
        photos = self.materials.photos
        photo = photos[index // self.per_photo % len(photos)] if self.per_photo else None
        mask = None
        if self.masks:
            framed = draw_with_mask(self.recipe, self.materials, index, training=self.training, photo=photo)
            picture, mask = framed.picture, framed.mask
        else:
            picture = draw(self.recipe, self.materials, index, training=self.training, photo=photo)
        return Drawn(picture, marketplace.encode(picture.image, encoding_generator(self.recipe, index)), mask)


@dataclass(frozen=True, slots=True)
class Written:
    """What a set holds after it was written; ``left_out`` images could not be drawn here."""

    images: int
    framed: int
    plain: int
    left_out: int = 0


def write_set(
    folder: Path,
    drawer: Drawer,
    count: int,
    *,
    description: Mapping[str, object],
    force: bool = False,
    resume: bool = False,
    processes: int = 1,
    progress: Progress | None = None,
) -> Written:
    """Write pictures 0 to ``count - 1`` of a drawer as a labelled set.

    The folder gets ``images/``, ``labels.csv`` and ``dataset.json``, and ``masks/`` (PNG, 255 on the frame)
    if the drawer gives masks. Whatever stops it, labels.csv has a row for each image there, and no other. A
    picture that the drawer cannot draw here is left out, and nothing takes its place.

    Parameters
    ----------
    folder
        New or empty, unless ``force`` or ``resume`` is given.
    description
        What the set is drawn by: goes into dataset.json and must be the same to resume.
    force
        Replace the set that is there.
    resume
        Go on with a set that was begun with the same description.
    processes
        How many draw at a time.

    Raises
    ------
    InputError
        When the folder is taken or in use, cannot be written or holds something else than the set to resume,
        when the disk is full, or a drawing process was killed.
    """
    if folder.is_file():
        raise InputError("is a file, not a folder", where=folder, fix="name a new folder")
    facts = {**description, "count": count}
    with owned(folder):
        samples = _claim(folder, facts, force=force, resume=resume)
        return _draw(folder, drawer, facts, samples, processes, progress or Silence())


def _draw(
    folder: Path,
    drawer: Drawer,
    facts: Mapping[str, object],
    samples: list[Sample],
    processes: int,
    progress: Progress,
) -> Written:
    """Draw what is missing of a set, and describe it as complete."""
    _describe(folder, facts, complete=False)
    count = int(str(facts["count"]))
    progress.begin(f"drawing {facts.get('name', folder.name)}", count)
    progress.advance(len(samples))
    try:
        _draw_missing(folder, drawer, count, samples, processes, progress)
    except (OSError, BrokenProcessPool) as problem:
        _settle(folder, samples)
        raise _stopped(problem, folder, len(samples), count) from problem
    except BaseException:
        _settle(folder, samples)
        raise
    labels = Counter(sample.label for sample in samples)
    written = Written(len(samples), labels["framed"], labels["plain"], count - len(samples))
    found = {"framed": written.framed, "plain": written.plain}
    if written.left_out:
        found["left_out"] = written.left_out
    _describe(folder, {**facts, **found}, complete=True)
    return written


def _draw_missing(
    folder: Path, drawer: Drawer, count: int, samples: list[Sample], processes: int, progress: Progress
) -> None:
    """Draw what of the set is not among the samples, add it to them, and save the table now and then."""
    done = {int(Path(sample.path).stem) for sample in samples}
    missing = [index for index in range(count) if index not in done]
    saved = len(samples)
    with closing(_portions(folder, drawer, missing, processes)) as portions:
        for portion in portions:
            samples.extend(portion)
            progress.advance(len(portion))
            if len(samples) >= saved + _ROWS_BETWEEN_SAVES:
                _save(folder, samples)
                saved = len(samples)
    _save(folder, samples)


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that decide over the bytes of a drawn set."""
    # OpenCV is installed under several names, with and without windows.
    return {name: metadata.version(name) for name in _VERSIONS_OF} | {"opencv": cv2.__version__}


def _claim(folder: Path, facts: Mapping[str, object], *, force: bool, resume: bool) -> list[Sample]:
    """Make the folder ours and return the samples that are already in it."""
    taken = not is_free(folder)
    stored = _description_of_drawn_set(folder)
    ours = stored is not None
    if taken and not (force or resume):
        fix = "name another, or use --force to replace it or --resume to go on" if ours else "name another"
        raise InputError("the output folder is not empty", where=folder, fix=fix)
    if taken and not ours:
        raise InputError("holds something else than a drawn set", where=folder, fix="name a new folder")
    samples: list[Sample] = []
    if taken and resume:
        samples = _samples_to_keep(folder, stored or {}, facts)
    elif taken:
        for name in (LABELS_FILE, DESCRIPTION_FILE):
            (folder / name).unlink(missing_ok=True)
        for name in (IMAGES_FOLDER, MASKS_FOLDER):
            shutil.rmtree(folder / name, ignore_errors=True)
    try:
        (folder / IMAGES_FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(
            f"cannot be made: {problem.strerror}", where=folder, fix="name a folder that you may write"
        ) from problem
    _remove_unlisted(folder, samples)
    return samples


def _description_of_drawn_set(folder: Path) -> dict[str, object] | None:
    """Return what `write_set` wrote about a folder; None for any other, a user's own labelled set too."""
    try:
        stored = read_json(folder / DESCRIPTION_FILE)
    except (OSError, ValueError):
        return None
    return stored if isinstance(stored, dict) and {"complete", "count"} <= stored.keys() else None


def _samples_to_keep(folder: Path, stored: Mapping[str, object], facts: Mapping[str, object]) -> list[Sample]:
    """Return the samples of a set that is to be resumed, if it is the same one."""
    wanted = json.loads(json.dumps(facts))
    different = sorted(key for key in wanted if stored.get(key) != wanted[key])
    if different:
        raise InputError(
            f"was begun with another {different[0]}", where=folder, fix="use the same options, or --force"
        )
    labels = folder / LABELS_FILE
    return list(read_samples(labels)) if labels.is_file() else []


def _portions(
    folder: Path, drawer: Drawer, indices: Sequence[int], processes: int
) -> Generator[list[Sample], None, None]:
    """Yield the samples of each portion once its images are written, in order."""
    chunks = [list(indices[start : start + CHUNK]) for start in range(0, len(indices), CHUNK)]
    if processes <= 1 or len(indices) < SMALLEST_PARALLEL_SET:
        for chunk in chunks:
            yield _written(folder, drawer, chunk)
        return
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_begin_process, initargs=(folder, drawer)
    ) as pool:
        try:
            yield from pool.map(_draw_chunk, chunks)
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(slots=True)
class _Process:
    """What a drawing process keeps between its portions."""

    folder: Path
    drawer: Drawer


_process: _Process | None = None


def _begin_process(folder: Path, drawer: Drawer) -> None:
    global _process
    end_with_parent()
    cv2.setNumThreads(1)  # the processes share the cores already
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops them once they finished their portion
    _process = _Process(folder, drawer)


def _draw_chunk(indices: Sequence[int]) -> list[Sample]:
    assert _process is not None
    return _written(_process.folder, _process.drawer, indices)


def _written(folder: Path, drawer: Drawer, indices: Sequence[int]) -> list[Sample]:
    """Draw and write images and return their rows; those that cannot be drawn here have none."""
    drawn = ((index, drawer(index)) for index in indices)
    return [_write_image(folder, index, each) for index, each in drawn if each is not None]


def _write_image(folder: Path, index: int, drawn: Drawn) -> Sample:
    """Write one image, and its mask, and return its row."""
    name = f"{IMAGES_FOLDER}/{index:06d}.{drawn.encoded.extension}"
    _write_bytes(folder / name, drawn.encoded.contents)
    if drawn.mask is not None:
        (folder / MASKS_FOLDER).mkdir(exist_ok=True)
        _, mask = cv2.imencode(".png", drawn.mask.astype(np.uint8) * np.uint8(255))
        _write_bytes(folder / MASKS_FOLDER / f"{index:06d}.png", mask.tobytes())
    attributes = dict(drawn.picture.attributes)
    group = attributes.pop("group")
    return Sample(name, drawn.picture.label, group, attributes, drawn.picture.content_box)


def _write_bytes(path: Path, contents: bytes) -> None:
    path.write_bytes(contents)


def _stopped(problem: OSError | BrokenProcessPool, folder: Path, done: int, count: int) -> InputError:
    """Return what to tell when a set could not be finished, and how to go on."""
    if isinstance(problem, BrokenProcessPool):
        what, fix = (
            "a drawing process was killed (was the memory full?)",
            "run the same command with --resume",
        )
    elif problem.errno in _DISK_FULL:
        what, fix = "the disk is full", "make room and run the same command with --resume"
    else:
        what = f"cannot go on ({problem.strerror}: {problem.filename})"
        fix = "mend that and run the same command with --resume"
    return InputError(f"{what} after {done} of {count} images; these are complete", where=folder, fix=fix)


def _settle(folder: Path, samples: list[Sample]) -> None:
    """Bring labels.csv and the images into agreement, once nothing is being written any more.

    On a full disk the last images make room for the table.
    """
    while True:
        _remove_unlisted(folder, samples)
        try:
            _save(folder, samples)
            return
        except OSError as problem:
            if problem.errno not in _DISK_FULL or not samples:
                raise
            del samples[-CHUNK:]


def _save(folder: Path, samples: list[Sample]) -> None:
    """Write labels.csv for the samples, sorted; a table without a row would be an error to its readers."""
    samples.sort(key=lambda sample: sample.path)
    if not samples:
        (folder / LABELS_FILE).unlink(missing_ok=True)
        return
    with draft_of(folder / LABELS_FILE) as draft:
        write_samples(draft, samples)


def _remove_unlisted(folder: Path, samples: Sequence[Sample]) -> None:
    listed = {Path(sample.path).name for sample in samples}
    numbers = {Path(name).stem for name in listed}
    for image in (folder / IMAGES_FOLDER).iterdir():
        if image.name not in listed:
            image.unlink()
    if (folder / MASKS_FOLDER).is_dir():
        for mask in (folder / MASKS_FOLDER).iterdir():
            if mask.stem not in numbers:
                mask.unlink()


def _describe(folder: Path, facts: Mapping[str, object], *, complete: bool) -> None:
    text = json.dumps({**facts, "complete": complete}, indent=2, sort_keys=True)
    replace_text(folder / DESCRIPTION_FILE, text + "\n")
