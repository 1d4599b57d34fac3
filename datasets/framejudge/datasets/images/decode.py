"""The one decoder: every detector sees a file as the same RGB pixels.

EXIF rotation is applied, alpha lies over white, 16 bit is scaled to 8, CMYK is converted to sRGB
and an animation shows its first frame. The timing worker runs this module in other environments
too, so it needs nothing but the standard library, numpy and Pillow.
"""

from __future__ import annotations

import io
import warnings
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
from PIL import ImageCms

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.jpeg2000 import bits_of_samples
from framejudge.datasets.images.kinds import CONVERT, HEAD_BYTES, is_heif, why_no_file, why_unreadable

if TYPE_CHECKING:
    import numpy.typing as npt

    from framejudge.datasets.drawing.picture import Image

MAX_PIXELS = 80_000_000
"""Images above this are refused: a small file can claim a size that fills the memory.

It lies below the size at which Pillow itself warns.
"""

# Raster formats only: Pillow would hand an EPS file to Ghostscript, which is a program, not a picture.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "JPEG2000", "TGA", "ICO")

_OUT_OF_MEMORY = "out of memory"

_EXIF_ORIENTATION = 0x0112
_UPRIGHT = {
    2: PIL.Image.Transpose.FLIP_LEFT_RIGHT,
    3: PIL.Image.Transpose.ROTATE_180,
    4: PIL.Image.Transpose.FLIP_TOP_BOTTOM,
    5: PIL.Image.Transpose.TRANSPOSE,
    6: PIL.Image.Transpose.ROTATE_270,
    7: PIL.Image.Transpose.TRANSVERSE,
    8: PIL.Image.Transpose.ROTATE_90,
}


# What Pillow says in passing of damaged metadata is no reason to print: a picture is read, or it is not.
warnings.filterwarnings("ignore", module=r"PIL\.")


class UnreadableImage(InputError):  # noqa: N818 - the noun that the report uses
    """A file that cannot be turned into pixels: listed in the results, and the run goes on."""


def decode_image(path: str | PathLike[str]) -> Image:
    """Decode a file to an (H, W, 3) uint8 RGB array, writable and contiguous.

    Raises
    ------
    UnreadableImage
        For a missing, empty, truncated, damaged, too large or non-image file.
    MemoryError
        When there is no memory for its pixels.
    """
    file = Path(path)
    problem = why_no_file(file)
    if problem is not None:
        raise UnreadableImage(problem, where=file)
    try:
        if file.stat().st_size == 0:
            raise UnreadableImage("the file is empty (0 bytes)", where=file)
        with _open(file) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large(file, f"{opened.width} x {opened.height} pixels")
            if opened.format == "JPEG2000":
                _check_depth(file)
            opened.load()
            return np.array(_to_rgb(_upright(opened)))
    except UnreadableImage:
        raise
    except PIL.Image.DecompressionBombError:
        raise _too_large(file, "its claimed size") from None
    except MemoryError:
        raise  # no fact about the file: another machine, or a moment later, has more
    except Exception as error:
        if _OUT_OF_MEMORY in str(error):  # Pillow's name for a decoder that got no memory
            raise MemoryError(str(error)) from error
        # Pillow's parsers answer hostile bytes with almost any exception type (struct.error, zlib.error,
        # SyntaxError, ...); whichever it is, the file is what is wrong.
        raise UnreadableImage(why_unreadable(file, _formats_read(), error), where=file) from error


def _open(file: Path) -> PIL.Image.Image:
    """Open a file with the formats that are read; HEIC where the package for it is installed."""
    try:
        return PIL.Image.open(file, formats=_installed_formats())
    except PIL.UnidentifiedImageError:
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        if not (is_heif(head) and _heif_is_installed()):
            raise
    return PIL.Image.open(file, formats=("HEIF",))


