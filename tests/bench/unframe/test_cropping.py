"""A cropped file against the picture that everyone sees, in every format and orientation."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms, JpegImagePlugin, PngImagePlugin

from framejudge.bench.unframe.cropping import CannotCrop, crop_file, to_stored
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.table.box import Box

WIDTH, HEIGHT = 96, 64
BOX = Box(16, 8, 80, 56)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def a_picture() -> PIL.Image.Image:
    """A smooth picture whose every corner is another colour."""
    x, y = np.meshgrid(np.linspace(0, 255, WIDTH), np.linspace(0, 255, HEIGHT))
    return PIL.Image.fromarray(np.dstack([x, y, 255 - x]).astype(np.uint8))


def encoded(picture: PIL.Image.Image, kind: str, **settings: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **settings)
    return out.getvalue()


def decoded(data: bytes, folder: Path) -> np.ndarray[Any, Any]:
    file = folder / "picture"
    file.write_bytes(data)
    return decode_image(file).astype(int)


def orientation(value: int) -> bytes:
    exif = PIL.Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_what_is_displayed_is_cropped_whatever_the_orientation(kind: str, turn: int, tmp_path: Path) -> None:
    lossless: dict[str, dict[str, Any]] = {
        "WEBP": {"lossless": True},
        "JPEG": {"quality": 95, "subsampling": 0},
    }
    settings = lossless.get(kind, {})
    data = encoded(a_picture(), kind, exif=orientation(turn), **settings)
    before = decoded(data, tmp_path)
    box = Box(8, 16, 48, 56)
    cropped = crop_file(data, box)
    assert PIL.Image.open(io.BytesIO(cropped)).getexif().get(0x0112, 1) == (1 if kind == "TIFF" else turn)
    expected = before[box.top : box.bottom, box.left : box.right]
    assert decoded(cropped, tmp_path).shape == expected.shape
    assert np.abs(decoded(cropped, tmp_path) - expected).max() <= (3 if kind == "JPEG" else 0)


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_whole_picture_is_the_whole_picture_in_every_orientation(turn: int) -> None:
    shown = (HEIGHT, WIDTH) if turn >= 5 else (WIDTH, HEIGHT)
    assert to_stored(Box(0, 0, *shown), (WIDTH, HEIGHT), turn) == (0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "picture",
    [
        a_picture().convert("RGBA"),
        a_picture().convert("L"),
        a_picture().convert("LA"),
        a_picture().convert("1"),
        a_picture().convert("P", palette=PIL.Image.Palette.ADAPTIVE, colors=11),
        PIL.Image.fromarray(np.arange(WIDTH * HEIGHT, dtype=np.uint16).reshape(HEIGHT, WIDTH) * 10),
    ],
    ids=lambda picture: picture.mode,
)
def test_a_png_keeps_its_mode_palette_and_pixels(picture: PIL.Image.Image) -> None:
    cropped = PIL.Image.open(io.BytesIO(crop_file(encoded(picture, "PNG"), BOX)))
    stored = PIL.Image.open(io.BytesIO(encoded(picture, "PNG")))
    assert cropped.mode == stored.mode
    assert np.array_equal(np.asarray(cropped), np.asarray(stored.crop(BOX)))
    assert cropped.getpalette() == stored.getpalette()


def test_a_png_keeps_transparency_texts_profile_and_resolution() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Ä")
    texts.add_itxt("XML:com.adobe.xmp", "<x/>", "en", "x")
    data = encoded(
        a_picture().convert("P"), "PNG", transparency=3, pnginfo=texts, icc_profile=PROFILE, dpi=(150, 150)
    )
    cropped: Any = PIL.Image.open(io.BytesIO(crop_file(data, BOX)))
    assert cropped.info["transparency"] == 3
    assert cropped.info["icc_profile"] == PROFILE
    assert cropped.info["dpi"] == pytest.approx((150, 150), abs=0.1)
    assert cropped.text["Author"] == "Ä"
    assert (cropped.text["XML:com.adobe.xmp"], cropped.text["XML:com.adobe.xmp"].lang) == ("<x/>", "en")


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_keeps_tables_subsampling_and_progression(subsampling: int, progressive: bool) -> None:
    data = encoded(a_picture(), "JPEG", quality=71, subsampling=subsampling, progressive=progressive)
    before, after = (PIL.Image.open(io.BytesIO(one)) for one in (data, crop_file(data, BOX)))
    assert isinstance(before, JpegImagePlugin.JpegImageFile)
    assert isinstance(after, JpegImagePlugin.JpegImageFile)
    assert after.quantization == before.quantization
    assert JpegImagePlugin.get_sampling(after) == subsampling
    assert bool(after.info.get("progressive")) == progressive
    assert after.mode == "RGB"


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_cut_at_whole_blocks_loses_nothing(mode: str) -> None:
    rng = np.random.default_rng(0)
    noise = PIL.Image.fromarray(rng.integers(90, 160, (HEIGHT, WIDTH, 3), dtype=np.uint8)).convert(mode)
    data = encoded(noise, "JPEG", quality=60, subsampling=0)
    cropped = PIL.Image.open(io.BytesIO(crop_file(data, BOX)))
    before = PIL.Image.open(io.BytesIO(data)).crop(BOX)
    assert np.array_equal(np.asarray(cropped), np.asarray(before))


def test_noise_at_the_highest_quality_is_written_all_the_same() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    data = encoded(PIL.Image.fromarray(noise), "JPEG", quality=100, subsampling=0)
    cropped = PIL.Image.open(io.BytesIO(crop_file(data, Box(8, 8, 296, 296))))
    assert np.abs(np.asarray(cropped).astype(int) - noise[8:296, 8:296]).max() <= 6


def test_an_encoder_that_refuses_leaves_the_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("encoder error -2")

    data = encoded(a_picture(), "PNG")
    monkeypatch.setattr(PIL.Image.Image, "save", refuse)
    with pytest.raises(CannotCrop, match="encoder error -2"):
        crop_file(data, BOX)


def test_a_jpeg_keeps_its_metadata_with_the_new_size_and_without_the_old_thumbnail() -> None:
    exif = PIL.Image.Exif()
    exif[0x010F] = "maker"
    exif[0x0112] = 1
    exif.get_ifd(0x8769)[0xA002] = WIDTH
    exif.get_ifd(0x8769)[0xA003] = HEIGHT
    exif.get_ifd(0x8769)[0x9003] = "2026:01:02 03:04:05"
    data = encoded(
        a_picture(),
        "JPEG",
        exif=exif,
        icc_profile=PROFILE,
        comment=b"a comment",
        dpi=(300, 300),
        xmp=b"<x:xmpmeta/>",
    )
    after = PIL.Image.open(io.BytesIO(crop_file(data, BOX)))
    details = after.getexif().get_ifd(0x8769)
    assert (details[0xA002], details[0xA003]) == after.size == (64, 48)
    assert details[0x9003] == "2026:01:02 03:04:05"
    assert after.getexif()[0x010F] == "maker"
    assert after.info["icc_profile"] == PROFILE
    assert after.info["comment"] == b"a comment"
    assert after.info["dpi"] == (300, 300)
    assert after.info["xmp"] == b"<x:xmpmeta/>"
    assert not after.getexif().get_ifd(PIL.ExifTags.IFD.IFD1)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0garbage12345678"])
def test_damaged_metadata_does_not_stop_a_crop(kind: str, exif: bytes) -> None:
    data = encoded(a_picture(), kind, exif=exif)
    assert PIL.Image.open(io.BytesIO(crop_file(data, BOX))).size == (64, 48)


def test_a_cmyk_jpeg_stays_one() -> None:
    data = encoded(a_picture().convert("CMYK"), "JPEG", quality=95, subsampling=0)
    cropped = PIL.Image.open(io.BytesIO(crop_file(data, BOX)))
    assert cropped.mode == "CMYK"
    before = PIL.Image.open(io.BytesIO(data)).crop(BOX)
    assert np.abs(np.asarray(cropped).astype(int) - np.asarray(before)).max() <= 3


def test_a_lossless_webp_stays_one_and_keeps_invisible_colours() -> None:
    picture = a_picture().convert("RGBA")
    picture.putalpha(0)
    data = encoded(picture, "WEBP", lossless=True, exact=True, icc_profile=PROFILE)
    after = PIL.Image.open(io.BytesIO(crop_file(data, BOX)))
    assert np.array_equal(np.asarray(after), np.asarray(picture.crop(BOX)))
    assert after.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("quality", [40, 90])
def test_a_lossy_webp_keeps_about_its_quality(quality: int) -> None:
    rng = np.random.default_rng(1)
    coarse = PIL.Image.fromarray(rng.integers(0, 255, (16, 24, 3), dtype=np.uint8)).resize((WIDTH, HEIGHT))
    data = encoded(coarse, "WEBP", quality=quality)
    same = encoded(PIL.Image.open(io.BytesIO(data)).crop(BOX), "WEBP", quality=quality)
    assert len(crop_file(data, BOX)) == pytest.approx(len(same), rel=0.15)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {}), ("BMP", {}), ("PPM", {}), ("TGA", {}), ("GIF", {})],
)
def test_other_lossless_formats_keep_their_pixels(kind: str, settings: dict[str, Any]) -> None:
    picture = a_picture().convert("P", palette=PIL.Image.Palette.ADAPTIVE) if kind == "GIF" else a_picture()
    data = encoded(picture, kind, **settings)
    before, after = (PIL.Image.open(io.BytesIO(one)) for one in (data, crop_file(data, BOX)))
    assert (after.format, after.size) == (kind, (64, 48))
    assert after.info.get("compression") == before.info.get("compression")
    assert np.array_equal(np.asarray(after.convert("RGB")), np.asarray(before.crop(BOX).convert("RGB")))


def test_several_pictures_in_one_file_are_left_alone() -> None:
    frames = [a_picture(), a_picture().rotate(180)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(CannotCrop, match="several pictures"):
        crop_file(data, BOX)


def test_a_format_that_cannot_be_written_as_it_was_is_left_alone() -> None:
    with pytest.raises(CannotCrop, match="ICO files"):
        crop_file(encoded(a_picture(), "ICO", sizes=[(32, 32)]), Box(1, 1, 30, 30))
