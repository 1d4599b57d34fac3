"""``bench train``: train a network on frames drawn afresh."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    context: typer.Context,
    architecture: Annotated[
        str,
        typer.Option(
            help="profile (the recommended one) or an experiment, like 128_32-32-32-32_conv3_fc16_..."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder of the model; a training killed in it goes on from there.")
    ],
    photos: Annotated[Path | None, typer.Option(help="Plain photos; without, only drawn products.")] = None,
    cutouts: Annotated[Path | None, typer.Option(help="Cut-out products with transparent ground.")] = None,
    recipe: Annotated[
        str | None, typer.Option(help="What is drawn: training (the default), or a TOML file of your own.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="Train on this labelled set as it is; no frame is drawn.")
    ] = None,
    validation_share: Annotated[
        float, typer.Option(min=0.05, max=0.5, help="Of the photos of --dataset.")
    ] = 0.2,
    epochs: Annotated[int, typer.Option(min=1)] = 30,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many epochs without a lower validation loss.")
    ] = None,
    images: Annotated[int, typer.Option(min=2048, help="Pictures in an epoch.")] = 24_576,
    fresh: Annotated[
        float, typer.Option(min=0.05, max=1, help="Share of them drawn anew each epoch.")
    ] = 0.25,
    learning_rate: Annotated[float, typer.Option(min=1e-6, help="Peak rate of the profile network.")] = 1e-2,
    colours: Annotated[bool, typer.Option(help="Swap colour channels, beside the flips.")] = True,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    initial: Annotated[Path | None, typer.Option(help="Start from the weights of this .keras file.")] = None,
    skip: Annotated[
        int,
        typer.Option(min=0, help="Begin so many shards of 2,048 pictures later: --initial has seen those."),
    ] = 0,
    focus: Annotated[
        Path | None,
        typer.Option(
            help="Train most on what this .keras file gets wrong: it picks a third of what is drawn."
        ),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes that draw pictures.")] = 1,
    mixed_precision: Annotated[
        bool | None, typer.Option(help="Compute in bfloat16; if not said, on a GPU only.")
    ] = None,
    shards: Annotated[
        Path | None, typer.Option(help="Where drawn pictures are kept; default OUT/shards.")
    ] = None,
    tensorboard: Annotated[Path | None, typer.Option(help="Folder for TensorBoard's logs.")] = None,
) -> None:
    """Train a network on photos of buckets 0-6 with frames drawn afresh; fix its threshold on bucket 7.

    Styles and hard negatives that the recipe holds out are never drawn. With --dataset, train on a set as it
    is and validate on a share of its photos. Writes model.keras, model.json (threshold, plan, validation
    figures, SHA-256), history.csv and training.md with the curves to OUT.
    """
    from contextlib import ExitStack

    from framejudge.bench.cli.terminal.needs import needs_tensorflow
    from framejudge.bench.cli.terminal.output import writing
    from framejudge.datasets.errors import InputError

    drawn_only = ("photos", "cutouts", "recipe", "shards", "focus", "skip", "images", "fresh", "processes")
    given = [name for name in drawn_only if _is_given(context, name)]
    if dataset is not None and given:
        raise InputError(
            "--dataset is trained on as it is: nothing is drawn",
            where=", ".join(f"--{name}" for name in given),
            fix="leave it out, or make a set with `bench dataset frame`",
        )
    if dataset is None and _is_given(context, "validation_share"):
        raise InputError(
            "is of a labelled set", where="--validation-share", fix="leave it out: drawn frames have bucket 7"
        )
    needs_tensorflow("training")
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)

    import tensorflow as tf
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from framejudge.datasets.drawing.recipe import load_recipe
    from framejudge.datasets.table.reading import read_dataset
    from framejudge.detectors.network.model.architectures import build
    from framejudge.detectors.network.model.detector import NetworkDetector
    from framejudge.detectors.network.train.checkpoint import read_history
    from framejudge.detectors.network.train.labelled_pictures import read_pictures, validation_parts
    from framejudge.detectors.network.train.learning_curves import convergence, diverged, write_report
    from framejudge.detectors.network.train.plan import Plan
    from framejudge.detectors.network.train.stream import (
        SHARD_PICTURES,
        PictureStream,
        drawing_processes,
        training_source,
        validation_source,
    )
    from framejudge.detectors.network.train.training import Supply
    from framejudge.detectors.network.train.training import train as train_network

    size_px = int(build(architecture).input_shape[1])
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ExitStack() as stack:
        training: Supply
        validation: Supply
        fixed: int | None = None
        if dataset is not None:
            labelled = read_dataset(dataset)
            pictures = read_pictures(labelled, size_px)
            (validating,) = validation_parts(labelled, folds=None, share=validation_share, seed=seed)
            training, validation = pictures.part(~validating), pictures.part(validating)
            fixed = len(training)
        else:
            executor = stack.enter_context(drawing_processes(processes))
            folder = shards or out / "shards"
            drawn = load_recipe(recipe or "training")
            if focus is not None:
                NetworkDetector(focus).load()  # says what is wrong with it here, not in a drawing process
            source = training_source(photos, cutouts, size_px, drawn, focus=focus)
            training = PictureStream(source, folder, executor)
            validation = PictureStream(validation_source(photos, cutouts, size_px, drawn), folder, executor)
        window = max(1, round(images / SHARD_PICTURES))
        plan = Plan(
            architecture=architecture,
            epochs=epochs,
            window_shards=window,
            fresh_shards=max(1, round(window * fresh)),
            learning_rate=learning_rate,
            vary_colours=colours,
            seed=seed,
            initial=None if initial is None else str(initial),
            mixed_precision=(
                bool(tf.config.list_physical_devices("GPU")) if mixed_precision is None else mixed_precision
            ),
            images=fixed,
            patience=patience,
            skipped_shards=skip,
        )
        bar = stack.enter_context(Progress(*columns, transient=True))
        task = bar.add_task("reading the first pictures", total=epochs)

        def show(figures: dict[str, float]) -> None:
            text = f"AUC {figures['val_auc']:.4f}, accuracy {figures['val_accuracy']:.4f}"
            bar.update(task, completed=figures["epoch"], description=text)

        trained = train_network(plan, training, validation, out, show, tensorboard=tensorboard)
    history = read_history(out)
    write_report(architecture, history, out)
    if diverged(history):
        raise InputError(
            f"the training diverged in epoch {len(history)}: its loss is no longer a number",
            where=out,
            fix="lower the learning rate, and give another --out",
        )
    print(
        f"validation accuracy {trained.accuracy:.4f}, AUC {trained.auc:.4f}, "
        f"threshold {trained.threshold:.3f}: {trained.model}"
    )
    print(f"after {len(history)} epochs: {convergence(history)}")


def _is_given(context: typer.Context, name: str) -> bool:
    """Tell whether the command line names an option."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
