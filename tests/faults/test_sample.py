"""A bounded sample of the studies in this folder: odd pictures, and the readers' fuzz targets."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from command_line import bench
from faults import odd_pictures, seen
from faults.fuzz.run import changed
from faults.fuzz.targets import SMALL_PIXELS, TARGETS, seeds, try_one

from framejudge.bench.parts.part_file import MAGIC, _checksum
from framejudge.datasets.images import decode

INPUTS = 40
"""Changed inputs of each target."""


@pytest.mark.filterwarnings("ignore")
def test_odd_pictures_are_read_right_or_refused_with_a_true_reason(tmp_path: Path) -> None:
    files = odd_pictures.write_all(odd_pictures.all_odd(stride=400, count=3), tmp_path / "images")
    assert len(files) > 900
    reasons, problems = seen.through_decoder(files, tmp_path / "images")
    assert problems == []
    assert len(reasons) > 500


def test_predict_names_each_picture_on_a_line_of_its_own(tmp_path: Path) -> None:
    odd = [*odd_pictures.odd_names(), *odd_pictures.no_pictures()]
    files = odd_pictures.write_all(odd, tmp_path / "images")
    said = bench("predict", "--detector", "trim", *(str(tmp_path / "images" / name) for name in files))
    assert said.code == 2
    assert len(said.out.splitlines()) == sum(one.readable is True for one in odd)
    assert len(said.err.splitlines()) == sum(one.readable is False for one in odd)
    assert not any(sign in said.out + said.err for sign in "\x1b\u202e\t")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TARGETS)
def test_changed_files_are_answered_in_a_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_PIXELS", SMALL_PIXELS)
    chance = random.Random(3)
    sound = list(seeds(name)) or [b""]
    for data in sound:
        try_one(name, data)
    for _ in range(INPUTS):
        try_one(name, changed(chance.choice(sound), chance))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("wire", b"\x1d\0\0\0" + b'{"fields": {}, "arrays": "a"}'),
        ("wire", b"\x28\x23\0\0" + b"[" * 9_000),
        ("experiment", "128_32_conv3_fc16_sgd_lr_0_\u00b2_decay_0".encode()),
        ("part", b"\x01" + MAGIC + _checksum(b"\x01")),
    ],
)
def test_findings_of_fuzzing(name: str, data: bytes) -> None:
    try_one(name, data)
