"""What a training's epochs show: whether it converged, and the curves of several in one chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from framejudge.datasets.atomic_file import replace_text, replaced
from framejudge.detectors.network.model.architectures import FRAMED

History = Sequence[Mapping[str, float]]
"""The figures of each epoch, in order."""

GUESSING = 0.5
HALF_WAY = 0.75
"""Half of the way from guessing between two equally frequent classes to no mistake at all."""
STILL_RISING = 0.005
"""Gain of validation accuracy from one fifth of the epochs to the next."""
FEWEST_EPOCHS = 5

_COLOURS = ("#1d5fbe", "#bf4510", "#0c7a6b", "#8540a6", "#84660a", "#b1265e")
_DPI = 150


def convergence(history: History) -> str:
    """Say in a few words whether a training converged.

    The last fifth of the epochs is compared with the fifth before it. A training that still makes more than a
    quarter of mistakes on its own pictures, and does not get better, does not converge.
    """
    if diverged(history):
        return "diverges: its loss is no longer a number"
    if len(history) < FEWEST_EPOCHS:
        return f"too short to judge: {len(history)} epochs"
    fifth = len(history) // 5
    train, validation = (
        [fmean(part) for part in (values[-2 * fifth : -fifth], values[-fifth:])]
        for values in (training_accuracy(history), validation_accuracy(history))
    )
    rising = max(validation[1] - validation[0], train[1] - train[0]) > STILL_RISING
    if train[1] < HALF_WAY and not rising:
        return f"does not converge: stays at {train[1]:.2f} on its own pictures ({GUESSING} is guessing)"
    return "still rising when it stopped" if rising else "converges"


def diverged(history: History) -> bool:
    """Return whether a loss is no longer a number."""
    return any(not np.isfinite([figures["loss"], figures.get("val_loss", 0.0)]).all() for figures in history)


def training_accuracy(history: History) -> list[float]:
    """Return each epoch's accuracy on training pictures, as measured while training, dropout included."""
    name = "accuracy" if "accuracy" in history[0] else f"{FRAMED}_accuracy"
    return [figures[name] for figures in history]


def validation_accuracy(history: History) -> list[float]:
    """Return each epoch's accuracy on validation pictures at a threshold of 0.5."""
    return [figures["val_accuracy"] for figures in history]


def training_loss(history: History) -> list[float]:
    """Return each epoch's cross-entropy of the probability on training pictures; no other output's loss."""
    return [figures.get(f"{FRAMED}_loss", figures["loss"]) for figures in history]


def draw_curves(histories: Mapping[str, History], folder: Path) -> list[Path]:
    """Draw accuracy and loss over epochs of all trainings as ``curves.svg`` and ``curves.png``."""
    figure = Figure(figsize=(9, 3.9 + 0.2 * len(histories)), layout="constrained")
    accuracy, loss = figure.subplots(1, 2)
    for position, (name, history) in enumerate(histories.items()):
        colour = _COLOURS[position % len(_COLOURS)]
        epochs = [figures["epoch"] + 1 for figures in history]
        accuracy.plot(epochs, validation_accuracy(history), color=colour, label=name)
        accuracy.plot(epochs, training_accuracy(history), color=colour, linestyle="dashed", linewidth=1)
        loss.plot(epochs, [figures["val_loss"] for figures in history], color=colour)
        loss.plot(epochs, training_loss(history), color=colour, linestyle="dashed", linewidth=1)
    accuracy.set_ylabel("accuracy")
    loss.set_ylabel("loss")
    for axes in (accuracy, loss):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle("Solid: validation pictures. Dashed: training pictures.", fontsize=10)
    figure.legend(loc="outside lower center", fontsize=8, frameon=False)
    paths = [folder / "curves.svg", folder / "curves.png"]
    with mpl.rc_context({"svg.fonttype": "none"}):
        for path in paths:
            with replaced(path) as draft:
                figure.savefig(draft, format=path.suffix[1:], dpi=_DPI)
    return paths


def write_report(name: str, history: History, folder: Path) -> Path:
    """Write a training's ``training.md`` and its curves."""
    draw_curves({name: history}, folder)
    best = min(history, key=lambda figures: np.nan_to_num(figures["val_loss"], nan=np.inf))
    rows = [("best", best), ("last", history[-1])]
    lines = [
        f"# Training of `{name}`",
        "",
        f"{len(history)} epochs, {sum(figures.get('seconds', 0) for figures in history):,.0f} s. "
        f"Verdict: {convergence(history)}.",
        "",
        "| epoch | train accuracy | validation accuracy | validation AUC | train loss | validation loss |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {which}, {figures['epoch'] + 1:.0f} | {training_accuracy([figures])[0]:.3f} | "
            f"{figures['val_accuracy']:.3f} | {figures['val_auc']:.3f} | {figures['loss']:.3f} | "
            f"{figures['val_loss']:.3f} |"
            for which, figures in rows
        ),
        "",
        "![accuracy and loss over epochs](curves.svg)",
        "",
        "Accuracies at a threshold of 0.5, before calibration; those on training pictures are measured while "
        "it trains, with dropout.",
    ]
    path = folder / "training.md"
    replace_text(path, "\n".join(lines) + "\n")
    return path
