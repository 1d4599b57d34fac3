"""Where a network says that the content is: its rough guess snapped to the picture's own lines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.detectors.network.locate import band_colours, fit_snapping, snapping
from framejudge.detectors.network.locate.agreement import features_together, shortlist
from framejudge.detectors.network.locate.candidates import ALONE, Candidates, measure_candidates
from framejudge.detectors.network.locate.snapping import read_snapping, write_snapping
from framejudge.detectors.protocol import Image


def a_photo(seed: int, height: int = 240, width: int = 300) -> Image:
    rng = np.random.default_rng(seed)
    blurred = cv2.GaussianBlur(rng.normal(0, 1, (height, width, 3)), (0, 0), 9)
    return np.asarray(np.clip(128 + 40 * blurred / blurred.std(), 0, 255), np.uint8)


def framed(box: Box, seed: int = 0) -> Image:
    image = a_photo(seed)
    picture = np.full_like(image, (190, 30, 40))
    picture[box.top : box.bottom, box.left : box.right] = image[box.top : box.bottom, box.left : box.right]
    return picture


@pytest.mark.parametrize(
    ("box", "guess"),
    [
        (Box(12, 12, 288, 228), (0.055, 0.04, 0.03, 0.06)),
        (Box(25, 9, 275, 231), (0.075, 0.05, 0.09, 0.03)),
        (Box(0, 0, 300, 210), (0.004, 0.002, 0.0, 0.11)),
        (Box(18, 0, 300, 240), (0.05, -0.001, 0.003, 0.0)),
    ],
)
def test_a_guess_that_is_off_is_snapped_to_the_pixel(box: Box, guess: tuple[float, ...]) -> None:
    found = read_snapping().locate(framed(box), guess, 0.99)
    assert np.abs(np.subtract(found, box)).max() <= 1


def test_turned_pictures_have_turned_boxes() -> None:
    image, guess = framed(Box(20, 10, 300, 222)), (0.06, 0.05, 0.0, 0.08)
    left, top, right, bottom = read_snapping().locate(image, guess, 0.9)
    mirrored = read_snapping().locate(image[:, ::-1], (0.0, 0.05, 0.06, 0.08), 0.9)
    assert mirrored == (300 - right, top, 300 - left, bottom)


@pytest.mark.parametrize("shape", [(1, 1), (15, 300), (16, 16), (17, 900), (33, 40), (1200, 900)])
@pytest.mark.parametrize("guess", [(0.0,) * 4, (0.9, 1.4, -0.3, 0.5)])
def test_any_picture_and_guess_give_a_box_inside_the_picture(
    shape: tuple[int, int], guess: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(2)
    height, width = shape
    for image in (rng.integers(0, 255, (*shape, 3), dtype=np.uint8), np.full((*shape, 3), 255, np.uint8)):
        box = read_snapping().locate(image, guess, 0.7)
        assert 0 <= box.left < box.right <= width
        assert 0 <= box.top < box.bottom <= height


def test_fitted_trees_survive_being_written_and_read(tmp_path: Path) -> None:
    shipped = read_snapping()
    write_snapping(shipped, tmp_path / "again.json")
    again = read_snapping(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == snapping.DEFAULT_FILE.read_bytes()
    assert (again.alone.leaves == shipped.alone.leaves).all()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"schema": "other"}, "schema is 'other'"),
        (
            {"alone": {"prior": 0, "trees": [{"splits": [["a", 0]] * 7, "leaves": [0] * 8}]}},
            "fitted for other features",
        ),
        ({"least_log_odds": None}, "no fitted trees"),
    ],
)
def test_trees_that_do_not_fit_are_refused(change: dict[str, object], what: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text(
        json.dumps(json.loads(snapping.DEFAULT_FILE.read_text(encoding="utf-8")) | change), encoding="utf-8"
    )
    with pytest.raises(InputError, match=what):
        read_snapping(file)


def test_a_side_without_a_likely_line_keeps_the_edge_and_the_likeliest_always_counts() -> None:
    sides = [
        Candidates(
            np.array([depth], np.float32),
            100,
            np.zeros((1, 1), np.float32),
            np.zeros((1, 3), np.float32),
            np.zeros((1, 8), np.uint8),
        )
        for depth in (10, 11, 12, 13)
    ]
    odds = [np.array([value], np.float32) for value in (-1.0, 0.5, -3.0, -0.5)]
    assert snapping.choose(sides, odds, (100, 100), least=-0.7) == (0, 11, 100, 87)
    assert snapping.choose(sides, odds, (100, 100), least=2.0) == (0, 11, 100, 100)


def a_drawn_example(number: int) -> fit_snapping.Example:
    """A frame around a photo, of its own colour and depths; the guess is off by up to 2 % on each side."""
    rng = np.random.default_rng(number)
    height, width = 120, 150
    depths = rng.integers(4, 16, 4) * (rng.random(4) < 0.8)
    depths[number % 4] = 9
    box = Box(int(depths[0]), int(depths[1]), width - int(depths[2]), height - int(depths[3]))
    image = a_photo(number, height, width)
    picture = np.full_like(image, rng.integers(0, 255, 3))
    picture[box.top : box.bottom, box.left : box.right] = image[box.top : box.bottom, box.left : box.right]
    guess = depths / (width, height, width, height) + rng.uniform(-0.02, 0.02, 4)
    measured = measure_candidates(picture, guess, 0.9)
    return fit_snapping.Example(measured, box, (width, height), f"photo {number // 2}")


def test_fitted_trees_find_the_lines_of_pictures_that_they_have_not_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fit_snapping, "GROWTH", fit_snapping.GROWTH._replace(trees=40))
    fitted = fit_snapping.fit([a_drawn_example(number) for number in range(60)], {"dataset": "drawn"})
    assert fitted.provenance["dataset"] == "drawn"
    assert fitted.provenance["images"] == 60
    assert fitted.provenance["cross_validated"]["boxes_right"] >= 0.8
    unseen = [a_drawn_example(number) for number in range(100, 120)]
    right = 0
    for one in unseen:
        likely, odds = shortlist(
            one.measured, [fitted.alone.log_odds(side.features) for side in one.measured]
        )
        for trees in (fitted.together, fitted.settled):
            odds = [trees.log_odds(features) for features in features_together(likely, odds)]
        right += replace(one, measured=likely).is_located(odds, fitted.least_log_odds)
    assert right >= 16


def ragged(depth: int, seed: int = 0) -> Image:
    """A photo with a toothed red band at its upper side: every second tooth reaches only half as deep."""
    picture = a_photo(seed).copy()
    picture[: depth // 2] = (190, 30, 40)
    for start in range(0, picture.shape[1], 24):
        picture[:depth, start : start + 12] = (190, 30, 40)
    return picture


def test_where_the_last_tooth_of_a_ragged_band_ends_is_a_candidate() -> None:
    top = measure_candidates(ragged(20), (0.0, 0.06, 0.0, 0.0), 0.9)[1]
    end, half = int(np.abs(top.depth_px - 20).argmin()), int(np.abs(top.depth_px - 10).argmin())
    assert (top.depth_px[end], top.depth_px[half]) == (20, 10)
    reach = top.features[:, ALONE.index("palette_reach")]
    assert reach[end] < 0.05 < 0.4 < reach[half]


def test_the_frame_s_colours_are_told_from_the_content_s() -> None:
    image = framed(Box(20, 20, 280, 220))
    codes = band_colours.colour_codes(image)
    odds = band_colours.palette_odds(codes, (0.06, 0.08, 0.06, 0.08))[codes]
    assert odds[:18].min() > 3
    assert np.median(odds[40:200, 40:260]) < 0
    assert not band_colours.palette_odds(codes, (0.0,) * 4).any()


def test_a_line_that_another_band_interrupts_is_told_from_one_that_runs_on() -> None:
    def crossed(box: Box) -> float:
        """How strongly the left band's line goes on within the upper candidate at 24 px, by its middle."""
        picture = framed(box)
        picture[24] = 0  # a line of the content's where the left band is alone
        measured = measure_candidates(picture, (0.06, 0.1, 0.0, 0.0), 0.9)
        odds = [
            np.where(np.abs(side.depth_px - depth) < 1, 3, -3).astype(np.float32)
            for side, depth in zip(measured, (18, 24, 900, 900), strict=True)
        ]
        at = int(np.abs(measured[1].depth_px - 24).argmin())
        names = snapping.TOGETHER
        return float(features_together(measured, odds)[1][at, names.index("first_corner_crossed")])

    assert crossed(Box(18, 0, 300, 240)) > 0.6
    assert crossed(Box(18, 24, 300, 240)) < 0.3


