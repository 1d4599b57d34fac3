"""Reading photos: manifest or hashes, buckets, near-duplicates, bad folders."""

from __future__ import annotations

import csv
import hashlib
import os
import pickle
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from framejudge.datasets.drawing import materials
from framejudge.datasets.drawing.buckets import bucket
from framejudge.datasets.drawing.materials import Materials
from framejudge.datasets.errors import InputError


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def write_photo(path: Path, seed: int, size: tuple[int, int] = (90, 120)) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    PIL.Image.fromarray(coarse).resize(size, PIL.Image.Resampling.BICUBIC).save(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_without_a_manifest_files_are_hashed(tmp_path: Path) -> None:
    digests = {
        f"pool {n % 2}/ü {n}.jpg": write_photo(tmp_path / "p" / f"pool {n % 2}/ü {n}.jpg", n)
        for n in range(6)
    }
    materials = Materials.read(tmp_path / "p")
    assert {photo.name: photo.sha256 for photo in materials.photos} == digests
    assert {photo.pool for photo in materials.photos} == {"pool 0", "pool 1"}
    assert [photo.bucket for photo in materials.photos] == [
        bucket(photo.sha256) for photo in materials.photos
    ]
    assert materials.photo(materials.photos[0]).shape == (120, 90, 3)


def test_buckets_divide_the_photos(tmp_path: Path) -> None:
    for number in range(30):
        write_photo(tmp_path / "p" / f"{number}.jpg", number)
    whole = {photo.name for photo in Materials.read(tmp_path / "p").photos}
    low = {photo.name for photo in Materials.read(tmp_path / "p", buckets=range(5)).photos}
    high = {photo.name for photo in Materials.read(tmp_path / "p", buckets=range(5, 10)).photos}
    assert low | high == whole
    assert not low & high


def test_near_duplicates_share_bucket_and_group(tmp_path: Path) -> None:
    write_photo(tmp_path / "p" / "a.png", 1)
    with PIL.Image.open(tmp_path / "p" / "a.png") as photo:
        photo.resize((180, 240)).save(tmp_path / "p" / "b.jpg", quality=70)
    write_photo(tmp_path / "p" / "c.png", 2)
    groups = {photo.name: (photo.group, photo.bucket) for photo in Materials.read(tmp_path / "p").photos}
    assert groups["a.png"] == groups["b.jpg"]
    assert groups["c.png"][0] == "c.png"


def test_manifest_says_what_there_is(tmp_path: Path) -> None:
    digest = write_photo(tmp_path / "one.png", 1)
    write_photo(tmp_path / "two.png", 2)
    (tmp_path / "manifest.csv").write_text(f"path,sha256\none.png,{digest}\n")
    assert [photo.name for photo in Materials.read(tmp_path).photos] == ["one.png"]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([("path", "hash"), ("one.png", "0" * 64)], "sha256"),
        ([("path", "sha256"), ("../one.png", "0" * 64)], "leaves the folder"),
        ([("path", "sha256"), ("one.png", "xyz")], "hexadecimal"),
        ([("path", "sha256"), ("one.png",)], "hexadecimal"),
    ],
)
def test_bad_manifest_is_told_in_one_line(tmp_path: Path, rows: list[tuple[str, str]], what: str) -> None:
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(InputError, match=what):
        Materials.read(tmp_path)


def test_a_manifest_that_is_not_utf_8_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_bytes("path,sha256\nü.png,00".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        Materials.read(tmp_path)


def test_hidden_files_and_folders_named_like_pictures_are_no_photos(tmp_path: Path) -> None:
    write_photo(tmp_path / "one.png", 1)
    write_photo(tmp_path / "._one.png", 2)
    (tmp_path / "album.jpg").mkdir()
    assert [photo.name for photo in Materials.read(tmp_path).photos] == ["one.png"]


def test_missing_empty_and_unreadable_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder of photos"):
        Materials.read(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no photo"):
        Materials.read(tmp_path / "empty")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "one.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match="can be read"):
        Materials.read(tmp_path / "broken")


def test_unreadable_photo_among_good_ones_is_left_out(tmp_path: Path) -> None:
    write_photo(tmp_path / "good.png", 1)
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n cut off")
    assert [photo.name for photo in Materials.read(tmp_path).photos] == ["good.png"]


def test_cutouts_keep_their_opacity(tmp_path: Path) -> None:
    rgba = np.zeros((50, 40, 4), np.uint8)
    rgba[10:40, 10:30] = (10, 200, 30, 255)
    (tmp_path / "cards").mkdir()
    PIL.Image.fromarray(rgba).save(tmp_path / "cards" / "one.png")
    materials = Materials.read(None, tmp_path)
    pixels = materials.cutout(materials.random_cutout(np.random.default_rng(0), "cards"))
    assert np.array_equal(pixels, rgba)
    assert materials.photos == ()


def test_small_pools_count_for_more_than_their_size(tmp_path: Path) -> None:
    for number in range(17):
        write_photo(tmp_path / ("small" if number == 16 else "large") / f"{number}.png", number)
    materials = Materials.read(tmp_path)
    rng = np.random.default_rng(0)
    small = sum(materials.random_photo(rng).pool == "small" for _ in range(4000)) / 4000
    assert small == pytest.approx(1 / (1 + 16**0.75), abs=0.02)


def test_decoded_pixels_are_kept_but_do_not_travel(tmp_path: Path) -> None:
    write_photo(tmp_path / "one.png", 1)
    materials = Materials.read(tmp_path, max_side=60)
    first = materials.photo(materials.photos[0])
    assert first is materials.photo(materials.photos[0])
    assert first.shape == (60, 45, 3)
    assert not first.flags.writeable
    assert len(pickle.dumps(materials)) < 2000


def test_memory_for_pixels_is_bounded(tmp_path: Path) -> None:
    for number in range(60):
        write_photo(tmp_path / f"{number}.png", number, size=(150, 150))
    materials = Materials.read(tmp_path, memory_mib=1)
    first = materials.photo(materials.photos[0])
    kept = [materials.photo(photo) for photo in materials.photos]
    assert sum(pixels.nbytes for pixels in kept) > 3 * 2**20
    again = materials.photo(materials.photos[0])
    assert again is not first
    assert np.array_equal(again, first)
    assert materials.photo(materials.photos[0]) is again


def test_processes_that_hash_the_same_photos_do_not_take_each_others_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hash_them() -> dict[str, int]:
        return materials._perceptual_hashes(tmp_path, [("a.jpg", "ab")], lambda _: 5)

    replace = Path.replace

    def replace_after_another_process(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(os, "getpid", lambda: 1)
        assert not target.exists()
        assert hash_them() == {"ab": 5}
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_after_another_process)
    assert hash_them() == {"ab": 5}
