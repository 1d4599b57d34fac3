"""Make the detector that a model file stands for: one of ours, or any other classifier by its description."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from framejudge.datasets.errors import InputError
from framejudge.detectors.model_file.classifier import ModelFileDetector
from framejudge.detectors.model_file.description import describe_model, is_ours, read_facts
from framejudge.detectors.network.model.architectures import PROFILE
from framejudge.detectors.protocol import Detector


def open_model_file(path: str, description: str | None = None, second: str | None = None) -> Detector:
    """Return the detector of a model file; nothing is loaded yet.

    Parameters
    ----------
    description
        The JSON beside the file, or the one that was given after its name.
    second
        The one that was given after its name, where there is one beside the file too: it goes before that.

    Raises
    ------
    InputError
        For a description that is none.
    """
    model = Path(path)
    said = second or description
    if said is None:
        return ModelFileDetector(model, describe_model({}, model))
    file = Path(said)
    facts = read_facts(file)
    if is_ours(facts):
        return _ours(model, file, facts)
    return ModelFileDetector(model, describe_model(facts, file))


def _ours(model: Path, file: Path, facts: dict[str, Any]) -> Detector:
    """Return the detector for a file of `bench train` or `bench export`, whose description lies beside it."""
    beside = model.with_suffix(".json") if model.suffix == ".keras" else model.with_name(f"{model.name}.json")
    if file != beside:
        raise InputError(
            f"describes {file.name}, and not {model.name}", where=file, fix=f"call it {beside.name}"
        )
    return _RUNTIMES[model.suffix.lower()](model, facts)


def _keras(model: Path, facts: dict[str, Any]) -> Detector:
    from framejudge.detectors.network.model.detector import LocatingDetector, NetworkDetector

    locates = facts.get("plan", {}).get("architecture") == PROFILE
    return LocatingDetector(model) if locates else NetworkDetector(model)


def _onnx(model: Path, facts: dict[str, Any]) -> Detector:
    from framejudge.detectors.network.model.runtimes import OnnxDetector

    return OnnxDetector(model)


def _litert(model: Path, facts: dict[str, Any]) -> Detector:
    from framejudge.detectors.network.model.runtimes import LitertDetector

    return LitertDetector(model)


_RUNTIMES: dict[str, Callable[[Path, dict[str, Any]], Detector]] = {
    ".keras": _keras,
    ".onnx": _onnx,
    ".tflite": _litert,
}
