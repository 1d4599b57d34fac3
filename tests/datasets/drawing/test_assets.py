"""The library of other people's pictures and artwork."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_library import draw_library

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.errors import InputError


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_library(tmp_path_factory.mktemp("library") / "assets")


def test_a_sealed_source_is_whole_and_apart(library: Path) -> None:
    assets = Assets.read(library)
    opened = assets.part(sealed=False, buckets=range(10))
    sealed = assets.part(sealed=True, buckets=range(10))
    assert len(opened.files) + len(sealed.files) == len(assets.files) == 300
    assert {each.source.split(" ")[0] for each in sealed.files} == {"sealed"}
    assert not {each.source for each in opened.files} & {each.source for each in sealed.files}


def test_buckets_split_what_is_open(library: Path) -> None:
    assets = Assets.read(library)
    train, rest = (assets.part(sealed=False, buckets=each) for each in (range(7), range(7, 10)))
    assert not {each.name for each in train.files} & {each.name for each in rest.files}
    assert len(train.files) > len(rest.files) > 0
    without = assets.part(sealed=False, buckets=range(10), without_sources=["open shop frames"])
    assert {each.source for each in without.of("frames")} == {"another shop frames"}


def test_sources_are_drawn_from_evenly_where_that_is_asked(library: Path) -> None:
    assets, rng = Assets.read(library), np.random.default_rng(0)
    chosen = [assets.random("textures", rng, evenly=True).source for _ in range(300)]
    assert min(chosen.count(source) for source in set(chosen)) > 70


def test_pixels_carry_their_opacity(library: Path) -> None:
    assets = Assets.read(library)
    pixels = assets.pixels(assets.of("cutouts")[0])
    assert pixels.shape == (120, 90, 4)
    assert pixels[0, 0, 3] == 0 < pixels[60, 45, 3]
    assert not pixels.flags.writeable


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("../a.png,frames,s,train,00", "no path in the folder"),
        ("a.png,frame,s,train,00000000", "unknown kind 'frame'"),
        ("a.png,frames,s,train,xyz", "sha256 is no hash"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "manifest.csv").write_text(f"path,kind,source,role,sha256\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=said) as problem:
        Assets.read(tmp_path)
    assert problem.value.where.endswith("manifest.csv:2")


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no manifest"):
        Assets.read(tmp_path)
    (tmp_path / "manifest.csv").write_text("path,kind\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks the column role"):
        Assets.read(tmp_path)
