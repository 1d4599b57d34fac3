"""Every mode and format gives the picture that the design defines, checked against a second decoder."""

import ast
import struct
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms

import framejudge.datasets.images.decode as decode_module
from framejudge.datasets.errors import InputError
from framejudge.datasets.images import jpeg2000, kinds
from framejudge.datasets.images.decode import UnreadableImage, decode_image

RNG = np.random.default_rng(20160101)
COLOUR = RNG.integers(0, 256, (12, 17, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (12, 17), dtype=np.uint8)
ALPHA = RNG.integers(0, 256, (12, 17), dtype=np.uint8)


def smooth_picture(height: int = 48, width: int = 64) -> np.ndarray:
    """A gradient, which JPEG keeps nearly as it is."""
    rows, columns = np.mgrid[0:height, 0:width]
    channels = [rows * 255 // height, columns * 255 // width, (rows + columns) * 255 // (height + width)]
    return np.stack(channels, axis=2).astype(np.uint8)


def second_decoder(file: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(file), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def over_white(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    share = alpha[..., None].astype(float) / 255
    return colour * share + 255 * (1 - share)


def assert_close(image: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    assert image.dtype == np.uint8
    assert image.shape == expected.shape
    assert np.abs(image.astype(float) - expected).max() <= tolerance


def grey_rgb(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[..., None], 3, axis=2)


@pytest.mark.parametrize("extension", ["png", "bmp", "tif", "ppm", "webp"])
def test_lossless_colour_is_what_a_second_decoder_reads(tmp_path, extension):
    file = tmp_path / f"image.{extension}"
    options = {"lossless": True} if extension == "webp" else {}
    PIL.Image.fromarray(COLOUR).save(file, **options)
    image = decode_image(file)
    np.testing.assert_array_equal(image, COLOUR)
    np.testing.assert_array_equal(image, second_decoder(file))
    assert image.flags.writeable
    assert image.flags.c_contiguous


def test_jpeg_is_what_a_second_decoder_reads(tmp_path):
    file = tmp_path / "image.jpg"
    PIL.Image.fromarray(smooth_picture()).save(file, quality=95)
    assert_close(decode_image(file), second_decoder(file), 2)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_greyscale_becomes_three_equal_channels(tmp_path, mode):
    file = tmp_path / "grey.png"
    PIL.Image.fromarray(GREY).convert(mode).save(file)
    image = decode_image(file)
    np.testing.assert_array_equal(image, second_decoder(file))
    assert (image[..., 0] == image[..., 2]).all()


def test_greyscale_jpeg(tmp_path):
    file = tmp_path / "grey.jpg"
    PIL.Image.fromarray(smooth_picture()[..., 1]).save(file, quality=95)
    assert_close(decode_image(file), second_decoder(file), 1)


def test_palette(tmp_path):
    file = tmp_path / "palette.png"
    PIL.Image.fromarray(COLOUR).quantize(16).save(file)
    np.testing.assert_array_equal(decode_image(file), second_decoder(file))


@pytest.mark.parametrize("extension", ["png", "tif", "webp"])
def test_alpha_lies_over_white(tmp_path, extension):
    file = tmp_path / f"alpha.{extension}"
    options = {"lossless": True, "exact": True} if extension == "webp" else {}
    PIL.Image.fromarray(np.dstack([COLOUR, ALPHA])).save(file, **options)
    assert_close(decode_image(file), over_white(COLOUR, ALPHA), 1)


def test_grey_with_alpha_lies_over_white(tmp_path):
    file = tmp_path / "la.png"
    PIL.Image.fromarray(np.dstack([GREY, ALPHA]), mode="LA").save(file)
    assert_close(decode_image(file), over_white(grey_rgb(GREY), ALPHA), 1)


def test_transparent_palette_entries_lie_over_white(tmp_path):
    file = tmp_path / "palette.png"
    indices = RNG.integers(0, 3, (12, 17), dtype=np.uint8)
    picture = PIL.Image.fromarray(indices, mode="P")
    picture.putpalette([10, 20, 30, 200, 100, 50, 0, 0, 0])
    picture.save(file, transparency=bytes([255, 128, 0]))
    colours = np.array([[10, 20, 30], [200, 100, 50], [0, 0, 0]], dtype=np.uint8)
    alphas = np.array([255, 128, 0], dtype=np.uint8)
    assert_close(decode_image(file), over_white(colours[indices], alphas[indices]), 1)


@pytest.mark.parametrize(("mode", "key"), [("RGB", (1, 2, 3)), ("L", 7)])
def test_a_transparent_colour_key_lies_over_white(tmp_path, mode, key):
    file = tmp_path / "key.png"
    picture = PIL.Image.new(mode, (4, 3), key)
    picture.putpixel((1, 1), (90, 80, 70) if mode == "RGB" else 90)
    picture.save(file, transparency=key)
    image = decode_image(file)
    assert tuple(image[1, 1]) == ((90, 80, 70) if mode == "RGB" else (90, 90, 90))
    assert (np.delete(image.reshape(-1, 3), 5, axis=0) == 255).all()


@pytest.mark.parametrize("extension", ["png", "tif", "pgm"])
def test_16_bit_greyscale_is_scaled_not_clipped(tmp_path, extension):
    file = tmp_path / f"deep.{extension}"
    deep = np.linspace(0, 65535, 12 * 17).reshape(12, 17).astype(np.uint16)
    assert cv2.imwrite(str(file), deep)
    image = decode_image(file)
    assert_close(image, grey_rgb(deep / 257), 0.5)
    assert_close(image, second_decoder(file).astype(float), 1)


def test_dark_16_bit_greyscale_stays_dark(tmp_path):
    file = tmp_path / "dark.png"
    cv2.imwrite(str(file), np.full((3, 4), 300, np.uint16))
    assert (decode_image(file) == 1).all()


def test_16_bit_colour_is_scaled(tmp_path):
    file = tmp_path / "deep.png"
    deep = RNG.integers(0, 65536, (12, 17, 3), dtype=np.uint16)
    cv2.imwrite(str(file), deep[..., ::-1])
    assert_close(decode_image(file), deep / 257, 1)


def test_16_bit_greyscale_with_a_transparent_level(tmp_path):
    file = tmp_path / "key.png"
    write_png(file, 16, 0, [[0, 1000], [65535, 32768]], {b"tRNS": struct.pack(">H", 1000)})
    np.testing.assert_array_equal(decode_image(file)[..., 0], [[0, 255], [255, 128]])


def test_32_bit_integers_are_scaled_by_their_range(tmp_path):
    file = tmp_path / "deep.tif"
    PIL.Image.fromarray(np.array([[0, 2**31 - 1]], dtype=np.int32)).save(file)
    np.testing.assert_array_equal(decode_image(file)[..., 0], [[0, 127]])


@pytest.mark.parametrize("top", [1.0, 255.0])
def test_floats_are_read_as_0_to_1_or_0_to_255(tmp_path, top):
    file = tmp_path / "float.tif"
    values = np.array([[0.0, 0.25, 1.0, np.nan]], dtype=np.float32) * np.float32(top)
    PIL.Image.fromarray(values).save(file)
    np.testing.assert_array_equal(decode_image(file)[..., 0], [[0, 64, 255, 0]])


def test_cmyk_without_a_profile_is_what_a_second_decoder_reads(tmp_path):
    file = tmp_path / "cmyk.jpg"
    PIL.Image.fromarray(smooth_picture()).convert("CMYK").save(file, quality=95)
    assert_close(decode_image(file), second_decoder(file), 3)
    assert_close(decode_image(file), smooth_picture(), 6)


def test_cmyk_with_a_profile_goes_through_colour_management(tmp_path, monkeypatch):
    calls = []

    def spy(image, source, target, **options):
        # No CMYK profile may be redistributed here: the call is checked, the colours stand in.
        calls.append((image.mode, options["outputMode"], source, target))
        return PIL.Image.new("RGB", image.size, (1, 2, 3))

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = tmp_path / "cmyk.tif"
    PIL.Image.new("CMYK", (5, 4), (10, 20, 30, 40)).save(file, icc_profile=profile)
    monkeypatch.setattr(ImageCms, "profileToProfile", spy)
    assert (decode_image(file) == (1, 2, 3)).all()
    assert calls[0][:2] == ("CMYK", "RGB")


def test_cmyk_with_a_useless_profile_is_converted_plainly(tmp_path):
    plain, broken = tmp_path / "plain.tif", tmp_path / "broken.tif"
    rgb_profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = PIL.Image.new("CMYK", (5, 4), (10, 20, 30, 40))
    picture.save(plain)
    for profile in (b"not a profile", rgb_profile):
        picture.save(broken, icc_profile=profile)
        np.testing.assert_array_equal(decode_image(broken), decode_image(plain))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_what_a_second_decoder_applies(tmp_path, orientation):
    file = tmp_path / "turned.jpg"
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    PIL.Image.fromarray(smooth_picture()).save(file, quality=95, exif=exif)
    expected = second_decoder(file)
    assert expected.shape[:2] == ((64, 48) if orientation >= 5 else (48, 64))
    assert_close(decode_image(file), expected, 2)


def test_a_turned_png_with_alpha(tmp_path):
    file = tmp_path / "turned.png"
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    PIL.Image.fromarray(np.dstack([COLOUR, ALPHA])).save(file, exif=exif)
    assert_close(decode_image(file), np.rot90(over_white(COLOUR, ALPHA), -1), 1)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_leaves_the_picture_as_stored(tmp_path):
    file = tmp_path / "damaged.jpg"
    PIL.Image.fromarray(smooth_picture()).save(file, quality=95, exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert decode_image(file).shape == (48, 64, 3)


@pytest.mark.parametrize("extension", ["gif", "webp", "png", "tif"])
def test_an_animation_shows_its_first_frame(tmp_path, extension):
    file = tmp_path / f"animated.{extension}"
    frames = [PIL.Image.new("RGB", (6, 5), colour) for colour in ("red", "blue", "green")]
    options = {"lossless": True} if extension == "webp" else {}
    frames[0].save(file, save_all=True, append_images=frames[1:], **options)
    with PIL.Image.open(file) as opened:
        assert opened.n_frames == 3
    assert (decode_image(file) == (255, 0, 0)).all()


@pytest.mark.parametrize(
    "name", ["a b.png", 'it\'s "so".png', "ünï-日本.png", "<script>alert(1)<.png", "x\ny.png"]
)
def test_odd_names(tmp_path, name):
    file = tmp_path / name
    PIL.Image.fromarray(COLOUR).save(file)
    np.testing.assert_array_equal(decode_image(str(file)), COLOUR)


def test_content_counts_not_the_extension(tmp_path):
    file = tmp_path / "really-a-png.jpg"
    PIL.Image.fromarray(COLOUR).save(file, format="PNG")
    np.testing.assert_array_equal(decode_image(file), COLOUR)


def assert_one_clear_line(file: Path, *words: str) -> None:
    with pytest.raises(UnreadableImage) as raised:
        decode_image(file)
    message = str(raised.value)
    assert isinstance(raised.value, InputError)
    assert message.startswith(str(file))
    assert "\n" not in message
    for word in words:
        assert word in message


def test_missing_empty_and_foreign_files(tmp_path):
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not an image at all")
    (tmp_path / "folder.jpg").mkdir()
    assert_one_clear_line(tmp_path / "missing.jpg", "no such file")
    assert_one_clear_line(tmp_path / "folder.jpg", "a folder, not a file")
    assert_one_clear_line(tmp_path / "empty.jpg", "empty (0 bytes)")
    assert_one_clear_line(tmp_path / "text.jpg", "not a picture of any kind that is known")


def test_postscript_is_no_picture(tmp_path):
    file = tmp_path / "program.png"
    file.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    assert_one_clear_line(file, "a PostScript document, which is no picture")


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "bmp", "tif", "gif"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_a_truncated_file_is_unreadable(tmp_path, extension, share):
    file = tmp_path / f"cut.{extension}"
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    PIL.Image.fromarray(noise).save(file)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    assert_one_clear_line(file)


def test_a_truncated_jpeg_says_so(tmp_path):
    file = tmp_path / "cut.jpg"
    PIL.Image.fromarray(smooth_picture()).save(file)
    file.write_bytes(file.read_bytes()[:-200])
    assert_one_clear_line(file, "truncated")


def test_a_png_with_a_damaged_byte_is_unreadable(tmp_path):
    file = tmp_path / "damaged.png"
    PIL.Image.fromarray(COLOUR).save(file)
    data = bytearray(file.read_bytes())
    data[data.index(b"IDAT") + 20] ^= 0xFF
    file.write_bytes(data)
    assert_one_clear_line(file, "cannot be decoded")


def write_png(
    file: Path, depth: int, colour_type: int, rows: list[list[int]], chunks: dict[bytes, bytes]
) -> None:
    """Write a PNG that Pillow's own writer cannot."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + struct.pack(f">{len(row)}H", *row) for row in rows))
    parts = [chunk(b"IHDR", header), *(chunk(kind, body) for kind, body in chunks.items())]
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


@pytest.mark.parametrize("claimed", [(9_000, 9_000), (50_000, 50_000)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_refused_before_it_fills_the_memory(tmp_path, claimed):
    file = tmp_path / "bomb.png"
    write_png(file, 16, 0, [[0]], {})
    data = bytearray(file.read_bytes())
    data[16:24] = struct.pack(">II", *claimed)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    file.write_bytes(data)
    assert_one_clear_line(file, "too large", "80,000,000")


def test_the_decoder_needs_only_numpy_and_pillow():
    imported = set()
    for module in (decode_module, kinds, jpeg2000):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    ours = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    for_types_only = {"numpy.typing", "framejudge.datasets.drawing.picture"}
    where_installed = {"pillow_heif"}
    of_the_decoder = {f"framejudge.datasets.{name}" for name in ("errors", "images.kinds", "images.jpeg2000")}
    assert ours - for_types_only - where_installed == {"numpy", "PIL", "PIL.Image"} | of_the_decoder
