"""What a marketplace does to pictures: the box follows, a thin band survives, the label does not matter."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from framejudge.datasets.drawing.marketplace import (
    LONGEST_SIDE_PX,
    SHORTEST_SIDE_PX,
    apply,
    crop,
    decode,
    encode,
    finish,
    plan,
    scale_to,
)
from framejudge.datasets.drawing.picture import Picture
from framejudge.datasets.table.box import Box

FRAME = {"which": "left+top+right+bottom", "position": "edge"}


def framed_picture(height: int = 160, width: int = 120, thickness: int = 12) -> Picture:
    image = np.full((height, width, 3), (200, 20, 20), np.uint8)
    image[thickness : height - thickness, thickness : width - thickness] = (20, 20, 200)
    box = Box(thickness, thickness, width - thickness, height - thickness)
    fraction = f"{thickness / max(height, width):.4f}"
    return Picture(image, "framed", {**FRAME, "thinnest_fraction": fraction}, box)


@pytest.mark.parametrize("seed", range(40))
def test_content_box_follows_padding_and_scaling(seed: int) -> None:
    finished = finish(framed_picture(), np.random.default_rng(seed))
    blue = (finished.image[..., 2].astype(int) - finished.image[..., 0]) > 0
    rows, columns = np.flatnonzero(blue.any(axis=1)), np.flatnonzero(blue.any(axis=0))
    seen = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    assert np.abs(np.subtract(seen, finished.content_box)).max() <= 1


@pytest.mark.parametrize("seed", range(40))
def test_mask_follows_as_the_image_does(seed: int) -> None:
    picture = framed_picture()
    finishing = plan(picture, np.random.default_rng(seed))
    finished = apply(finishing, picture)
    mask = finishing.mask(picture.image[..., 0] > 100)
    assert mask.shape == finished.image.shape[:2]
    left, top, right, bottom = finished.content_box
    assert not mask[top + 1 : bottom - 1, left + 1 : right - 1].any()
    middle_row, middle_column = (top + bottom) // 2, (left + right) // 2
    assert mask[middle_row, left - 2]
    assert mask[top - 2, middle_column]
    assert mask[middle_row, right + 1]
    assert mask[bottom + 1, middle_column]


def test_padding_beside_a_band_makes_it_inset() -> None:
    positions = set()
    for seed in range(60):
        picture = framed_picture()
        finishing = plan(picture, np.random.default_rng(seed))
        padded = finishing.left + finishing.top + finishing.right + finishing.bottom > 0
        position = apply(finishing, picture).attributes["position"]
        assert position == ("inset" if padded else "edge")
        positions.add(position)
    assert positions == {"inset", "edge"}


def test_one_sided_box_keeps_the_edge_through_padding() -> None:
    image = np.full((100, 200, 3), 90, np.uint8)
    picture = Picture(image, "framed", {"which": "left", "position": "edge"}, Box(20, 0, 200, 100))
    for seed in range(30):
        finished = finish(picture, np.random.default_rng(seed))
        height, width = finished.image.shape[:2]
        assert finished.content_box[1:] == (0, width, height)
        assert finished.content_box.left > 0


def test_sizes_are_a_marketplaces_and_a_thin_band_keeps_a_pixel() -> None:
    thin = framed_picture(320, 320, 3)
    for seed in range(60):
        finished = finish(thin, np.random.default_rng(seed))
        assert SHORTEST_SIDE_PX <= max(finished.image.shape[:2]) <= LONGEST_SIDE_PX
        assert min(finished.content_box.left, finished.content_box.top) >= 1


def test_the_label_has_no_influence_on_what_is_done() -> None:
    framed = framed_picture()
    plain = Picture(framed.image, "plain")
    for seed in range(30):
        assert plan(framed, np.random.default_rng(seed)) == plan(plain, np.random.default_rng(seed))


def test_padding_is_white_or_nearly() -> None:
    levels = {plan(framed_picture(), np.random.default_rng(seed)).colour for seed in range(60)}
    assert min(min(level) for level in levels) >= 247
    assert (255, 255, 255) in levels


def test_files_are_mostly_jpeg_and_decode_to_the_picture() -> None:
    rng = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 120).astype(np.uint8)
    image = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], np.uint8(90)), axis=2)
    formats = []
    for _ in range(150):
        encoded = encode(image, rng)
        with PIL.Image.open(io.BytesIO(encoded.contents)) as stored:
            formats.append(stored.format)
            assert {"jpg": "JPEG", "webp": "WEBP", "png": "PNG"}[encoded.extension] == stored.format
        assert np.abs(decode(encoded).astype(int) - image).mean() < 12
    assert formats.count("JPEG") > 100
    assert {"WEBP", "PNG"} < set(formats)


def test_crop_keeps_most_and_scale_hits_the_side() -> None:
    image = framed_picture().image
    for seed in range(30):
        part = crop(image, np.random.default_rng(seed))
        assert min(part.shape[:2]) >= 0.7 * 120
        assert max(scale_to(part, 200).shape) == 200
