"""Odd pictures through the commands: ``python tests/faults/odd_pictures.py --out FOLDER`` writes a table.

Every format and mode that Pillow and OpenCV write, every kind of damage of a file, truncation at each byte of
small ones, and what only looks like a file. Each picture has a known answer where there is one: its colour,
or that it cannot be read. A sample of them is part of the default tests.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import socket
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import PIL.features
import PIL.Image
import PIL.PngImagePlugin

COLOUR = (205, 60, 40)
"""Of every sound picture, so that a wrong decoding is seen by its mean."""

SIZE = (40, 30)
EXIF_ORIENTATION = 0x0112
HANG_S = 600

OPENCV_FORMATS = ("jpg", "png", "webp", "bmp", "tiff", "ppm", "pgm", "pam", "pfm", "jp2", "hdr", "exr", "ras")
PILLOW_MODES = (
    "1",
    "L",
    "LA",
    "P",
    "RGB",
    "RGBA",
    "CMYK",
    "YCbCr",
    "LAB",
    "HSV",
    "I",
    "I;16",
    "F",
    "PA",
    "La",
)
ANIMATED = ("GIF", "PNG", "WEBP", "TIFF", "AVIF")


@dataclass(frozen=True, slots=True)
class Odd:
    """An odd picture: its family and name, how it is made, and what is known of it.

    ``colour`` is the mean that a sound one has, within `TOLERANCE`; ``readable`` is None where nobody knows.
    """

    family: str
    name: str
    make: Callable[[Path], object]
    readable: bool | None = None
    colour: tuple[float, float, float] | None = None


TOLERANCE = 14.0
"""Of a mean, in levels of 255: JPEG and CMYK round."""


def plain(mode: str = "RGB", size: tuple[int, int] = SIZE) -> PIL.Image.Image:
    """Return a picture of one colour in a mode."""
    picture = PIL.Image.new("RGB", size, COLOUR)
    if mode in ("I", "I;16", "F"):
        grey = np.asarray(picture.convert("L"))
        if mode == "F":
            return PIL.Image.fromarray(grey.astype(np.float32))
        return PIL.Image.fromarray(
            grey.astype(np.uint16) * 257 if mode == "I;16" else grey.astype(np.int32) * 257
        )
    if mode in ("PA", "La"):
        return picture.convert("P" if mode == "PA" else "LA").convert(mode)
    if mode == "LAB":
        from PIL import ImageCms

        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(picture, *profiles, outputMode="LAB") or picture
    return picture.convert(mode)


def encoded(form: str, mode: str = "RGB", **options: object) -> bytes:
    """Return a file's bytes; raises whatever Pillow raises for what it cannot write."""
    stream = io.BytesIO()
    plain(mode).save(stream, form, **options)
    return stream.getvalue()


