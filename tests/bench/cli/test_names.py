"""Names of detectors are resolved before anything heavy is imported, and before anything is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("tensorflow", "keras", "cv2", "scipy", "sklearn", "skimage", "matplotlib", "statsmodels")
CALL = """
import sys
from framejudge.bench.cli.main import entry_point
try:
    entry_point()
finally:
    print("imported:", *(name for name in sys.modules if "." not in name))
"""


def bench(folder: Path, *arguments: str) -> tuple[int, set[str], str]:
    """Return the exit code of a command, the top-level modules that it imported, and what it said."""
    command = [sys.executable, "-P", "-c", CALL, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "imported:" in done.stdout, done.stderr
    said, _, imported = done.stdout.rpartition("imported:")
    return done.returncode, set(imported.split()), said + done.stderr


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code, imported, said = bench(tmp_path, "--help")
    assert code == 0 and "dataset" in said
    assert imported.isdisjoint((*HEAVY, "numpy", "pyarrow", "pydantic"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--out", "out", "--detectors"),
        ("run", "--out", "out", "--detector"),
        ("gate", "--out", "out", "--detectors"),
        ("predict", "picture.png", "--detector"),
        ("predict", "picture.png", "--detectors"),
        ("unframe", "pictures", "--out", "out", "--detector"),
        ("dataset", "prelabel", ".", "--detector"),
        ("dataset", "audit", ".", "--label", "plain", "--out", "out", "--detector"),
        ("check",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("name", "told"),
    [("cany", "unknown detector 'cany'"), ("nomod.deep:X", "there is no module 'nomod.deep'")],
)
def test_a_name_that_nobody_has_is_refused_at_once(
    tmp_path: Path, arguments: tuple[str, ...], name: str, told: str
) -> None:
    code, imported, said = bench(tmp_path, *arguments, name)
    assert code == 2 and told in said
    assert imported.isdisjoint((*HEAVY, "pyarrow", "PIL"))
    assert list(tmp_path.iterdir()) == []


def test_a_module_is_found_without_importing_its_packages(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "shop" / "frames.py").write_text("class X: ...")
    code, _, said = bench(tmp_path, "run", "--detectors", "shop.frame:X")
    assert code == 2 and "there is no module 'shop.frame'" in said
    code, _, said = bench(tmp_path, "run", "--detectors", "shop.frames:X", "--dataset", "nowhere")
    assert code == 2 and "nowhere" in said