def test_a_fit_needs_groups_to_validate_on() -> None:
    with pytest.raises(InputError, match="1 groups of framed images"):
        fit_snapping.fit([a_drawn_example(0), a_drawn_example(1)], {})


@pytest.mark.tensorflow
def test_a_network_locates_what_it_judges_framed(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    from framejudge.detectors.network.model.detector import LocatingDetector

    # Framed where the upper left pixel is red; the frame is always 4 % deep, as it is seen.
    picture = keras.Input((32, 32, 3), dtype="uint8", name="picture")
    corner = keras.layers.Rescaling(1 / 255)(picture)[:, 0, 0, :1]
    ones = keras.layers.Rescaling(0.0, offset=0.04)
    sides = keras.layers.Concatenate(name="sides")([ones(corner)] * 4)
    framed_output = keras.layers.Rescaling(1.0, name="framed")(corner)
    model = keras.Model(picture, {"framed": framed_output, "sides": sides})
    model.save(tmp_path / "made.keras")
    (tmp_path / "made.json").write_text('{"threshold": 0.5, "size_px": 32}', encoding="utf-8")
    detector = LocatingDetector(tmp_path / "made.keras")
    box = Box(14, 11, 287, 228)
    found = detector.locate(framed(box))
    assert found is not None
    assert np.abs(np.subtract(found, box)).max() <= 1
    assert detector.locate(np.zeros((60, 60, 3), np.uint8)) is None


@pytest.mark.tensorflow
def test_a_network_without_sides_says_so(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    from framejudge.detectors.network.model.detector import LocatingDetector

    picture = keras.Input((8, 8, 3), dtype="uint8")
    model = keras.Model(
        picture, keras.layers.Dense(1)(keras.layers.Flatten()(keras.layers.Rescaling(1.0)(picture)))
    )
    model.save(tmp_path / "plain.keras")
    (tmp_path / "plain.json").write_text('{"threshold": 0.5, "size_px": 8}', encoding="utf-8")
    with pytest.raises(InputError, match="no output 'sides'"):
        LocatingDetector(tmp_path / "plain.keras").locate(np.zeros((60, 60, 3), np.uint8))
