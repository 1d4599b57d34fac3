"""``bench train``: train a network, on frames drawn afresh or on a labelled set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from framejudge.bench import limits
from framejudge.bench.cli import options

Architecture: TypeAlias = Annotated[
    str,
    typer.Option(help="profile (recommended), or an experiment's name like 128_32-32-32-32_conv3_fc16_..."),
]
Out: TypeAlias = Annotated[
    Path, typer.Option(help="Folder for the model; a training that was interrupted in it continues.")
]
Dataset: TypeAlias = Annotated[
    Path | None, typer.Option(help="Train on this labelled set as it is; no frame is drawn.")
]
ValidationShare: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0.05,
        max=0.5,
        callback=options.number,
        help="With --dataset: share of its photos to validate on; by default 0.2.",
    ),
]
Photos: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Folder of plain photos to draw frames on; by default only drawn products."),
]
Cutouts: TypeAlias = Annotated[
    Path | None, typer.Option(help="Folder of cut-out products, with a transparent background.")
]
Assets: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Folder of packshots, frame artwork and textures, for a recipe of many hands."),
]
Recipe: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="What is drawn: training (the default), training-2 (many hands), or your own TOML file."
    ),
]
Images: TypeAlias = Annotated[
    int | None,
    typer.Option(min=2048, max=limits.IMAGES, help="Drawn pictures in an epoch; by default 24,576."),
]
Fresh: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0.05,
        max=1,
        callback=options.number,
        help="Share of them that is drawn anew for each epoch; by default 0.25.",
    ),
]
LearningRate: TypeAlias = Annotated[
    float,
    typer.Option(
        min=1e-6,
        max=limits.LEARNING_RATE,
        callback=options.number,
        help="Peak learning rate of the profile network.",
    ),
]
Colours: TypeAlias = Annotated[bool, typer.Option(help="Also swap colour channels at random.")]
Averaged: TypeAlias = Annotated[
    bool, typer.Option("--averaged", help="Ship the moving average of the weights of the profile network.")
]
Initial: TypeAlias = Annotated[Path | None, typer.Option(help="Start from the weights of this .keras file.")]
Skip: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=limits.IMAGES,
        help="Leave out the first shards of 2,048 pictures, as many as --initial was trained on.",
    ),
]
Focus: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Choose a third of the drawn pictures by what this .keras file gets wrong."),
]
Processes: TypeAlias = Annotated[
    int | None, typer.Option(min=1, max=limits.THREADS, help="Processes that draw pictures; by default 1.")
]
Shards: TypeAlias = Annotated[
    Path | None, typer.Option(help="Folder for the drawn pictures; by default OUT/shards.")
]
TensorBoard: TypeAlias = Annotated[Path | None, typer.Option(help="Folder for TensorBoard's logs.")]


def train(
    architecture: Architecture,
    out: Out,
    dataset: Dataset = None,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
    validation_share: ValidationShare = None,
    photos: Photos = None,
    cutouts: Cutouts = None,
    assets: Assets = None,
    recipe: Recipe = None,
    epochs: options.Epochs = 30,
    patience: options.Patience = None,
    images: Images = None,
    fresh: Fresh = None,
    learning_rate: LearningRate = 1e-2,
    colours: Colours = True,
    averaged: Averaged = False,
    seed: options.Seed = 0,
    initial: Initial = None,
    skip: Skip = None,
    focus: Focus = None,
    processes: Processes = None,
    mixed_precision: options.MixedPrecision = None,
    shards: Shards = None,
    tensorboard: TensorBoard = None,
) -> None:
    """Train a network on photos of buckets 0-6 with frames drawn afresh; fix its threshold on bucket 7.

    Styles and hard negatives that the recipe holds out are never drawn. With --dataset, the network is
    trained on a set as it is, and validated on a share of its photos. OUT gets model.keras, model.json
    (threshold, plan, validation figures, SHA-256), history.csv, and training.md with the curves.
    """
    from framejudge.bench.cli.terminal.needs import needs_tensorflow
    from framejudge.bench.cli.terminal.progress_bar import shown_progress
    from framejudge.datasets.folder_lock import owned
    from framejudge.detectors.network.train.request import TrainingRequest, carry_out

    request = TrainingRequest(
        architecture=architecture,
        out=out,
        dataset=dataset,
        reading=options.reading(where, columns, labels),
        validation_share=validation_share,
        photos=photos,
        cutouts=cutouts,
        assets=assets,
        recipe=recipe,
        epochs=epochs,
        patience=patience,
        images=images,
        fresh=fresh,
        learning_rate=learning_rate,
        colours=colours,
        averaged=averaged,
        seed=seed,
        initial=initial,
        skip=skip,
        focus=focus,
        processes=processes,
        mixed_precision=mixed_precision,
        shards=shards,
        tensorboard=tensorboard,
    )
    request.check()
    needs_tensorflow("training")
    with owned(out), shown_progress() as progress:
        done = carry_out(request, progress)
    trained = done.trained
    figures = f"accuracy {trained.accuracy:.4f}, AUC {trained.auc:.4f}, threshold {trained.threshold:.3f}"
    print(f"validation {figures}: {trained.model}")
    print(f"after {done.epochs} epochs: {done.verdict}")
