"""Which files a module runs, found by reading sources alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from framejudge.datasets.import_closure import find_module, source_files


def write(folder: Path, **sources: str) -> None:
    for name, text in sources.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        for around in file.parents[: len(file.relative_to(folder).parts) - 1]:
            (around / "__init__.py").touch()
        file.write_text(text)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_every_way_of_importing_is_followed(here: Path) -> None:
    write(
        here,
        closure_a="import closure_b\nfrom closure_c import x\ntry: import closure_d\nfinally: pass",
        closure_b="from closure_p import (  # a comment (with brackets)\n    inner,\n)",
        closure_c="def late():\n    from closure_p.other import \\\n        thing\n",
        closure_d="",
        closure_p__inner="from . import beside\nfrom .deep.one import two",
        closure_p__beside="",
        closure_p__other="",
        closure_p__deep__one="from ..last import x",
        closure_p__last="",
        closure_p__unused="",
    )
    assert sorted(source_files("closure_a")) == [
        "closure_a.py",
        "closure_b.py",
        "closure_c.py",
        "closure_d.py",
        "closure_p/__init__.py",
        "closure_p/beside.py",
        "closure_p/deep/__init__.py",
        "closure_p/deep/one.py",
        "closure_p/inner.py",
        "closure_p/last.py",
        "closure_p/other.py",
    ]
    assert not [name for name in sys.modules if name.startswith("closure_")]


def test_what_is_imported_for_type_checkers_is_not_run(here: Path) -> None:
    write(
        here,
        types_a=(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import types_b\n\n"
            "# a comment\n    from types_b import x\nelse:\n    import types_c\n"
            "def late():\n    if typing.TYPE_CHECKING:\n        import types_b\n    import types_d\n"
        ),
        types_b="",
        types_c="",
        types_d="",
    )
    assert sorted(source_files("types_a")) == ["types_a.py", "types_c.py", "types_d.py"]


def test_words_that_begin_like_an_import_are_none(here: Path) -> None:
    write(here, prose_a='"""It goes\nfrom prose_b to the end.\nimport nothing of ours\n"""', prose_b="")
    assert sorted(source_files("prose_a")) == ["prose_a.py"]


def test_installed_packages_and_the_standard_library_are_not_followed(here: Path) -> None:
    write(
        here, outside_a="import numpy, json\nfrom PIL import Image\nfrom framejudge.datasets import progress"
    )
    found = source_files("outside_a")
    assert {"outside_a.py", "framejudge/datasets/progress.py"} <= set(found)
    assert all(name.startswith(("outside_a", "framejudge/")) for name in found)


def test_a_circle_and_a_broken_source_end(here: Path) -> None:
    write(
        here, circle_a="import circle_b", circle_b="import circle_a\nimport (\nimport circle_c", circle_c=""
    )
    assert sorted(source_files("circle_a")) == ["circle_a.py", "circle_b.py", "circle_c.py"]


def test_a_module_that_is_not_there_has_no_files() -> None:
    assert source_files("no_such_module.at_all") == {}
    assert find_module("no_such_module.at_all") is None
    assert find_module("framejudge.datasets.no_such_module") is None


def test_a_module_is_found_without_its_package_being_imported(here: Path) -> None:
    write(here, careful__inner="")
    (here / "careful" / "__init__.py").write_text("raise RuntimeError('imported')")
    found = find_module("careful.inner")
    assert found is not None and found.origin == str(here / "careful" / "inner.py")