def writer(data: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(data)


def of_pillow() -> Iterator[Odd]:
    """Yield every format in every mode that Pillow writes."""
    PIL.Image.init()
    for form in sorted(PIL.Image.SAVE):
        if form in ("PDF", "PALM", "BUFR", "GRIB", "HDF5", "WMF"):
            continue
        for mode in PILLOW_MODES:
            with suppress(Exception):  # what Pillow cannot write is no case
                yield Odd("pillow", f"{form}-{mode}", writer(encoded(form, mode)))
    for form, option, values in (
        ("JPEG", "quality", (25, 50, 100)),
        ("JPEG", "progressive", (True,)),
        ("JPEG", "subsampling", (0, 1, 2)),
        ("PNG", "compress_level", (0, 9)),
        ("WEBP", "lossless", (True,)),
        ("TIFF", "compression", ("tiff_lzw", "packbits", "tiff_deflate", "jpeg", "lzma", "zstd", "webp")),
        ("JPEG2000", "irreversible", (True,)),
        ("AVIF", "quality", (1, 100)),
    ):
        for value in values:
            with suppress(Exception):
                data = encoded(form, "RGB", **{option: value})
                yield Odd("pillow", f"{form}-{option}-{value}", writer(data), True, COLOUR)


def of_opencv() -> Iterator[Odd]:
    """Yield every format in every depth and number of channels that OpenCV writes."""
    for form in OPENCV_FORMATS:
        for dtype, top in ((np.uint8, 255), (np.uint16, 65_535), (np.float32, 1.0), (np.int16, 255)):
            for channels in (1, 3, 4):
                colour = [*COLOUR[::-1], 255][:channels] if channels > 1 else [COLOUR[0]]
                pixels = (np.full((*SIZE[::-1], channels), colour, float) / 255 * top).astype(dtype)
                with suppress(cv2.error):
                    done, data = cv2.imencode(f".{form}", pixels if channels > 1 else pixels[..., 0])
                    if done:
                        name = f"{form}-{np.dtype(dtype).name}-{channels}"
                        yield Odd("opencv", name, writer(data.tobytes()))


def truncated(stride: int) -> Iterator[Odd]:
    """Yield small files of each format cut at every ``stride``-th byte, and at each of the first 64."""
    for form in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000", "AVIF"):
        data = encoded(form)
        places = sorted({*range(1, min(64, len(data))), *range(64, len(data), stride)})
        for place in places:
            yield Odd("truncated", f"{form}-{place}", writer(data[:place]))


def damaged(count: int) -> Iterator[Odd]:
    """Yield files with bytes changed, put in and taken out at random."""
    chance = random.Random(11)
    for form in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000", "AVIF"):
        data = encoded(form)
        for number in range(count):
            found = bytearray(data)
            for _ in range(chance.choice((1, 2, 8))):
                found[chance.randrange(len(found))] = chance.randrange(256)
            if number % 5 == 0:
                at = chance.randrange(len(found))
                found[at:at] = bytes(chance.randrange(256) for _ in range(9))
            yield Odd("damaged", f"{form}-{number}", writer(bytes(found)))


def with_metadata() -> Iterator[Odd]:
    """Yield sound pixels with all orientations, broken EXIF, broken profiles, and animations."""
    for form in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
        for orientation in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65_535):
            exif = PIL.Image.Exif()
            exif[EXIF_ORIENTATION] = orientation
            with suppress(Exception):
                data = encoded(form, exif=exif.tobytes())
                yield Odd("metadata", f"{form}-orientation-{orientation}", writer(data), True, COLOUR)
        for name, exif_bytes in (
            ("garbage", b"Exif\0\0garbage"),
            ("cut", b"Exif\0\0II*\0\x08\0\0\0\xff\xff"),
            ("loop", b"Exif\0\0II*\0\x08\0\0\0\0\0\x08\0\0\0"),
            ("long", b"Exif\0\0MM\0*" + b"\xff" * 400),
        ):
            with suppress(Exception):
                data = encoded(form, exif=exif_bytes)
                yield Odd("metadata", f"{form}-exif-{name}", writer(data))
        for name, profile in (("garbage", b"icc" * 50), ("empty", b""), ("cut", b"\0\0\x0c\x48lcms\x02")):
            for mode in ("RGB", "CMYK", "L"):
                with suppress(Exception):
                    data = encoded(form, mode, icc_profile=profile)
                    yield Odd("metadata", f"{form}-{mode}-icc-{name}", writer(data))
    for form in ANIMATED:
        frames = [PIL.Image.new("RGB", SIZE, COLOUR), PIL.Image.new("RGB", SIZE, "blue")]
        with suppress(Exception):
            stream = io.BytesIO()
            frames[0].save(stream, form, save_all=True, append_images=frames[1:] * 3)
            yield Odd("metadata", f"{form}-animated", writer(stream.getvalue()), True, COLOUR)


