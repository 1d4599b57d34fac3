"""``--detectors own.onnx``: which names are model files, and what it takes to run one.

This imports no runtime and reads nothing but the JSON beside the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from framejudge.datasets.errors import InputError


class Runtime(NamedTuple):
    """What opens a kind of file: the extra of framejudge that brings it, and its module."""

    extra: str
    module: str


RUNTIMES = {
    ".keras": Runtime("tensorflow", "tensorflow"),
    ".onnx": Runtime("onnx", "onnxruntime"),
    ".tflite": Runtime("litert", "ai_edge_litert"),
}
"""By the file's suffix."""

TO_CONVERT = {
    ".h5": "save it as .keras: model.save('own.keras')",
    ".hdf5": "save it as .keras: model.save('own.keras')",
    ".pb": "convert it to .tflite or .onnx",
    ".pt": "export it: torch.onnx.export(model, picture, 'own.onnx')",
    ".pth": "export it: torch.onnx.export(model, picture, 'own.onnx')",
    ".joblib": "wrap it in a class with predict(image), see the page 'Your detector'",
    ".pkl": "wrap it in a class with predict(image), see the page 'Your detector'",
}
"""What to do with files of other kinds, by suffix."""

TARGET = "framejudge.detectors.model_file.opening:open_model_file"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A model file that was named.

    Attributes
    ----------
    path
        As an absolute path.
    runtime
        What opens it.
    description
        The JSON file beside it that says how it is fed and read; None where there is none.
    """

    path: Path
    runtime: Runtime
    description: Path | None

    @property
    def given(self) -> tuple[str, ...]:
        """What a detector is made with: the file, and its description where there is one."""
        return (str(self.path), *([str(self.description)] if self.description else []))


def is_model_file(name: str) -> bool:
    """Whether a name stands for a model file, by its suffix."""
    return Path(name).suffix.lower() in RUNTIMES


def find_model_file(name: str) -> NamedFile:
    """Return what a model file's name stands for.

    Raises
    ------
    InputError
        Where there is no such file.
    """
    path = Path(name)
    if not path.is_file():
        raise InputError("there is no such model file", where=path, fix="give the path of a file that exists")
    return NamedFile(path.absolute(), RUNTIMES[path.suffix.lower()], _beside(path.absolute()))


def refuse_other_model(name: str) -> None:
    """Refuse a file of weights that cannot be run as it is, with how to convert it; other names pass.

    Raises
    ------
    InputError
        For such a file.
    """
    suffix = Path(name).suffix.lower()
    if suffix in TO_CONVERT:
        raise InputError(
            f"a {suffix} file cannot be run as it is", where=f"detector {name!r}", fix=TO_CONVERT[suffix]
        )


def _beside(path: Path) -> Path | None:
    """Return ``own.onnx.json`` or ``own.json``; a file of another schema (a calibration) is none."""
    for file in (path.with_name(f"{path.name}.json"), path.with_suffix(".json")):
        if file.is_file():
            try:
                facts = json.loads(file.read_bytes())
            except (OSError, ValueError, RecursionError):
                return file  # reading it says what is wrong with it
            schema = facts.get("schema") if isinstance(facts, dict) else None
            if schema is None or str(schema).startswith("framejudge/model/"):
                return file
    return None
