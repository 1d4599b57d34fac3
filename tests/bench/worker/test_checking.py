"""`bench check` on fourteen detectors with one fault each: the fault is found, and named by its rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from framejudge.bench.worker.checking import check_isolated
from framejudge.datasets.errors import InputError
from framejudge.detectors.registry import find

WITHOUT_FAULT = """
class Detector:
    def predict(self, image):
        return float(image[0].mean() / 255)
"""

FAULTS: Mapping[str, tuple[str, str, str]] = {
    "returns a text": ("predict", "gives 'framed'", "def predict(self, image): return 'framed'"),
    "returns an array": (
        "predict", "ndarray of shape (3,)", "def predict(self, image): return image[0].mean(axis=0) / 255"
    ),
    "leaves the range": ("predict", "has to be in [0, 1]", "def predict(self, image): return 1.5"),
    "returns NaN": ("predict", "gives nan", "def predict(self, image): return float('nan')"),
    "depends on the order": (
        "same picture, same score",
        "the order of calls must not matter",
        "count = 0\n"
        "    def predict(self, image):\n        self.count += 1\n        return self.count % 7 / 7",
    ),
    "differs in a batch": (
        "predict_batch",
        "where predict gives",
        "def predict(self, image): return float(image[0].mean() / 255)\n"
        "    def predict_batch(self, images): return [self.predict(image) / 2 for image in images]",
    ),
    "misorders a batch": (
        "predict_batch",
        "in another order",
        "def predict(self, image): return float(image[0].mean() / 255)\n"
        "    def predict_batch(self, images): return sorted(self.predict(image) for image in images)",
    ),
    "writes into its picture": (
        "pictures stay as they are",
        "work on a copy",
        "def predict(self, image):\n        image[:] = 0\n        return 0.5",
    ),
    "leaks memory": (
        "memory",
        "KiB a call",
        "kept = []\n"
        "    def predict(self, image):\n        self.kept.append(image.repeat(2))\n        return 0.5",
    ),
    "ignores the thread limit": (
        "threads",
        "threads busy where 1 is allowed",
        "def predict(self, image):\n"
        "        from concurrent.futures import ThreadPoolExecutor\n"
        "        import hashlib\n"
        "        with ThreadPoolExecutor(4) as pool:  # hashing leaves the interpreter to other threads\n"
        "            list(pool.map(lambda _: hashlib.sha256(bytes(2_000_000)).digest(), range(8)))\n"
        "        return 0.5",
    ),
    "prints": (
        "prints",
        "prints while it predicts ('scoring')",
        "def predict(self, image):\n        print('scoring')\n        return 0.5",
    ),
    "changes the folder": (
        "folder",
        "changes the current folder",
        "def predict(self, image):\n        import os\n        os.chdir('/')\n        return 0.5",
    ),
    "needs the network": (
        "network",
        "asks the network for weights.invalid",
        "def load(self):\n        import socket\n"
        "        socket.create_connection(('weights.invalid', 80), 1)\n"
        "    def predict(self, image): return 0.5",
    ),
}  # fmt: skip


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return the name of a module that no other test has, beside the user."""
    monkeypatch.chdir(tmp_path)
    return f"checked_{abs(hash(request.node.name))}"


def broken(module: str, source: str) -> dict[str, str]:
    Path(f"{module}.py").write_text(source)
    found = check_isolated(find(f"{module}:Detector"), timeout_s=60)
    return {one.rule: one.text for one in found if not one.kept}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_by_its_rule(module: str, fault: str) -> None:
    rule, text, body = FAULTS[fault]
    found = broken(module, f"class Detector:\n    {body}\n")
    assert text in found[rule]
    # Where one fault breaks several rules, the rule that names it comes first.
    assert next(iter(found)) == ("load" if fault == "needs the network" else rule)


def test_a_heavy_import_is_named(module: str) -> None:
    Path("torch.py").write_text("")
    found = broken(module, f"import torch\n{WITHOUT_FAULT}")
    assert found == {"import": "imports torch with its module: import it inside load"}


def test_what_does_not_start_in_a_worker_is_one_line(module: str) -> None:
    source = WITHOUT_FAULT.replace(
        "    def predict", "    def __init__(self, weights): ...\n\n    def predict"
    )
    with pytest.raises(InputError, match=r"cannot be made without arguments.*weights"):
        broken(module, source)


def test_a_detector_without_a_fault_keeps_every_rule(module: str) -> None:
    assert broken(module, WITHOUT_FAULT) == {}
