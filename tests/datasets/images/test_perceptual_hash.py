"""Which pictures look alike."""

from __future__ import annotations

from pathlib import Path

import imagehash
import numpy as np
import PIL.Image
from made_pictures import picture, save

from framejudge.datasets.images.near_duplicates import look_alike
from framejudge.datasets.images.perceptual_hash import near_duplicates, perceptual_hash


def test_a_reduced_and_recompressed_copy_looks_the_same_and_another_picture_does_not(tmp_path: Path) -> None:
    original = PIL.Image.fromarray(picture(1, 200))
    save(tmp_path / "copy.jpg", np.asarray(original.resize((90, 90))), quality=60)
    other = PIL.Image.fromarray(picture(2, 200))
    hashes = [perceptual_hash(each) for each in (original, PIL.Image.open(tmp_path / "copy.jpg"), other)]
    assert look_alike(hashes).tolist() == [0, 0, 2]


def test_flat_pictures_have_no_looks_in_common() -> None:
    hashes = [perceptual_hash(PIL.Image.new("RGB", (50, 50), colour)) for colour in ("white", "black")]
    assert hashes == [None, None]
    assert look_alike(hashes).tolist() == [0, 1]


def test_near_duplicates_are_found_as_a_loop_over_all_pairs_finds_them() -> None:
    rng = np.random.default_rng(0)
    hashes = [int(word) for word in rng.integers(0, 2**63, 300, dtype=np.uint64)]
    for index in range(100, 200):
        flipped = rng.choice(64, int(rng.integers(0, 9)), replace=False)
        hashes[index] = hashes[index - 100] ^ sum(1 << int(bit) for bit in flipped)
    cluster = list(range(300))
    for first in range(300):
        for second in range(first + 1, 300):
            if (hashes[first] ^ hashes[second]).bit_count() <= 4:
                low, high = sorted((cluster[first], cluster[second]))
                cluster = [low if member == high else member for member in cluster]
    assert near_duplicates(hashes, 4).tolist() == cluster


def test_exam_1_hashes_the_whole_picture_and_flat_ones_too() -> None:
    whole = PIL.Image.fromarray(picture(3, 300))
    assert perceptual_hash(whole, as_exam_1=True) == int(str(imagehash.phash(whole.convert("L"))), 16)
    assert perceptual_hash(PIL.Image.new("RGB", (50, 50), "white"), as_exam_1=True) is not None
