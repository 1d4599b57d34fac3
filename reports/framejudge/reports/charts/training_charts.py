"""How networks were trained: accuracy and loss over epochs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from framejudge.bench.run.wording import count, shortened
from framejudge.reports.charts.chart import HEIGHT_IN, WIDTH_IN, Chart, finished
from framejudge.reports.charts.chart_style import colour_of, drawing, number_axis
from framejudge.reports.charts.curves import Floats
from framejudge.reports.charts.training_history import Training


@dataclass(frozen=True, slots=True)
class _Curve:
    """A figure over epochs, of training or of validation pictures, with its training's colour."""

    position: int
    label: str
    validation: bool
    values: Floats

    @property
    def kind(self) -> str:
        return "validation" if self.validation else "training"


def training_accuracy(trainings: Sequence[Training], names: Sequence[str]) -> Chart | None:
    """Draw accuracy over epochs, on training and validation pictures; None where none was logged."""
    validation, training = ("val_accuracy", "val_framed_accuracy"), ("accuracy", "framed_accuracy")
    curves = list(_curves(trainings, names, validation, training))
    if not curves:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for curve in curves:
            _draw(axes, curve)
        axes.set_ylabel("accuracy")
        _finish(axes)
        return finished(
            figure,
            name="training-accuracy",
            title="Training: accuracy",
            caption=_CAPTION,
            alt=f"Training: accuracy by epoch. {_ends(curves)}",
        )


def training_loss(trainings: Sequence[Training], names: Sequence[str]) -> Chart | None:
    """Draw the loss of the probability over epochs, like `training_accuracy`; None where none was logged."""
    # Of several outputs, ``loss`` is the weighted sum.
    curves = list(_curves(trainings, names, ("val_loss",), ("framed_loss", "loss")))
    if not curves:
        return None
    with drawing(WIDTH_IN, HEIGHT_IN) as (figure, axes):
        for curve in curves:
            _draw(axes, curve)
        number_axis(axes.yaxis)
        axes.set_ylabel("loss, log scale")
        _finish(axes)
        return finished(
            figure,
            name="training-loss",
            title="Training: loss",
            caption=_CAPTION,
            alt=f"Training: loss by epoch. {_ends(curves)}",
        )


_CAPTION = (
    "Solid: validation pictures. Dashed: training pictures. "
    "A widening gap: the network learns its training pictures by heart."
)


def _curves(
    trainings: Sequence[Training],
    names: Sequence[str],
    validation: Sequence[str],
    training: Sequence[str],
) -> Iterator[_Curve]:
    """Give each training's curves, in its detector's colour where the run has it."""
    position = len(names)
    for one in trainings:
        logged = [(True, one.first_of(validation)), (False, one.first_of(training))]
        if all(values is None for _, values in logged):
            continue
        if one.detector in names:
            here = names.index(one.detector)
        else:
            here, position = position, position + 1
        for is_validation, values in logged:
            if values is not None:
                yield _Curve(here, shortened(one.detector or one.name), is_validation, values)


def _draw(axes: Axes, curve: _Curve) -> None:
    axes.plot(
        np.arange(1, len(curve.values) + 1),
        curve.values,
        color=colour_of(curve.position),
        linestyle="solid" if curve.validation else "dashed",
        linewidth=1.9 if curve.validation else 1.1,
        marker="o" if len(curve.values) < 3 else None,
        label=f"{curve.label}, {curve.kind}",
    )


def _finish(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.legend(loc="best")
    axes.set_xlabel("epoch")


def _ends(curves: Sequence[_Curve]) -> str:
    return "; ".join(
        f"{curve.label}: {curve.kind} {curve.values[np.isfinite(curve.values)][-1]:.4g} "
        f"after {count(len(curve.values), 'epoch')}"
        for curve in curves
    )
