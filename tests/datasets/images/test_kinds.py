"""What is said of a file that the decoder does not read is true of it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from framejudge.datasets.images import decode
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.images.jpeg2000 import bits_of_samples

PICTURE = np.full((48, 64, 3), 255, np.uint8)
PICTURE[:12] = (200, 30, 10)


def why(file: Path) -> str:
    with pytest.raises(UnreadableImage) as caught:
        decode_image(file)
    assert "\n" not in str(caught.value)
    return caught.value.what


class TestWhatIsNoFile:
    """None of these is opened: most would block for ever."""

    def test_a_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "x.jpg")
        assert why(tmp_path / "x.jpg") == "a pipe, not a file"

    def test_a_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # the whole path may be too long for a socket
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("x.jpg")
            assert why(tmp_path / "x.jpg") == "a socket, not a file"

    def test_a_link_to_a_device(self, tmp_path: Path) -> None:
        (tmp_path / "x.jpg").symlink_to("/dev/zero")
        assert why(tmp_path / "x.jpg") == "a device, not a file"

    def test_links_in_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / "a.jpg").symlink_to("b.jpg")
        (tmp_path / "b.jpg").symlink_to("a.jpg")
        assert "Too many levels of symbolic links" in why(tmp_path / "a.jpg")

    def test_a_link_to_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "a.jpg").symlink_to("b.jpg")
        assert why(tmp_path / "a.jpg") == "a symbolic link that leads nowhere"

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("x" * 5_000, "File name too long"),
            ("a/" * 2_500, "File name too long"),
            ("a\0b", "a NUL character"),
        ],
    )
    def test_names_that_no_file_can_have(self, tmp_path: Path, name: str, said: str) -> None:
        assert said in why(tmp_path / name)

    def test_a_folder_in_which_a_file_stands(self, tmp_path: Path) -> None:
        (tmp_path / "a").touch()
        assert "Not a directory" in why(tmp_path / "a" / "b.jpg")

    def test_a_file_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "x.png").write_bytes(b"\x89PNG")

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(PIL.Image, "open", refuse)
        assert why(tmp_path / "x.png") == "no permission to read it"

    def test_a_file_that_vanishes_after_it_was_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(decode, "why_no_file", lambda _: None)
        assert why(tmp_path / "gone.jpg") == "no such file"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\xff\x0a" + bytes(40), "a JPEG XL picture, which is not supported: convert it to PNG or JPEG"),
        (b"8BPS\0\1" + bytes(40), "a Photoshop document, which is not supported"),
        (b"%PDF-1.7", "a PDF document, which is no picture"),
        (b"PK\x03\x04" + bytes(40), "a zip archive, which is no picture"),
        (b"\0\0\0\x18ftypmp42" + bytes(40), "a video, which is no picture"),
        (b"<!DOCTYPE html><html><title>404", "a web page, perhaps an error of a download"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg width='1'/>", "an SVG drawing, which is not supported"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS, not the file itself"),
        (b'{"error": "not found"}', "a JSON text, which is no picture"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the file is truncated: its last part is missing"),
        (b"II*\0", "a TIFF picture whose header is damaged or cut short"),
        (b"GIF89a", "a GIF picture whose header is damaged or cut short"),
        (b"\xff\xd8\xff", "a JPEG picture whose header is damaged or cut short"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "cannot be decoded: could not create decoder"),
        (b"hello", "not a picture of any kind that is known"),
        (bytes(100), "not a picture of any kind that is known"),
    ],
)
def test_the_kind_is_named(tmp_path: Path, head: bytes, said: str) -> None:
    file = tmp_path / "x.jpg"
    file.write_bytes(head)
    assert why(file).startswith(said)


def test_a_sound_picture_of_a_kind_that_is_not_read_is_not_called_damaged(tmp_path: Path) -> None:
    for name in ("x.hdr", "x.pfm", "x.tiff"):
        assert cv2.imwrite(str(tmp_path / name), np.zeros((8, 8, 3), np.float32))
        said = why(tmp_path / name)
        assert "not supported" in said


class TestJpeg2000:
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    @pytest.mark.parametrize("channels", [1, 3])
    def test_the_bits_are_read_from_the_header(self, tmp_path: Path, dtype: type, channels: int) -> None:
        pixels = np.zeros((64, 64) if channels == 1 else (64, 64, channels), dtype)
        assert cv2.imwrite(str(tmp_path / "x.jp2"), pixels)
        bits = bits_of_samples((tmp_path / "x.jp2").read_bytes())
        assert bits == (pixels.itemsize * 8,) * channels

    @pytest.mark.parametrize("data", [b"", b"\xff\x4f\xff\x51", b"\xff\x4f\xff\x51" + b"\xff" * 60])
    def test_a_header_that_is_none(self, data: bytes) -> None:
        assert set(bits_of_samples(data)) <= {128}

    def test_colour_of_16_bits_is_refused_because_its_white_would_be_black(self, tmp_path: Path) -> None:
        assert cv2.imwrite(str(tmp_path / "x.jp2"), PICTURE.astype(np.uint16) * 257)
        assert "16 bits a colour, which is not supported" in why(tmp_path / "x.jp2")

    def test_colour_of_8_bits_and_grey_of_16_are_right(self, tmp_path: Path) -> None:
        assert cv2.imwrite(str(tmp_path / "x.jp2"), PICTURE[..., ::-1])
        assert np.abs(decode_image(tmp_path / "x.jp2").astype(int) - PICTURE).max() <= 1
        assert cv2.imwrite(str(tmp_path / "g.jp2"), PICTURE[..., 1].astype(np.uint16) * 257)
        assert np.abs(decode_image(tmp_path / "g.jp2").astype(int) - PICTURE[..., [1]]).max() <= 1


class TestHeic:
    @pytest.fixture
    def heic(self, tmp_path: Path) -> Path:
        pillow_heif = pytest.importorskip("pillow_heif", reason="needs framejudge[heif]")
        heif = pillow_heif.from_pillow(PIL.Image.fromarray(PICTURE))
        exif = PIL.Image.Exif()
        exif[0x0112] = 6
        heif.save(tmp_path / "x.heic", quality=95, exif=exif.tobytes())
        return tmp_path / "x.heic"

    def test_it_is_read_and_turned_upright_where_the_package_is_installed(self, heic: Path) -> None:
        upright = np.rot90(PICTURE, -1)
        image = decode_image(heic)
        assert image.shape == upright.shape
        assert np.abs(image.astype(int) - upright).mean() < 12

    def test_without_the_package_the_line_says_what_installs_it(
        self, heic: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(decode, "_heif_is_installed", lambda: False)
        assert why(heic) == "a HEIC picture; to read it: pip install 'framejudge[heif]'"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_large_claim_is_refused_by_its_header(tmp_path: Path) -> None:
    PIL.Image.new("1", (12_000, 9_000)).save(tmp_path / "large.png")
    assert "too large to decode: 12000 x 9000 pixels" in why(tmp_path / "large.png")


class TestWhatIsReadHereIsNotCalledUnsupported:
    """Cut files of kinds that this installation reads."""

    @pytest.mark.parametrize("form", ["AVIF", "TGA", "TIFF", "JPEG2000"])
    def test_cut_at_each_of_the_first_bytes(self, tmp_path: Path, form: str) -> None:
        PIL.Image.init()
        if form not in PIL.Image.SAVE:
            pytest.skip(f"this Pillow writes no {form}")
        file = tmp_path / "x"
        PIL.Image.fromarray(PICTURE).save(file, form)
        whole = file.read_bytes()
        for length in range(1, 64):
            file.write_bytes(whole[:length])
            said = why(file)
            assert "which is not supported" not in said and "no picture" not in said, (length, said)

    def test_heic(self, tmp_path: Path) -> None:
        pytest.importorskip("pillow_heif", reason="needs framejudge[heif]")
        (tmp_path / "x.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(60))
        assert why(tmp_path / "x.heic") == "a HEIC picture that is damaged or cut short"
