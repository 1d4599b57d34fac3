"""A framejudge of before its modules were sorted into folders: what a baseline may be."""

from __future__ import annotations

from pathlib import Path

OLD_VERSION = {
    "datasets/__init__.py": "",
    "datasets/decode.py": """
import numpy as np


class UnreadableImage(Exception):
    def __init__(self, what):
        self.what = what


def decode_image(path):
    if "broken" in path:
        raise UnreadableImage("too old")
    return np.zeros((2, 3, 3), np.uint8)
""",
    "datasets/fingerprint.py": """
def image_digest(image):
    return "an old digest"
""",
    "detectors/__init__.py": "",
    "detectors/protocol.py": "DEFAULT_THRESHOLD = 0.5",
    "detectors/registry.py": """
import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class DetectorSpec:
    name: str
    target: str
    summary: str = ""
    files: tuple = ()
    extra: str | None = None
    extra_module: str | None = None
    origin: str = "built-in"


BUILT_IN = {"trim": DetectorSpec("trim", "framejudge.detectors.trim:TrimDetector")}


def find(name):
    return BUILT_IN[name]


def create(spec):
    module, _, name = spec.target.partition(":")
    return getattr(importlib.import_module(module), name)()
""",
    "detectors/trim.py": """
class TrimDetector:
    threshold = 0.25

    def predict(self, image):
        return 0.125
""",
}


def write_old_version(root: Path) -> None:
    """Write a framejudge whose modules lay where they did before they were sorted into folders."""
    for name, text in OLD_VERSION.items():
        file = root / "framejudge" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
