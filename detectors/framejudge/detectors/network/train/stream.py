"""An endless, deterministic stream of drawn pictures at a network's size, cached in shards on disk.

Picture ``i`` of a stream depends on the recipe, its seed and ``i`` alone, not on the process that draws it.
An epoch trains on a window of the stream that moves on by some shards each time, so that fresh frames on
freshly chosen photos come in at every epoch, however slow the drawing is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.exam2.drawing import ExamPart
from framejudge.datasets.drawing.exam2.for_networks import TrainingMixture
from framejudge.datasets.drawing.exam2.recipe import ManyHands
from framejudge.datasets.drawing.materials import Materials, list_photos
from framejudge.datasets.drawing.network_example import NetworkExample
from framejudge.datasets.drawing.recipe import Recipe, draw_for_network, load_recipe
from framejudge.datasets.errors import InputError
from framejudge.datasets.lifetime import end_with_parent
from framejudge.detectors.network.model.detector import NetworkDetector
from framejudge.detectors.network.train.focus import DRAWN_PER_KEPT, choose

Pictures = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

SHARD_PICTURES = 2048
MATERIAL_SIDE_PX = 256
"""Photos are kept decoded at this size: twice a network's, so that cropping loses nothing."""
NO_SIDES = -1.0
"""Depth of a frame's side where the truth is not known."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Pictures (n, size, size, 3) uint8 RGB, ``framed`` (n,) 0 or 1, ``sides`` (n, 4).

    ``sides`` holds a frame's depth at the left, top, right and bottom as fractions of the width or
    height; 0 for plain pictures, `NO_SIDES` where it is not known. ``weights`` (n,), about 1 on average,
    say how much each picture counts; None where all count the same.
    """

    pictures: Pictures
    framed: Floats
    sides: Floats
    weights: Floats | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a stream is drawn from: enough to draw it again in another process.

    With ``focus``, a ``.keras`` file, more pictures are drawn than handed out: those that this network gets
    wrong, or is not sure of, are kept more often than others, and weigh less (`focus.choose`). A recipe of
    many hands draws on the library ``assets`` as well.
    """

    recipe: Recipe | ManyHands
    photos: Path | None
    cutouts: Path | None
    buckets: tuple[int, ...]
    size_px: int
    training: bool
    focus: Path | None = None
    assets: Path | None = None

    @property
    def fingerprint(self) -> str:
        """Short hash that names the cached shards."""
        facts: list[object] = [self.recipe.as_table(), self.buckets, self.size_px, self.training]
        facts += [None if folder is None else _contents(folder) for folder in (self.photos, self.cutouts)]
        if self.focus:
            facts.append(self.focus_sha256)
        if self.assets:
            facts.append(_contents(self.assets))
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def focus_sha256(self) -> str | None:
        """Of the network that the pictures are chosen for; None without one."""
        return hashlib.sha256(self.focus.read_bytes()).hexdigest() if self.focus else None

    def materials(self) -> Materials:
        """Open the photos and cut-outs of the source's buckets."""
        return Materials.read(self.photos, self.cutouts, buckets=self.buckets, max_side=MATERIAL_SIDE_PX)

    def check(self) -> None:
        """Refuse what drawing processes could only fail on.

        Raises
        ------
        InputError
            For a recipe of many hands without a library, or with a tool missing.
        """
        if isinstance(self.recipe, ManyHands):
            self.mixture()

    def mixture(self) -> TrainingMixture:
        """Open what a recipe of many hands draws from.

        Raises
        ------
        InputError
            When there is no library, or a hand's tool is not installed.
        """
        assert isinstance(self.recipe, ManyHands)
        if self.assets is None:
            raise InputError(f"recipe {self.recipe.name} draws on a library", fix="give --assets FOLDER")
        part = ExamPart.read(
            self.recipe,
            self.materials(),
            Assets.read(self.assets),
            buckets=frozenset(self.buckets),
            sealed=False,
        )
        # With a seed of its own: what is drawn without a photo depends on seed and number alone.
        first = load_recipe("training")
        mixture = TrainingMixture(part, replace(first, seed=first.seed + self.recipe.seed))
        mixture.check()
        return mixture


def _contents(folder: Path) -> str:
    """Return a hash over what a folder of photos or cut-outs holds."""
    manifest = folder / "manifest.csv"
    listed = manifest.read_bytes() if manifest.is_file() else repr(list_photos(folder)).encode()
    return hashlib.sha256(listed).hexdigest()


def training_source(
    photos: Path | None,
    cutouts: Path | None,
    size_px: int,
    recipe: Recipe | ManyHands | None = None,
    *,
    focus: Path | None = None,
    assets: Path | None = None,
) -> Source:
    """Return pictures to train on: buckets 0-6, no held-out family; by default the recipe ``training``."""
    recipe = recipe or load_recipe("training")
    buckets = tuple(sorted(exam.TRAIN))
    return Source(recipe, photos, cutouts, buckets, size_px, training=True, focus=focus, assets=assets)


def validation_source(
    photos: Path | None,
    cutouts: Path | None,
    size_px: int,
    recipe: Recipe | ManyHands | None = None,
    *,
    assets: Path | None = None,
) -> Source:
    """Return pictures to validate on: bucket 7, no held-out family; by default the recipe ``training``.

    Their seed is not that of the training pictures: a picture that is drawn without any photo depends on
    the seed and its number alone, and would be the same in both.
    """
    recipe = recipe or load_recipe("training")
    if isinstance(recipe, ManyHands):
        recipe = recipe.model_copy(update={"seed": recipe.seed + 1})
    else:
        recipe = replace(recipe, seed=recipe.seed + 1)
    buckets = tuple(sorted(exam.VALIDATION))
    return Source(recipe, photos, cutouts, buckets, size_px, training=True, assets=assets)


