"""What a file is that the decoder does not read: another kind of picture, no picture, or a damaged one.

A sentence about a file must be true: "damaged" sends somebody to look for a backup, and a picture of a kind
that is not supported only wants to be converted.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import PIL
import PIL.Image

HEAD_BYTES = 4_096
"""How much of a file is looked at."""

CONVERT = "convert it to PNG or JPEG"
INSTALL_HEIF = "pip install 'framejudge[heif]'"

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""What stands behind ``ftyp`` in the pictures of phones."""


_BRAND_ENDS_AT = 12


class Kind(NamedTuple):
    """A kind of file: its name, with article, and whether it holds a picture."""

    name: str
    picture: bool = True


_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\x0a", Kind("a JPEG XL picture")),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", Kind("a JPEG XL picture")),
    (b"8BPS", Kind("a Photoshop document")),
    (b"\x76\x2f\x31\x01", Kind("an OpenEXR picture")),
    (b"#?RADIANCE", Kind("a Radiance HDR picture")),
    (b"#?RGBE", Kind("a Radiance HDR picture")),
    (b"DDS ", Kind("a DirectDraw surface")),
    (b"qoif", Kind("a QOI picture")),
    (b"\x01\xda", Kind("an SGI picture")),
    (b"\x59\xa6\x6a\x95", Kind("a Sun raster picture")),
    (b"P7\n", Kind("a PAM picture")),
    (b"PF\n", Kind("a colour PFM picture")),
    (b"PF ", Kind("a colour PFM picture")),
    (b"icns", Kind("an icon of macOS")),
    (b"SIMPLE  =", Kind("a FITS picture")),
    (b"II\x2a\x00\x10\x00\x00\x00CR", Kind("a raw picture of a Canon camera")),
    (b"FUJIFILMCCD-RAW", Kind("a raw picture of a Fujifilm camera")),
    (b"\xd7\xcd\xc6\x9a", Kind("a Windows metafile")),
    (b"%!PS", Kind("a PostScript document", picture=False)),
    (b"\xc5\xd0\xd3\xc6", Kind("a PostScript document", picture=False)),
    (b"%PDF", Kind("a PDF document", picture=False)),
    (b"PK\x03\x04", Kind("a zip archive", picture=False)),
    (b"\x1f\x8b", Kind("a gzip file", picture=False)),
    (b"7z\xbc\xaf\x27\x1c", Kind("a 7z archive", picture=False)),
    (b"Rar!", Kind("a RAR archive", picture=False)),
    (b"\x1a\x45\xdf\xa3", Kind("a video", picture=False)),
    (b"version https://git-lfs", Kind("a pointer of Git LFS, not the file itself", picture=False)),
    (b"SQLite format 3", Kind("a database", picture=False)),
    (b"\x7fELF", Kind("a program", picture=False)),
    (b"MZ", Kind("a program", picture=False)),
    (b"{", Kind("a JSON text", picture=False)),
)

_TEXTS: tuple[tuple[bytes, Kind], ...] = (
    (b"<svg", Kind("an SVG drawing")),
    (b"<!doctype html", Kind("a web page, perhaps an error of a download", picture=False)),
    (b"<html", Kind("a web page, perhaps an error of a download", picture=False)),
    (b"<?xml", Kind("an XML text", picture=False)),
)
"""Looked for anywhere in the head, in small letters."""

_CUT_SHORT = ("truncated", "only got", "reached eof", "not enough image data", "unexpected end")
_UNSUPPORTED = ("unknown", "unsupported", "not supported", "unrecognized", "unhandled", "not implemented")


def is_heif(head: bytes) -> bool:
    """Return whether a file begins as HEIC and HEIF pictures do."""
    return head[4:8] == b"ftyp" and head[8:_BRAND_ENDS_AT] in HEIF_BRANDS


def _is_avif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:_BRAND_ENDS_AT] in (b"avif", b"avis")


def why_no_file(file: Path) -> str | None:
    """Return why there is no regular file at a place, None where there is one.

    A pipe, a socket or a device is never opened: it would block for ever.
    """
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return "a symbolic link that leads nowhere" if file.is_symlink() else "no such file"
    except OSError as problem:
        return _of_the_system(problem)
    except ValueError:
        return "no such file: its name holds a NUL character"
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return "a folder, not a file"
    return f"{_special(mode)}, not a file"


def why_unreadable(file: Path, formats: Sequence[str], error: Exception) -> str:
    """Return why a file cannot be decoded, in words that are true of it.

    Parameters
    ----------
    formats
        Pillow's names of the formats that are read, HEIF where it is one.
    error
        What was raised.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return _of_the_system(error)
    if not isinstance(error, PIL.UnidentifiedImageError):
        return _of_the_pixels(error)
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as problem:
        return _of_the_system(problem)
    for name, is_kind, fix in (("HEIF", is_heif, f"; to read it: {INSTALL_HEIF}"), ("AVIF", _is_avif, "")):
        if is_kind(head):
            unknown = fix or f", which this build of Pillow does not read: {CONVERT}"
            what = f"{'a HEIC' if name == 'HEIF' else 'an AVIF'} picture"
            return f"{what} that is damaged or cut short" if name in formats else f"{what}{unknown}"
    found = _kind_of(head)
    if found is None:
        return _of_the_header(file, head, formats)
    what = "is not supported" if found.picture else "is no picture"
    return f"{found.name}, which {what}" + (f": {CONVERT}" if found.picture else "")


def _kind_of(head: bytes) -> Kind | None:
    if head[4:8] == b"ftyp" and len(head) >= _BRAND_ENDS_AT:
        return Kind("a video", picture=False)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<", b"<!")):
        return next((kind for mark, kind in _TEXTS if mark in text), None)
    return None


def _of_the_header(file: Path, head: bytes, formats: Sequence[str]) -> str:
    """Ask each format's reader that takes the file for its own what it does not like."""
    for name in formats:
        make, accepts = PIL.Image.OPEN[name]
        if accepts is None or not _accepted(accepts, head):
            continue
        try:
            with file.open("rb") as stream:
                make(stream, os.fspath(file))
        except Exception as problem:  # any of Pillow's
            text = " ".join(str(problem).split())
            why = f" ({text})" if text and "not identified" not in text else ""
            if any(word in text.lower() for word in _UNSUPPORTED):
                return f"a {name} picture of a kind that is not supported, or damaged{why}: {CONVERT}"
            return f"a {name} picture whose header is damaged or cut short{why}"
    return "not a picture of any kind that is known"


def _accepted(accepts: object, head: bytes) -> bool:
    try:
        found = accepts(head[:16])  # type: ignore[operator]  # Pillow's own type says Callable
    except Exception:  # a header that is cut short
        return False
    return bool(found)


def _of_the_pixels(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if any(word in text.lower() for word in _CUT_SHORT):
        return "the file is truncated: its last part is missing"
    return f"cannot be decoded: {text}"


def _of_the_system(problem: OSError) -> str:
    if isinstance(problem, PermissionError):
        return "no permission to read it"
    if isinstance(problem, FileNotFoundError):
        return "no such file"
    return f"cannot be read: {problem.strerror or problem}"


def _special(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"