def _check_depth(file: Path) -> None:
    """Refuse colour of more than 8 bits in JPEG 2000: Pillow's rounding turns its white into black."""
    bits = bits_of_samples(file.read_bytes())
    if len(bits) > 1 and max(bits) > 8:
        raise UnreadableImage(
            f"a JPEG 2000 picture with {max(bits)} bits a colour, which is not supported: {CONVERT}",
            where=file,
        )


def read_size(path: str | PathLike[str]) -> tuple[int, int] | None:
    """Return the width and height in pixels that a file's header claims, before EXIF's rotation.

    None where no header is found; `decode_image` says why. Nothing is decoded.
    """
    file = Path(path)
    try:
        if not file.is_file():
            return None
        with PIL.Image.open(file, formats=_installed_formats()) as opened:
            return opened.size
    except Exception:  # as above: any of Pillow's
        return None


def _too_large(file: Path, size: str) -> UnreadableImage:
    return UnreadableImage(
        f"too large to decode: {size}", where=file, fix=f"the limit is {MAX_PIXELS:,} pixels"
    )


@cache
def _installed_formats() -> tuple[str, ...]:
    PIL.Image.init()
    return tuple(name for name in _FORMATS if name in PIL.Image.OPEN)


def _formats_read() -> tuple[str, ...]:
    return (*_installed_formats(), *(("HEIF",) if _heif_is_installed() else ()))


@cache
def _heif_is_installed() -> bool:
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener(thumbnails=False)
    return True


def orientation_of(image: PIL.Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; 1 where there is none, or it makes no sense."""
    try:
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:
        # Damaged metadata around sound pixels: viewers show such a file as it is stored, and so do we.
        return 1
    return orientation if orientation in _UPRIGHT else 1


def _upright(image: PIL.Image.Image) -> PIL.Image.Image:
    turn = _UPRIGHT.get(orientation_of(image))
    return image if turn is None else image.transpose(turn)


def _to_rgb(image: PIL.Image.Image) -> PIL.Image.Image:
    if image.mode == "F" or image.mode.startswith("I"):
        return _deep_grey_to_rgb(image)
    if image.has_transparency_data or image.mode in ("La", "RGBa"):
        return _over_white(image)
    if image.mode == "CMYK":
        return _cmyk_to_srgb(image)
    return image.convert("RGB")


def _over_white(image: PIL.Image.Image) -> PIL.Image.Image:
    straight = image.convert("LA") if image.mode == "La" else image
    canvas = PIL.Image.new("RGBA", image.size, "white")
    canvas.alpha_composite(straight.convert("RGBA"))
    return canvas.convert("RGB")


def _cmyk_to_srgb(image: PIL.Image.Image) -> PIL.Image.Image:
    profile = image.info.get("icc_profile")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError, ImportError):
            converted = None  # a damaged profile, or a Pillow built without colour management
        if converted is not None:
            return converted
    return image.convert("RGB")


def _deep_grey_to_rgb(image: PIL.Image.Image) -> PIL.Image.Image:
    """Bring grey of more than 8 bits to 8: integers by their full range, floats as 0..1 or 0..255."""
    values = np.asarray(image)
    grey = _float_to_8_bit(values) if image.mode == "F" else _integers_to_8_bit(values)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[values == transparent] = 255
    return PIL.Image.fromarray(grey).convert("RGB")


def _integers_to_8_bit(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    # Pillow's mode "I" is 32 bits wide and often holds 16-bit samples; its sign is an artefact.
    levels = values.astype(np.int64) & 0xFFFFFFFF
    top = 0xFFFF if levels.max() <= 0xFFFF else 0xFFFFFFFF
    return ((levels * 255 + top // 2) // top).astype(np.uint8)


def _float_to_8_bit(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    numbers = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=np.inf, neginf=0.0)
    scale = 255.0 if numbers.max() <= 1.0 else 1.0
    return np.clip(np.rint(numbers * scale), 0, 255).astype(np.uint8)
