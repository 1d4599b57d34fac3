from __future__ import annotations

import io
import json
import os
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.checked import keras_archive
from framejudge.detectors.network.model.checked.description import read_description
from framejudge.detectors.network.model.checked.model_file import CHECKS, check_model_file
from framejudge.detectors.network.model.detector import WEIGHTS

h5py = pytest.importorskip("h5py", reason="comes with Keras")

SHIPPED = sorted(file for file in WEIGHTS.iterdir() if file.suffix in CHECKS)


def refusal(file: Path) -> str:
    with pytest.raises(InputError) as caught:
        check_model_file(file)
    assert "\n" not in str(caught.value) and str(file) in str(caught.value)
    return str(caught.value)


def archive(file: Path, parts: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return file


def shipped_parts(**replaced: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(WEIGHTS / "cnn-2016.keras") as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return parts | {name.replace("__", "."): data for name, data in replaced.items()}


def hdf5(fill: Callable[[object], object]) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as weights:
        fill(weights)
    return stream.getvalue()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_the_shipped_files_pass(file: Path) -> None:
    check_model_file(file)


def test_they_are_of_all_kinds() -> None:
    assert {file.suffix for file in SHIPPED} == set(CHECKS)


class TestZipBombs:
    def test_declared_sizes_are_believed_before_anything_is_unpacked(self, tmp_path: Path) -> None:
        big = bytes(8 * 2**20)
        file = archive(tmp_path / "bomb.keras", shipped_parts() | {f"assets/{k}": big for k in range(80)})
        assert file.stat().st_size < 2**21
        assert "it unpacks to 67" in refusal(file)

    def test_a_directory_that_lies_bounds_what_is_read(self, tmp_path: Path) -> None:
        """The declared size is what `zipfile` unpacks at most, and then the checksum is wrong."""
        file = archive(tmp_path / "lying.keras", shipped_parts(config__json=bytes(9 * 2**20)))
        data = bytearray(file.read_bytes())
        at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"config.json"))
        data[at + 24 : at + 28] = struct.pack("<I", 1000)  # the uncompressed size in the directory
        file.write_bytes(data)
        assert "refused, and not opened" in refusal(file)

    def test_an_archive_in_an_archive_is_no_weights(self, tmp_path: Path) -> None:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("model.weights.h5", bytes(2**20))
        file = archive(tmp_path / "nested.keras", shipped_parts(model__weights__h5=inner.getvalue()))
        assert "its weights are damaged" in refusal(file)

    def test_arrays_that_hdf5_declares_without_storing_them(self, tmp_path: Path) -> None:
        huge = hdf5(lambda weights: weights.create_dataset("w", (40_000, 40_000), "f4", chunks=(100, 100)))
        assert len(huge) < 10_000
        file = archive(tmp_path / "sparse.keras", shipped_parts(model__weights__h5=huge))
        assert "its weights unpack to more than" in refusal(file)

    def test_too_many_parts(self, tmp_path: Path) -> None:
        parts = shipped_parts() | {f"assets/{k}": b"" for k in range(keras_archive.MAX_PARTS)}
        assert "parts, and 1,000 are allowed" in refusal(archive(tmp_path / "many.keras", parts))

    def test_parts_of_one_name(self, tmp_path: Path) -> None:
        file = archive(tmp_path / "twice.keras", shipped_parts())
        with pytest.warns(UserWarning), zipfile.ZipFile(file, "a") as packed:
            packed.writestr("config.json", b"{}")
        assert "two of its parts have one name" in refusal(file)

    @pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a\\..\\evil"])
    def test_parts_that_would_lie_elsewhere(self, tmp_path: Path, name: str) -> None:
        assert "outside of it" in refusal(archive(tmp_path / "out.keras", shipped_parts() | {name: b""}))

    def test_a_link(self, tmp_path: Path) -> None:
        file = archive(tmp_path / "link.keras", shipped_parts())
        with zipfile.ZipFile(file, "a") as packed:
            link = zipfile.ZipInfo("assets/link")
            link.external_attr = 0o120777 << 16
            packed.writestr(link, "/etc/passwd")
        assert "is a link" in refusal(file)


