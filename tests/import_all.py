"""Imports every module of framejudge that needs no extra: ``python tests/import_all.py``."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator

ROOTS = ("framejudge.datasets", "framejudge.detectors", "framejudge.bench", "framejudge.reports")

EXTRAS = ("tensorflow", "keras", "ai_edge_litert", "onnxruntime", "openvino", "tf2onnx", "onnx", "cleanlab")
EXTRAS += ("starlette", "uvicorn", "pytest", "mlflow", "wandb")
"""Modules that optional dependencies bring; ours that import them may fail where they are missing."""


def modules() -> Iterator[str]:
    """Yield the name of every module of ours, but for the worker's program, which is no library."""
    for root in ROOTS:
        package = importlib.import_module(root)
        for found in pkgutil.walk_packages(package.__path__, f"{root}."):
            if not found.name.endswith("__main__"):
                yield found.name


def import_all() -> list[str]:
    """Import every module; return a line for each that failed for another reason than a missing extra."""
    failures = []
    for name in modules():
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as problem:
            missing = (problem.name or "").partition(".")[0]
            if missing not in EXTRAS or importlib.util.find_spec(missing) is not None:
                failures.append(f"{name}: {problem}")
        except Exception as problem:
            failures.append(f"{name}: {type(problem).__name__}: {problem}")
    return failures


if __name__ == "__main__":
    failures = import_all()
    print(*failures, sep="\n")
    sys.exit(bool(failures))