class PictureStream:
    """Draws shards ahead in processes of their own and hands them out in order."""

    def __init__(self, source: Source, folder: Path, executor: ProcessPoolExecutor) -> None:
        self.source = source
        self.fingerprint = source.fingerprint
        self.folder = folder / self.fingerprint
        self.folder.mkdir(parents=True, exist_ok=True)
        self._executor = executor
        self._pending: dict[int, Future[None]] = {}
        self._open: OrderedDict[int, Shard] = OrderedDict()

    @property
    def origin(self) -> Mapping[str, object]:
        """What a model file says of the pictures it was trained on."""
        facts = {"buckets": list(self.source.buckets), "recipe": self.source.recipe.name}
        return facts | ({"focus": self.source.focus_sha256} if self.source.focus else {})

    @property
    def together(self) -> int:
        """How many pictures in a row belong together: 2 where they come framed and plain, in pairs."""
        return 2 if isinstance(self.source.recipe, ManyHands) and self.source.focus is None else 1

    def draw_ahead(self, index: int) -> None:
        """Have a shard drawn in the background, unless it already is."""
        if index not in self._pending and not self._path(index).exists():
            self._pending[index] = self._executor.submit(draw_shard, self.source, index, self._path(index))

    def shard(self, index: int) -> Shard:
        """Return a shard, waiting until it is drawn."""
        if index not in self._open:
            self.draw_ahead(index)
            if pending := self._pending.pop(index, None):
                pending.result()
            self._open[index] = read_shard(self._path(index))
        return self._open[index]

    def window(self, first: int, length: int, *, ahead: int = 0) -> list[Shard]:
        """Return shards ``first .. first + length - 1``, forget earlier ones, draw ``ahead`` more."""
        for index in range(first, first + length + ahead):
            self.draw_ahead(index)
        for index in [index for index in self._open if index < first]:
            del self._open[index]
        return [self.shard(index) for index in range(first, first + length)]

    def _path(self, index: int) -> Path:
        return self.folder / f"{index:05d}.npz"


@contextmanager
def drawing_processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Yield an executor of fresh processes (no fork: TensorFlow's threads do not survive one)."""
    executor = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_use_one_core)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _use_one_core() -> None:
    """Set up a drawing process: one core each, and the GPU is the training's."""
    import cv2

    end_with_parent()
    cv2.setNumThreads(1)
    os.environ |= {
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def draw_shard(source: Source, index: int, path: Path) -> None:
    """Draw one shard and write it to ``path`` in one step."""
    if source.focus is None:
        shard = _drawn(source, index * SHARD_PICTURES, SHARD_PICTURES)
    else:
        count = SHARD_PICTURES * DRAWN_PER_KEPT
        shard = _focused(_drawn(source, index * count, count), source, index)
    weights = np.ones(SHARD_PICTURES, np.float32) if shard.weights is None else shard.weights
    with replaced(path) as draft, draft.open("wb") as stream:
        np.savez(stream, pictures=shard.pictures, framed=shard.framed, sides=shard.sides, weights=weights)


def _drawn(source: Source, first: int, count: int) -> Shard:
    """Draw ``count`` pictures of the stream from ``first`` on."""
    pictures = np.empty((count, source.size_px, source.size_px, 3), np.uint8)
    framed = np.empty(count, np.float32)
    sides = np.zeros((count, 4), np.float32)
    for row, example in enumerate(_examples(source, first, count)):
        pictures[row], framed[row] = example.pixels, example.label
        if example.label:
            box = example.content
            sides[row] = NO_SIDES if box is None else (box[0], box[1], 1 - box[2], 1 - box[3])
    return Shard(pictures, framed, sides)


def _examples(source: Source, first: int, count: int) -> Iterator[NetworkExample]:
    """Yield ``count`` pictures of the stream from ``first`` on."""
    if isinstance(source.recipe, ManyHands):
        yield from _mixture_of_this_process(source).examples(first, count, source.size_px)
        return
    materials = _materials_of_this_process(source)
    for index in range(first, first + count):
        yield draw_for_network(source.recipe, materials, index, source.size_px, training=source.training)


def _focused(drawn: Shard, source: Source, index: int) -> Shard:
    """Return the part of what was drawn that the source's network has most to learn from."""
    assert source.focus is not None
    errors = np.abs(_network_of_this_process(source.focus).predict_batch(list(drawn.pictures)) - drawn.framed)
    rng = np.random.default_rng([source.recipe.seed, index])
    rows, weights = choose(errors, SHARD_PICTURES, rng)
    return Shard(drawn.pictures[rows], drawn.framed[rows], drawn.sides[rows], weights)


def read_shard(path: Path) -> Shard:
    """Read what `draw_shard` wrote."""
    with np.load(path) as arrays:
        return Shard(arrays["pictures"], arrays["framed"], arrays["sides"], arrays.get("weights"))


@cache
def _network_of_this_process(path: Path) -> NetworkDetector:
    return NetworkDetector(path)


_mixtures: dict[str, TrainingMixture] = {}


def _mixture_of_this_process(source: Source) -> TrainingMixture:
    if source.fingerprint not in _mixtures:
        _mixtures[source.fingerprint] = source.mixture()
    return _mixtures[source.fingerprint]


_opened: dict[tuple[Path | None, Path | None, tuple[int, ...]], Materials] = {}


def _materials_of_this_process(source: Source) -> Materials:
    key = (source.photos, source.cutouts, source.buckets)
    if key not in _opened:
        _opened[key] = source.materials()
    return _opened[key]
