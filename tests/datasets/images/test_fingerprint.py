"""Fingerprints change with what they stand for, and with nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from framejudge.datasets import Box, Dataset, Sample
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.fingerprint import (
    UNREADABLE,
    image_digest,
    images_fingerprint,
    labels_fingerprint,
)

IMAGE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
SAMPLES = (
    Sample("a.jpg", "framed", "photo", {"style": "solid"}, Box(1, 2, 3, 4)),
    Sample("b.jpg", "plain", "photo"),
    Sample("ü.jpg", None, "ü.jpg"),
)


def dataset(*samples: Sample) -> Dataset:
    return Dataset("set", Path("anywhere"), samples)


def test_known_values():
    """Pinned: a change would make every stored run incomparable with new ones."""
    assert image_digest(IMAGE) == "96689c2026dbb49d38ee4961e37aee94e0c3239e1daaf74012bb65cab0688919"
    assert (
        images_fingerprint([("b", "1"), ("ü", UNREADABLE)])
        == "150d33c6185981a58b1300d683deb6812fd6f4eee4f96e27afb03509b42eb769"
    )
    assert (
        labels_fingerprint(dataset(*SAMPLES))
        == "008a2d7ff2ef88b26678eaf844a0cc39d0287ed823cd9edf134a5edbf1324858"
    )


def test_the_digest_sees_pixels_and_shape():
    other = IMAGE.copy()
    other[3, 5, 2] ^= 1
    digests = {image_digest(image) for image in (IMAGE, other, IMAGE.reshape(6, 4, 3), IMAGE[:, ::-1])}
    assert len(digests) == 4


def test_the_digest_ignores_the_layout_in_memory_and_in_the_file(tmp_path):
    expected = image_digest(IMAGE)
    assert image_digest(np.asfortranarray(IMAGE)) == expected
    for extension in ("png", "bmp", "tif"):
        PIL.Image.fromarray(IMAGE).save(tmp_path / f"image.{extension}")
        assert image_digest(decode_image(tmp_path / f"image.{extension}")) == expected


def test_the_order_of_images_and_samples_does_not_matter():
    assert images_fingerprint([("a", "1"), ("b", "2")]) == images_fingerprint([("b", "2"), ("a", "1")])
    assert labels_fingerprint(dataset(*SAMPLES)) == labels_fingerprint(dataset(*SAMPLES[::-1]))


def test_which_image_lies_where_matters():
    pairs = [
        [("a", "1"), ("b", "2")],
        [("a", "2"), ("b", "1")],
        [("a", "1")],
        [("a", "1"), ("b", UNREADABLE)],
        [],
    ]
    assert len({images_fingerprint(digests) for digests in pairs}) == len(pairs)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SAMPLES[0], path="c.jpg"),
        replace(SAMPLES[0], label="plain"),
        replace(SAMPLES[0], label=None),
        replace(SAMPLES[0], group="another"),
        replace(SAMPLES[0], content_box=Box(1, 2, 3, 5)),
        replace(SAMPLES[0], content_box=None),
    ],
)
def test_whatever_a_figure_is_judged_by_matters(changed):
    assert labels_fingerprint(dataset(changed, *SAMPLES[1:])) != labels_fingerprint(dataset(*SAMPLES))


def test_attributes_the_name_and_the_folder_do_not_matter():
    relabelled = replace(SAMPLES[0], attributes={"source": "shop"})
    elsewhere = Dataset("other", Path("elsewhere"), (relabelled, *SAMPLES[1:]), generated=True)
    assert labels_fingerprint(elsewhere) == labels_fingerprint(dataset(*SAMPLES))
