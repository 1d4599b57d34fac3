"""Detectors by name."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors import registry
from framejudge.detectors.registry import (
    DetectorSpec,
    available,
    create,
    file_hashes,
    find,
    find_all,
    own_files,
)


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module beside the user with several classes, most of them wrong."""
    module = tmp_path / "my_detectors.py"
    module.write_text(
        "class Bright:\n    def predict(self, image):\n        return float(image.mean() / 255)\n"
        "class Greedy:\n    def __init__(self, path):\n        pass\n"
        "class Mute:\n    pass\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_detectors", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return module


def test_the_built_in_detectors_have_names() -> None:
    assert {"canny", "cnn", "cnn-2016"} <= set(available())


@pytest.mark.parametrize(("typo", "meant"), [("cany", "canny"), ("cnn2016", "cnn-2016"), ("CNN", "cnn")])
def test_an_unknown_name_is_answered_with_the_nearest(typo: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{meant}'"):
        find(typo)


def test_a_name_that_is_like_none_gets_the_list_and_no_guess() -> None:
    with pytest.raises(InputError, match="'nope'; available: canny, "):
        find("nope")


def test_a_list_keeps_its_order_and_refuses_repeats() -> None:
    assert [spec.name for spec in find_all("cnn, canny")] == ["cnn", "canny"]
    with pytest.raises(InputError, match="canny given twice"):
        find_all("canny,cnn,canny")
    with pytest.raises(InputError, match="no detector given"):
        find_all(" , ")


def test_a_class_beside_the_user_is_a_detector(plug_in: Path) -> None:
    import numpy as np

    detector = create(find("my_detectors:Bright"))
    assert detector.predict(np.full((4, 4, 3), 255, np.uint8)) == 1.0


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("my_detectors:Brigt", "did you mean 'Bright'"),
        ("my_detectors:Greedy", "cannot be made without arguments"),
        ("my_detectors:Mute", "no method predict"),
        ("no_such_module:Bright", "no module 'no_such_module'"),
        ("my_detectors:", "package.module:Class"),
    ],
)
def test_a_class_that_is_no_detector_gets_one_clear_line(plug_in: Path, target: str, complaint: str) -> None:
    with pytest.raises(InputError) as raised:
        create(find(target))
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_extra_is_answered_with_the_install_line() -> None:
    spec = DetectorSpec("x", "json:JSONDecoder", extra="tensorflow", extra_module="no_such_runtime")
    with pytest.raises(InputError, match=r"pip install 'framejudge\[tensorflow\]'"):
        create(spec)


def test_an_installed_package_registers_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = importlib.metadata.EntryPoint("theirs", "json:JSONDecoder", registry.ENTRY_POINT_GROUP)
    clash = importlib.metadata.EntryPoint("canny", "json:JSONDecoder", registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry, clash])
    assert find("theirs").target == "json:JSONDecoder"
    assert find("canny").origin == "built-in"


def test_the_hashes_are_those_of_the_files(plug_in: Path) -> None:
    expected = hashlib.sha256(plug_in.read_bytes()).hexdigest()
    assert file_hashes(find("my_detectors:Bright")) == {"my_detectors.py": expected}


def test_a_helper_that_a_class_beside_the_user_imports_belongs_to_it(plug_in: Path) -> None:
    (plug_in.parent / "shop").mkdir()
    (plug_in.parent / "shop" / "__init__.py").touch()
    helpers = [plug_in.parent / "shop_helper.py", plug_in.parent / "shop" / "shop_helper.py"]
    for helper in helpers:
        helper.write_text("LIMIT = 1\n")
    (plug_in.parent / "unused.py").touch()
    plug_in.write_text(
        "import numpy\nimport shop_helper\nfrom shop import shop_helper as other\n" + plug_in.read_text()
    )
    before = file_hashes(find("my_detectors:Bright"))
    assert list(before) == ["my_detectors.py", "shop/__init__.py", "shop/shop_helper.py", "shop_helper.py"]
    for helper in helpers:
        helper.write_text("LIMIT = 2\n")
    after = file_hashes(find("my_detectors:Bright"))
    assert [name for name in before if before[name] != after[name]] == [
        "shop/shop_helper.py",
        "shop_helper.py",
    ]


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the detectors once more, to be edited."""
    place = tmp_path_factory.mktemp("copy")
    root = Path(registry.__file__).parents[2]
    shutil.copytree(root, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "weights"))
    return place


@pytest.mark.parametrize(
    ("name", "file", "decides"),
    [
        ("canny", "canny/picture_features.py", True),
        ("canny", "boosted_trees.py", True),
        ("canny", "canny/parameters.json", True),
        ("canny", "network/model/detector.py", False),
        ("canny-2016", "canny_2016/detector.py", True),
        ("canny-2016", "canny_2016/tuning.py", False),
        ("canny-skimage", "canny/picture_features.py", True),
        ("duo", "canny/picture_features.py", True),
        ("duo", "duo/duo.json", True),
        ("duo", "duo/fitting.py", False),
        ("hog", "peers/hog/detector.py", True),
        ("hog", "peers/hog/training.py", False),
        ("cnn", "network/model/detector.py", True),
        ("cnn", "network/model/architectures.py", True),
        ("cnn", "network/train/training.py", False),
        ("cnn", "network/train/stream.py", False),
        ("cnn-2016", "network/model/detector.py", True),
        ("cnn-litert", "network/model/runtimes.py", True),
    ],
)
def test_an_edit_of_a_file_that_decides_scores_shows(
    copies: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str, decides: bool
) -> None:
    monkeypatch.syspath_prepend(copies)
    before = file_hashes(find(name))
    edited = copies / "framejudge" / "detectors" / file
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = file_hashes(find(name))
    assert list(before) == list(after)
    changed = [path for path in before if before[path] != after[path]]
    assert changed == ([f"framejudge/detectors/{file}"] if decides else [])


def test_no_detector_needs_the_code_that_trains_it() -> None:
    for spec in registry.BUILT_IN.values():
        assert not [file for file in file_hashes(spec) if "/train" in file or "fit" in Path(file).stem]


def test_hashing_imports_nothing() -> None:
    code = (
        "import sys; from framejudge.detectors.registry import file_hashes, find; file_hashes(find('cnn'));"
        "print([name for name in ('cv2', 'numpy', 'framejudge.detectors.network') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() in (["[]"], ["['numpy']"])  # the protocol names numpy's types


def test_every_built_in_file_exists() -> None:
    for spec in registry.BUILT_IN.values():
        hashed = {Path(name).name for name in own_files(spec)}
        assert hashed == {Path(name).name for name in spec.files}
        assert set(own_files(spec)) <= set(file_hashes(spec))