class TestCodeInADescription:
    @staticmethod
    def described(tmp_path: Path, description: object) -> Path:
        text = json.dumps(description).encode()
        return archive(tmp_path / "model.keras", shipped_parts(config__json=text))

    @pytest.mark.parametrize("name", ["Lambda", "__lambda__", "TFSMLayer", "TorchModuleWrapper"])
    def test_layers_that_run_code(self, tmp_path: Path, name: str) -> None:
        description = {"layers": [{"module": "keras.layers", "class_name": name, "config": {}}]}
        assert f"brings code of its own (a {name} layer)" in refusal(self.described(tmp_path, description))

    @pytest.mark.parametrize("module", ["os", "subprocess", "kerasevil", "my.layers"])
    def test_modules_that_are_not_of_keras(self, tmp_path: Path, module: str) -> None:
        description = {"module": module, "class_name": "run", "config": {"arguments": ["id"]}}
        assert f"asks for code of the module {module!r}" in refusal(self.described(tmp_path, description))

    def test_sizes_that_ask_for_memory(self, tmp_path: Path) -> None:
        description = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 10**12}}
        assert "a units of 1,000,000,000,000" in refusal(self.described(tmp_path, description))

    def test_nesting(self, tmp_path: Path) -> None:
        deep = b"[" * 200_000 + b"]" * 200_000
        file = archive(tmp_path / "deep.keras", shipped_parts(config__json=deep))
        assert "nested too deeply" in refusal(file)

    def test_weights_elsewhere(self, tmp_path: Path) -> None:
        def linked(weights: h5py.File) -> None:
            weights["w"] = h5py.ExternalLink("/etc/passwd", "/w")

        file = archive(tmp_path / "linked.keras", shipped_parts(model__weights__h5=hdf5(linked)))
        assert "link to another place" in refusal(file)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


class TestOnnx:
    @pytest.mark.parametrize(
        ("graph", "said"),
        [
            (field(1, field(4, b"Evil") + field(7, b"my.shop")), "does not bring (my.shop:Evil)"),
            (field(5, field(1, 2**40)), "declares a tensor of 1,099,511,627,776 elements"),
            (field(5, field(1, varint(2**20) * 3)), "declares a tensor of"),
            (field(5, field(14, 1)), "its weights lie in another file"),
            (field(5, field(13, field(1, b"location") + field(2, b"/etc/passwd"))), "in another file"),
            (field(1, field(5, field(5, field(1, 2**40)))), "declares a tensor of"),
        ],
    )
    def test_a_graph_that_no_network_needs(self, tmp_path: Path, graph: bytes, said: str) -> None:
        file = tmp_path / "model.onnx"
        file.write_bytes(field(1, 8) + field(7, graph))
        assert said in refusal(file)

    def test_graphs_within_graphs(self, tmp_path: Path) -> None:
        graph = b""
        for _ in range(40):
            graph = field(1, field(5, field(6, graph)))
        file = tmp_path / "model.onnx"
        file.write_bytes(field(7, graph))
        assert "nested too deeply" in refusal(file)

    def test_no_graph(self, tmp_path: Path) -> None:
        file = tmp_path / "model.onnx"
        file.write_bytes(field(1, 8))
        assert "it holds no graph" in refusal(file)


@pytest.mark.parametrize("name", ["cnn-2016.keras", "cnn.onnx", "cnn.tflite"])
def test_cut_and_changed_files_are_refused_or_read_never_more(tmp_path: Path, name: str) -> None:
    whole = (WEIGHTS / name).read_bytes()
    chance, refused = random.Random(7), 0
    file = tmp_path / name
    for k in range(120):
        data = bytearray(whole[: chance.randrange(len(whole))] if k % 2 else whole)
        for _ in range(0 if k % 2 else 8):
            data[chance.choice([chance.randrange(200), chance.randrange(len(data))])] = chance.randrange(256)
        file.write_bytes(data)
        try:
            check_model_file(file)
        except InputError as problem:
            assert "\n" not in str(problem)
            refused += 1
    assert refused > 50


class TestWhatIsNoFile:
    def test_an_unknown_kind(self, tmp_path: Path) -> None:
        assert "a .pkl file is no model file; give a .keras, .onnx or .tflite file" in refusal(
            tmp_path / "m.pkl"
        )

    def test_a_missing_one(self, tmp_path: Path) -> None:
        assert "there is no such model file" in refusal(tmp_path / "m.onnx")

    def test_a_pipe_does_not_hang(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "m.onnx")
        assert "not a regular file" in refusal(tmp_path / "m.onnx")

    @pytest.mark.parametrize("suffix", sorted(CHECKS))
    def test_an_empty_one(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"m{suffix}").touch()
        assert "refused, and not opened" in refusal(tmp_path / f"m{suffix}")

    def test_a_name_in_capitals_is_checked_alike(self, tmp_path: Path) -> None:
        (tmp_path / "M.ONNX").write_bytes(b"garbage")
        assert "no whole ONNX file" in refusal(tmp_path / "M.ONNX")


class TestDescription:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"threshold": NaN, "size_px": 128}', "NaN is no JSON"),
            ('{"threshold": 1e999, "size_px": 128}', "the threshold inf is not in [0, 1]"),
            ('{"threshold": 0.5, "size_px": 1000000000}', "1 to 4,096 is possible"),
            ('{"threshold": 0.5, "size_px": 1e999}', "no threshold and size can be read"),
            ("[]", "no threshold and size can be read"),
            ("[" * 100_000, "nested too deeply"),
            ("\x00", "no threshold and size can be read"),
        ],
    )
    def test_one_line(self, tmp_path: Path, text: str, said: str) -> None:
        file = tmp_path / "m.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_description(file, fix="train again")
        assert said in str(caught.value) and str(caught.value).endswith("train again")
