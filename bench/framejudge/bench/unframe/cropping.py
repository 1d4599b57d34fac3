"""Crop a picture file and keep the rest: format, quality setting, palette, metadata, orientation."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import PIL.Image
from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from framejudge.datasets.images.decode import orientation_of
from framejudge.datasets.table.box import Box

_EXIF, _WIDTH, _HEIGHT = 0x8769, 0xA002, 0xA003
_STORED_AS_RGB = 0
_KEPT_TIFF_TAGS = (270, 271, 272, 305, 306, 315, 316, 700, 33432, 33723)
"""Description, maker, model, software, date, artist, host, XMP, copyright, IPTC."""
_HIGHEST_QUALITY = 100


class CannotCrop(Exception):  # noqa: N818 - what is so of the file, not a bug of ours
    """A file that is better left as it is; the text says why."""


def crop_file(data: bytes, box: Box) -> bytes:
    """Return a picture file cropped to a box.

    Parameters
    ----------
    data
        The file's bytes.
    box
        In pixels of the picture as it is displayed, with its EXIF orientation applied. The stored pixels are
        cropped where these lie, and the orientation stays what it was; a TIFF file's are stored upright.

    Raises
    ------
    CannotCrop
        For an animation or several pictures in one file, and for a format that cannot be written as it was.
    """
    with PIL.Image.open(io.BytesIO(data)) as picture:
        save = _WRITERS.get(picture.format or "")
        if save is None:
            raise CannotCrop(f"{picture.format} files cannot be written as they were")
        if getattr(picture, "n_frames", 1) > 1:
            raise CannotCrop("it holds several pictures")
        if picture.format == "TIFF":
            picture.load()  # which turns it upright, and forgets its orientation
        stored = to_stored(box, picture.size, orientation_of(picture))
        if picture.format == "JPEG" and picture.info.get("adobe_transform") != _STORED_AS_RGB:
            # The stored components, no detour through RGB: a crop at whole blocks loses hardly anything.
            picture.draft("YCbCr" if picture.mode == "RGB" else picture.mode, picture.size)
        cropped = picture.crop(stored)
        out = io.BytesIO()
        try:
            save(picture, cropped, _exif_of(picture, cropped.size), data, out)
        except (OSError, ValueError) as problem:  # an encoder that does not take the file's own settings
            raise CannotCrop(f"it cannot be written as it was ({problem})") from problem
        return out.getvalue()


def to_stored(box: Box, size: tuple[int, int], orientation: int) -> Box:
    """Return where a box of the displayed picture lies in the stored one.

    Parameters
    ----------
    size
        Width and height of the stored picture.
    orientation
        EXIF's, 1 to 8.
    """
    width, height = size
    if orientation in (5, 6, 7, 8):  # rows are stored as columns
        box = Box(box.top, box.left, box.bottom, box.right)
    if orientation in (2, 3, 7, 8):
        box = Box(width - box.right, box.top, width - box.left, box.bottom)
    if orientation in (3, 4, 6, 7):
        box = Box(box.left, height - box.bottom, box.right, height - box.top)
    return box


def _exif_of(picture: PIL.Image.Image, size: tuple[int, int]) -> bytes | None:
    """Return the metadata with the new size and without the small picture, which still shows the frame."""
    original: bytes | None = picture.info.get("exif")
    if original is None:
        return None
    try:
        exif = picture.getexif()
        details = exif.get_ifd(_EXIF)
        if _WIDTH in details or _HEIGHT in details:
            details[_WIDTH], details[_HEIGHT] = size
        return exif.tobytes()
    except Exception:
        # Damaged metadata around sound pixels: it is passed on as it came.
        return original


def _kept(picture: PIL.Image.Image, *names: str) -> dict[str, Any]:
    return {name: picture.info[name] for name in names if picture.info.get(name) is not None}


def _save_jpeg(
    picture: PIL.Image.Image, cropped: PIL.Image.Image, exif: bytes | None, _: bytes, out: io.BytesIO
) -> None:
    """Write with the same quantisation tables and subsampling, so that no further detail is dropped."""
    assert isinstance(picture, JpegImagePlugin.JpegImageFile)
    settings = {
        "qtables": picture.quantization,
        "subsampling": JpegImagePlugin.get_sampling(picture),
        **({} if exif is None else {"exif": exif}),
        **_kept(picture, "icc_profile", "dpi", "comment", "xmp"),
    }
    progressive = bool(picture.info.get("progressive"))
    try:
        cropped.save(out, "JPEG", optimize=True, progressive=progressive, **settings)
    except OSError:
        # Pillow sets too little memory aside for noise at the highest quality; the plain form needs none.
        out.seek(0)
        out.truncate()
        cropped.save(out, "JPEG", **settings)


def _save_png(
    picture: PIL.Image.Image, cropped: PIL.Image.Image, exif: bytes | None, _: bytes, out: io.BytesIO
) -> None:
    texts = PngImagePlugin.PngInfo()
    for name, text in getattr(picture, "text", {}).items():
        if isinstance(text, PngImagePlugin.iTXt):
            texts.add_itxt(name, str(text), text.lang or "", text.tkey or "")
        else:
            texts.add_text(name, text)
    cropped.save(
        out,
        "PNG",
        pnginfo=texts,
        **({} if exif is None else {"exif": exif}),
        **_kept(picture, "icc_profile", "dpi", "transparency"),
    )


def _save_webp(
    picture: PIL.Image.Image, cropped: PIL.Image.Image, exif: bytes | None, data: bytes, out: io.BytesIO
) -> None:
    kept = _kept(picture, "icc_profile", "xmp") | ({} if exif is None else {"exif": exif})
    if _is_lossless_webp(data):
        cropped.save(out, "WEBP", lossless=True, exact=True, **kept)
        return
    quality = _quality_like(len(data), lambda trial, into: picture.save(into, "WEBP", quality=trial))
    cropped.save(out, "WEBP", quality=quality, **kept)


def _save_avif(
    picture: PIL.Image.Image, cropped: PIL.Image.Image, exif: bytes | None, data: bytes, out: io.BytesIO
) -> None:
    quality = _quality_like(len(data), lambda trial, into: picture.save(into, "AVIF", quality=trial))
    kept = _kept(picture, "icc_profile", "xmp") | ({} if exif is None else {"exif": exif})
    cropped.save(out, "AVIF", quality=quality, **kept)


def _save_tiff(
    picture: PIL.Image.Image, cropped: PIL.Image.Image, exif: bytes | None, _: bytes, out: io.BytesIO
) -> None:
    """Write with the same compression; metadata are tags beside those of the pixels here, and no EXIF."""
    assert isinstance(picture, TiffImagePlugin.TiffImageFile)
    compression = picture.info.get("compression", "raw")
    if compression == "jpeg":
        raise CannotCrop("a TIFF file with JPEG inside cannot be written as it was")
    tags = {tag: picture.tag_v2[tag] for tag in _KEPT_TIFF_TAGS if tag in picture.tag_v2}
    cropped.save(
        out,
        "TIFF",
        compression=None if compression == "raw" else compression,
        tiffinfo=tags,
        **_kept(picture, "icc_profile", "dpi"),
    )


def _save_plainly(
    picture: PIL.Image.Image, cropped: PIL.Image.Image, exif: bytes | None, _: bytes, out: io.BytesIO
) -> None:
    """Write a lossless format without settings."""
    cropped.save(out, picture.format, **_kept(picture, "dpi", "transparency", "comment"))


Writer = Callable[[Any, PIL.Image.Image, "bytes | None", bytes, io.BytesIO], None]
_WRITERS: dict[str, Writer] = {
    "JPEG": _save_jpeg,
    "PNG": _save_png,
    "WEBP": _save_webp,
    "AVIF": _save_avif,
    "TIFF": _save_tiff,
    "GIF": _save_plainly,
    "BMP": _save_plainly,
    "PPM": _save_plainly,
    "TGA": _save_plainly,
}


def _is_lossless_webp(data: bytes) -> bool:
    """Return whether the pixels are in a ``VP8L`` chunk; chunks are listed after 12 bytes of header."""
    at = 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind in (b"VP8L", b"VP8 "):
            return kind == b"VP8L"
        at += 8 + length + length % 2
    return False


def _quality_like(size: int, save: Callable[[int, io.BytesIO], None]) -> int:
    """Return the quality setting at which the uncropped picture takes as many bytes as its file.

    These formats do not store the setting. Size grows with it, so seven trials find it.
    """
    low, high = 1, _HIGHEST_QUALITY
    while low < high:
        middle = (low + high) // 2
        trial = io.BytesIO()
        save(middle, trial)
        low, high = (middle + 1, high) if trial.tell() < size else (low, middle)
    return low