def png_that_claims(width: int, height: int, depth: int = 8, colour: int = 2, body: bytes = b"") -> bytes:
    """Return a PNG whose header claims a size, with this body for its pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", body or zlib.compress(b"")), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def claims() -> Iterator[Odd]:
    """Yield headers with huge, empty and impossible sizes, and bombs."""
    for width, height in (
        (0, 0),
        (1, 0),
        (2**31 - 1, 1),
        (1, 2**31 - 1),
        (2**31 - 1, 2**31 - 1),
        (9_000, 9_000),
    ):
        data = png_that_claims(width, height)
        yield Odd("claims", f"png-{width}x{height}", writer(data), False)
    bomb = zlib.compress(bytes(20_000 * 4_000), 9)
    yield Odd("claims", "png-bomb", writer(png_that_claims(20_000, 4_001, 8, 0, bomb)), False)
    for text, _, note in ((f"P6\n{n} {n}\n255\n", n, f"ppm-{n}") for n in (0, 10**5, 10**9, 10**30)):
        yield Odd("claims", note, writer(text.encode()), False)
    for number in (0, 1, 65_535, 2**31 - 1, 2**32 - 1):
        data = bytearray(encoded("BMP"))
        data[18:26] = struct.pack("<II", number, number)
        yield Odd("claims", f"bmp-{number}", writer(bytes(data)), None)
        data = bytearray(encoded("GIF"))
        data[6:10] = struct.pack("<HH", number & 0xFFFF, number & 0xFFFF)
        yield Odd("claims", f"gif-{number}", writer(bytes(data)), None)
    for size in ((1, 1), (1, 2_000), (2_000, 1), (3, 3), (1, 60_000)):
        stream = io.BytesIO()
        plain(size=size).save(stream, "PNG")
        yield Odd("claims", f"sound-{size[0]}x{size[1]}", writer(stream.getvalue()), True, COLOUR)
    texts = PIL.PngImagePlugin.PngInfo()
    texts.add_text("Comment", "x" * 5_000_000, zip=True)
    yield Odd("claims", "png-long-text", writer(encoded("PNG", pnginfo=texts)), None)


def no_pictures() -> Iterator[Odd]:
    """Yield other kinds of files, and what is no file."""
    for name, data in (
        ("empty", b""),
        ("one-byte", b"\xff"),
        ("text", b"hello"),
        ("html", b"<!DOCTYPE html><title>404</title>"),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
        ("pdf", b"%PDF-1.7\n"),
        ("eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"),
        ("zip", b"PK\x03\x04" + bytes(60)),
        ("lfs", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
        ("video", b"\0\0\0\x18ftypmp42" + bytes(60)),
        ("heic", b"\0\0\0\x18ftypheic" + bytes(60)),
        ("jxl", b"\xff\x0a" + bytes(60)),
        ("psd", b"8BPS\0\1" + bytes(60)),
        ("zeros", bytes(5_000)),
        ("ones", b"\xff" * 5_000),
        ("noise", random.Random(5).randbytes(5_000)),
        ("elf", b"\x7fELF" + bytes(60)),
    ):
        yield Odd("no picture", name, writer(data), False)
    yield Odd("no file", "pipe", os.mkfifo, False)
    yield Odd("no file", "folder", lambda file: file.mkdir(), False)
    yield Odd("no file", "socket", _socket, False)
    yield Odd("no file", "device", lambda file: file.symlink_to("/dev/zero"), False)
    yield Odd("no file", "dangling", lambda file: file.symlink_to("nowhere"), False)
    yield Odd("no file", "circle", lambda file: file.symlink_to(file.name), False)


def odd_names() -> Iterator[Odd]:
    """Yield sound pictures whose names are odd."""
    data = encoded("PNG")
    for name in (
        "a\x1b[2Jb", "a\nb", "a\tb", " lead", "trail ", "-rf", "--help", "a'b\"c", "a,b;c", "<script>",
        "$(id)",        "\u202egpj", "caf\u00e9", "cafe\u0301", "\U0001f5bc", "%s%n", "a\\b", "CON",
        "x" * 240, "\u00e4" * 120,
    ):  # fmt: skip
        yield Odd("names", name, writer(data), True, COLOUR)


def all_odd(*, stride: int = 6, count: int = 60) -> list[Odd]:
    """Return all of them: more than 2,000 with the defaults."""
    return [
        *of_pillow(), *of_opencv(), *truncated(stride), *damaged(count), *with_metadata(), *claims(),
        *no_pictures(), *odd_names(),
    ]  # fmt: skip


def write_all(pictures: list[Odd], folder: Path) -> dict[str, Odd]:
    """Write pictures into a folder; return them by file name."""
    folder.mkdir(parents=True)
    found = {}
    for number, one in enumerate(pictures):
        name = (
            one.name
            if one.family == "names"
            else f"{number:04d}-{one.name.replace(';', '').replace('/', '')}"
        )
        file = folder / f"{name}.png"
        one.make(file)
        found[file.name] = one
    return found


def _socket(file: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(file.parent)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(file.name)
    finally:
        os.chdir(here)


def main() -> None:
    """Write the pictures, run the commands, and print the table."""
    from seen import Seen, through_commands

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="new folder for pictures and results")
    parser.add_argument("--detector", default="canny")
    given = parser.parse_args()
    pictures = all_odd()
    files = write_all(pictures, given.out / "set" / "images")
    print(f"{len(files):,} pictures of {len(Counter(one.family for one in pictures))} families", flush=True)
    apart = {name for name, one in files.items() if "\\" in name or one.name == "device"}
    with (given.out / "set" / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["path", "label"])
        rows.writerows([f"images/{name}", "plain"] for name in files if name not in apart)
    seen: list[Seen] = through_commands(files, apart, given.out, given.detector, HANG_S)
    print(*(one.row() for one in seen), sep="\n")
    sys.exit(any(one.problems for one in seen))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
