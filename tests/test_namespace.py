"""The layout: four source roots of one namespace, and no package of ours in anyone's way."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from pathlib import Path, PurePosixPath

import pytest

ROOTS = ("bench", "detectors", "datasets", "reports")
CHECKOUT = Path(__file__).resolve().parents[1]


def installed_files() -> list[PurePosixPath]:
    return [PurePosixPath(file) for file in importlib.metadata.files("framejudge") or []]


@pytest.mark.parametrize("root", ROOTS)
def test_each_root_is_imported_below_the_namespace(root: str) -> None:
    module = importlib.import_module(f"framejudge.{root}")
    assert module.__name__ == f"framejudge.{root}"


def test_the_namespace_has_no_init_file() -> None:
    assert importlib.import_module("framejudge").__file__ is None
    assert not list(CHECKOUT.glob("*/framejudge/__init__.py"))


def test_no_module_lies_directly_in_a_root() -> None:
    assert not [path for root in ROOTS for path in (CHECKOUT / root).glob("*.py")]


def test_installing_us_puts_only_framejudge_into_site_packages() -> None:
    tops = {file.parts[0] for file in installed_files() if ".." not in file.parts}
    ours = {top for top in tops if not top.endswith((".dist-info", ".pth"))}
    assert ours <= {"framejudge"}


def test_hugging_face_datasets_still_imports_beside_us() -> None:
    found = importlib.util.find_spec("datasets")
    if found is None or found.origin is None:  # no origin: our own folder of that name, not a package
        pytest.skip("Hugging Face datasets is not installed here; `tox -e hf-datasets` installs it")
    datasets = importlib.import_module("datasets")
    assert callable(datasets.load_dataset)
    assert "framejudge" not in str(datasets.__file__)
