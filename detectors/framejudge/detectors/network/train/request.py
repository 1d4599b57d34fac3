"""A training as a user asks for it: what is checked, where its pictures come from, its plan, its end.

Keras and TensorFlow are imported inside the functions: a request is checked without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions

if TYPE_CHECKING:
    from framejudge.datasets.progress import Progress
    from framejudge.detectors.network.train.finishing import Trained
    from framejudge.detectors.network.train.plan import Plan
    from framejudge.detectors.network.train.training import Supply

IMAGES = 24_576
FRESH = 0.25
VALIDATION_SHARE = 0.2
OF_DRAWING = (
    "photos",
    "cutouts",
    "assets",
    "recipe",
    "shards",
    "focus",
    "skip",
    "images",
    "fresh",
    "processes",
)
"""What says how pictures are drawn, and has no meaning for a labelled set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRequest:
    """What the user asked for. None is what was not said.

    Attributes
    ----------
    architecture
        ``profile`` or an experiment's name.
    out
        Folder of the model; a training that was interrupted in it goes on.
    dataset
        A labelled set to train on as it is; None to draw frames.
    reading
        How ``dataset`` is read: which part of it, and other names of columns and labels.
    validation_share
        Share of the photos of ``dataset`` that validate; `VALIDATION_SHARE` if None.
    photos, cutouts
        Folders of plain photos and of cut-out products to draw on.
    assets
        Folder of a library of packshots, artwork and textures, for a recipe of many hands.
    recipe
        ``training``, ``training-2``, or a TOML file of one's own.
    images
        Drawn pictures in an epoch; `IMAGES` if None.
    fresh
        Share of them that is drawn anew for each epoch; `FRESH` if None.
    skip
        Shards at the head of the stream that are left out: those that ``initial`` was trained on.
    focus
        A ``.keras`` file; a third of what is drawn is chosen by what it gets wrong.
    processes
        Processes that draw pictures; 1 if None.
    shards
        Folder of the drawn pictures; ``out/shards`` if None.
    epochs, patience, learning_rate, colours, averaged, seed, initial
        See `Plan`.
    mixed_precision
        Compute in bfloat16; None for: where there is a GPU.
    tensorboard
        Folder for TensorBoard's logs.
    """

    architecture: str
    out: Path
    epochs: int
    learning_rate: float
    dataset: Path | None = None
    reading: ReadingOptions = AS_IT_IS
    validation_share: float | None = None
    photos: Path | None = None
    cutouts: Path | None = None
    assets: Path | None = None
    recipe: str | None = None
    images: int | None = None
    fresh: float | None = None
    skip: int | None = None
    focus: Path | None = None
    processes: int | None = None
    shards: Path | None = None
    patience: int | None = None
    colours: bool = True
    averaged: bool = False
    seed: int = 0
    initial: Path | None = None
    mixed_precision: bool | None = None
    tensorboard: Path | None = None

    def check(self) -> None:
        """Refuse what has no meaning together.

        Raises
        ------
        InputError
            For an option of drawing beside a labelled set, and for one of a labelled set without it.
        """
        given = [name for name in OF_DRAWING if getattr(self, name) is not None]
        if self.dataset is not None and given:
            raise InputError(
                "--dataset is trained on as it is: nothing is drawn",
                where=", ".join(f"--{name}" for name in given),
                fix="leave it out, or make a set with `bench dataset frame`",
            )
        if self.averaged and self.patience is not None:
            raise InputError(
                "the best epoch's weights and the average of all are two things",
                where="--averaged, --patience",
                fix="leave one of them out",
            )
        if self.dataset is None and self.validation_share is not None:
            raise InputError(
                "is of a labelled set",
                where="--validation-share",
                fix="leave it out: drawn frames are validated on the photos of bucket 7",
            )
        self.reading.check()
        if self.dataset is None and self.reading != AS_IT_IS:
            raise InputError(
                "are of a labelled set", where="--where, --columns, --labels", fix="give --dataset too"
            )


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What a training ended with: the model, how many epochs it had, and what its curves say."""

    trained: Trained
    epochs: int
    verdict: str


def carry_out(request: TrainingRequest, progress: Progress) -> TrainingOutcome:
    """Train as asked; write the model, its history and a page with its curves.

    Raises
    ------
    InputError
        For a request that contradicts itself, material that cannot be read, the folder of another training,
        and a training that diverged.
    """
    request.check()
    from framejudge.detectors.network.train.checkpoint import read_history
    from framejudge.detectors.network.train.learning_curves import convergence, diverged, write_report
    from framejudge.detectors.network.train.training import train

    done = 0

    def show(figures: dict[str, float]) -> None:
        nonlocal done
        progress.describe(f"AUC {figures['val_auc']:.4f}, accuracy {figures['val_accuracy']:.4f}")
        progress.advance(int(figures["epoch"]) - done)
        done = int(figures["epoch"])

    with _supplies(request) as (training, validation):
        progress.begin("reading the first pictures", request.epochs)
        plan = _plan(request, training)
        trained = train(plan, training, validation, request.out, show, tensorboard=request.tensorboard)
    history = read_history(request.out)
    write_report(request.architecture, history, request.out)
    if diverged(history):
        raise InputError(
            f"the training diverged in epoch {len(history)}: its loss is no longer a number",
            where=request.out,
            fix="lower the learning rate, and give another --out",
        )
    return TrainingOutcome(trained, len(history), convergence(history))


@contextmanager
def _supplies(request: TrainingRequest) -> Iterator[tuple[Supply, Supply]]:
    """Yield where the training and the validation pictures come from."""
    from framejudge.detectors.network.model.architectures import build

    size_px = int(build(request.architecture).input_shape[1])
    if request.dataset is None:
        with _drawn(request, size_px) as supplies:
            yield supplies
        return
    from framejudge.datasets.table.reading import read_dataset
    from framejudge.detectors.network.train.labelled_pictures import read_pictures, validation_parts

    labelled = read_dataset(request.dataset, request.reading)
    pictures = read_pictures(labelled, size_px)
    share = VALIDATION_SHARE if request.validation_share is None else request.validation_share
    (validating,) = validation_parts(labelled, folds=None, share=share, seed=request.seed)
    yield pictures.part(~validating), pictures.part(validating)


@contextmanager
def _drawn(request: TrainingRequest, size_px: int) -> Iterator[tuple[Supply, Supply]]:
    """Yield two streams of pictures that are drawn in processes of their own."""
    from framejudge.datasets.drawing.exam2.recipe import is_many_hands, load_many_hands
    from framejudge.datasets.drawing.recipe import load_recipe
    from framejudge.detectors.network.model.detector import NetworkDetector
    from framejudge.detectors.network.train import stream

    folder = request.shards or request.out / "shards"
    name = request.recipe or "training"
    recipe = load_many_hands(name) if is_many_hands(name) else load_recipe(name)
    if request.focus is not None:
        NetworkDetector(request.focus).load()  # says what is wrong with it here, not in a drawing process
    material = (request.photos, request.cutouts, size_px, recipe)
    training = stream.training_source(*material, focus=request.focus, assets=request.assets)
    validation = stream.validation_source(*material, assets=request.assets)
    for source in (training, validation):
        source.check()
    with stream.drawing_processes(request.processes or 1) as executor:
        yield (
            stream.PictureStream(training, folder, executor),
            stream.PictureStream(validation, folder, executor),
        )


def _plan(request: TrainingRequest, training: Supply) -> Plan:
    """Return what the training does."""
    import tensorflow as tf

    from framejudge.detectors.network.train.labelled_pictures import LabelledPictures
    from framejudge.detectors.network.train.plan import Plan
    from framejudge.detectors.network.train.stream import SHARD_PICTURES

    window = max(1, round((request.images or IMAGES) / SHARD_PICTURES))
    mixed = request.mixed_precision
    return Plan(
        together=training.together,
        averaged=request.averaged,
        architecture=request.architecture,
        epochs=request.epochs,
        window_shards=window,
        fresh_shards=max(1, round(window * (request.fresh or FRESH))),
        learning_rate=request.learning_rate,
        vary_colours=request.colours,
        seed=request.seed,
        initial=None if request.initial is None else str(request.initial),
        mixed_precision=bool(tf.config.list_physical_devices("GPU")) if mixed is None else mixed,
        images=len(training) if isinstance(training, LabelledPictures) else None,
        patience=request.patience,
        skipped_shards=request.skip or 0,
    )
