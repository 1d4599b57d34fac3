"""A training's weights, optimiser and figures after each epoch: what a killed one goes on from.

Imports Keras.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from framejudge.datasets.atomic_file import replace_text, replaced
from framejudge.datasets.errors import InputError
from framejudge.detectors.network.train.learning_curves import diverged
from framejudge.detectors.network.train.plan import Plan


class Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
    """Weights, optimizer and figures after each whole epoch, replaced in one step."""

    def __init__(self, model: keras.Model, plan: Plan, pictures: Sequence[str], out: Path) -> None:
        super().__init__()
        self._model = model
        self._pictures = list(pictures)
        self._epochs = plan.epochs
        self._patience = plan.patience
        self._plan = json.loads(json.dumps(asdict(plan)))
        self._state = out / "checkpoint.json"
        self._best = out / "best.npz"
        self._out = out
        self.history: list[dict[str, float]] = []

    @property
    def finished(self) -> bool:
        """Whether every epoch was trained, the last ones brought nothing, or the loss is no number."""
        return len(self.history) >= self._epochs or self._out_of_patience or diverged(self.history)

    @property
    def _out_of_patience(self) -> bool:
        if self._patience is None or not self.history:
            return False
        return len(self.history) - 1 - self._best_epoch >= self._patience

    @property
    def _best_epoch(self) -> int:
        losses = np.array([figures["val_loss"] for figures in self.history])
        return int(np.argmin(np.where(np.isnan(losses), np.inf, losses)))

    def restore(self) -> None:
        """Load the last checkpoint, if there is one, into the model."""
        if not self._state.exists():
            return
        state = json.loads(self._state.read_text(encoding="utf-8"))
        if state["plan"] != self._plan:
            changed = sorted(key for key in self._plan if state["plan"].get(key) != self._plan[key])
            raise InputError(
                f"holds a training with another {', '.join(changed) or 'version of framejudge'}",
                where=self._out,
                fix="choose another --out",
            )
        if state.get("pictures", self._pictures) != self._pictures:
            raise InputError(
                "holds a training on other pictures: the recipe, the photos, the set or --focus has changed",
                where=self._out,
                fix="choose another --out",
            )
        self._model.optimizer.build(self._model.trainable_variables)
        _assign(self._variables(), self._out / state["weights"])
        self.history = state["history"]

    def choose_epoch(self) -> None:
        """Give the model the weights of its best epoch where the plan has patience; else keep the last."""
        if self._patience is not None:
            _assign(self._model.variables, self._best)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep the epoch's figures and weights; stop where nothing more is to come."""
        self.history.append({"epoch": epoch, **(logs or {})})
        if self._patience is not None and self._best_epoch == epoch:
            _save(self._model.variables, self._best)
        name = f"checkpoint-{epoch + 1}.npz"
        _save(self._variables(), self._out / name)
        state = {
            "plan": self._plan,
            "pictures": self._pictures,
            "weights": name,
            "history": self.history,
        }
        replace_text(self._state, json.dumps(state))
        replace_text(self._out / "history.csv", _as_csv(self.history))
        for old in self._out.glob("checkpoint-*.npz"):
            if old.name != name:
                old.unlink()
        if self.finished:
            self._model.stop_training = True

    def _variables(self) -> list[Any]:
        return [*self._model.variables, *self._model.optimizer.variables]


def _save(variables: Sequence[Any], path: Path) -> None:
    with replaced(path) as draft, draft.open("wb") as stream:
        np.savez(stream, *[np.asarray(variable) for variable in variables])


def _assign(variables: Sequence[Any], path: Path) -> None:
    with np.load(path) as arrays:
        for variable, name in zip(variables, arrays.files, strict=True):
            variable.assign(arrays[name])


def _as_csv(history: Sequence[Mapping[str, float]]) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    return table.getvalue()


def read_history(out: Path) -> list[dict[str, float]]:
    """Return a training's figures, one dictionary an epoch."""
    with (out / "history.csv").open(newline="", encoding="utf-8") as lines:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
