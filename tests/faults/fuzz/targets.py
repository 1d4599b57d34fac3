"""What is fuzzed: the readers of files that strangers write. Each takes bytes; an `InputError` is an answer.

Any other exception is a finding. A reader that takes longer than the driver allows is one too.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from framejudge.bench.gate.rules import parse_rules, read_rules
from framejudge.bench.parts import part_file
from framejudge.bench.run import manifest, results, tables, verdicts
from framejudge.bench.run.checked.stored_table import check_predictions, read_table
from framejudge.bench.run.json_file import read_record
from framejudge.bench.run.predictions import read_columns
from framejudge.bench.worker.child import wire
from framejudge.bench.worker.child.commands import ANSWERS
from framejudge.datasets.codes.muting import mute_table, read_mute_list
from framejudge.datasets.drawing.recipe import parse_recipe
from framejudge.datasets.errors import InputError
from framejudge.datasets.images import decode
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.review.marks import read_marks
from framejudge.datasets.split.splitting import parse_shares
from framejudge.datasets.table.labels_table import read_samples, write_samples
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.canny.parameters import read_parameters
from framejudge.detectors.network.model.checked.description import read_description
from framejudge.detectors.network.model.checked.model_file import check_model_file
from framejudge.detectors.network.model.detector import WEIGHTS
from framejudge.detectors.network.model.experiments import Experiment

SMALL_PIXELS = 1_000_000
"""A larger claim is refused: the decoders of Pillow are somebody else's to fuzz for long."""

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))


def written(name: str, data: bytes) -> Path:
    file = FOLDER / name
    file.write_bytes(data)
    return file


def labels(name: str, *, again: bool = True) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        samples = read_samples(written(name, data))
        if again:  # what was read can be written, and is the same then
            copy = FOLDER / f"again-{name}.csv"
            write_samples(copy, samples)
            assert len(read_samples(copy)) == len(samples)

    return read


def description(data: bytes) -> None:
    folder = FOLDER / "set"
    (folder / "framed").mkdir(parents=True, exist_ok=True)
    (folder / "framed" / "a.png").touch()
    (folder / "dataset.json").write_bytes(data)
    read_dataset(folder)


def record(name: str, kind: type, schema: str) -> Callable[[bytes], None]:
    return lambda data: json.dumps(str(read_record(written(name, data), kind, schema)))  # type: ignore[return-value]


def rules(data: bytes) -> None:
    read_rules(written("rules.toml", data))


def mute(data: bytes) -> None:
    written("framejudge.toml", data)
    read_mute_list(FOLDER)


def recipe(data: bytes) -> None:
    parse_recipe(data.decode("utf-8", "replace"), name="fuzzed")


def predictions(data: bytes) -> None:
    file = written("predictions.parquet", data)
    table = read_table(file, tables.predictions_schema(()), required=tables.NEEDED)
    check_predictions(table, file)
    read_columns(table)


def image(data: bytes) -> None:
    decode_image(written("image.jpg", data))


def wire_frame(data: bytes) -> None:
    """Decode a payload in a frame whose checksum is right: without it, nothing behind it is reached."""
    checksum = zlib.crc32(data, zlib.crc32(struct.pack("<QQ", 0, len(data))))
    stream = io.BytesIO(struct.pack("<4sIQQ", wire.MARK, checksum, 0, len(data)) + data)
    with contextlib.suppress(wire.BadFrameError):
        wire.decode(stream.read, ANSWERS)


def part(data: bytes) -> None:
    part_file.decode(data)


def experiment(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    found = Experiment.from_name(text)
    assert Experiment.from_name(found.name) == found


def shares(data: bytes) -> None:
    parse_shares(data.decode("utf-8", "replace"))


def tables_of_toml(data: bytes) -> None:
    with contextlib.suppress(tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        found = tomllib.loads(data.decode())
        for read in (parse_rules, mute_table):
            with contextlib.suppress(InputError):
                read(found, "fuzzed")


TARGETS: dict[str, Callable[[bytes], object]] = {
    "labels.csv": labels("labels.csv"),
    "labels.parquet": labels("labels.parquet"),
    "metadata.jsonl": labels("metadata.jsonl"),
    "dataset.json": description,
    "run.json": record("run.json", manifest.Manifest, manifest.SCHEMA),
    "results.json": record("results.json", results.Results, results.SCHEMA),
    "gate.json": record("gate.json", verdicts.GateResults, verdicts.SCHEMA),
    "rules.toml": rules,
    "tables.toml": tables_of_toml,
    "framejudge.toml": mute,
    "recipe.toml": recipe,
    "parameters.json": lambda data: read_parameters(written("parameters.json", data)),
    "model.json": lambda data: read_description(written("model.json", data), fix="train"),
    "model.keras": lambda data: check_model_file(written("model.keras", data)),
    "model.onnx": lambda data: check_model_file(written("model.onnx", data)),
    "model.tflite": lambda data: check_model_file(written("model.tflite", data)),
    "predictions.parquet": predictions,
    "review.jsonl": lambda data: read_marks(written("review.jsonl", data)),
    "decisions.csv": lambda data: read_marks(written("decisions.csv", data)),
    "image": image,
    "wire": wire_frame,
    "part": part,
    "experiment": experiment,
    "shares": shares,
}


def try_one(name: str, data: bytes) -> None:
    """Give bytes to a target; raise what is a finding."""
    with contextlib.suppress(InputError):
        TARGETS[name](data)


def seeds(name: str) -> Iterable[bytes]:
    """Yield small sound inputs of a target: what is changed from."""
    found = SEEDS.get(name, lambda: [b""])()
    return [one.encode() if isinstance(one, str) else one for one in found]


def _parquet(columns: dict[str, list[object]]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue().to_pybytes())


def _pictures() -> list[bytes]:
    found = []
    pixels = np.random.default_rng(1).integers(0, 256, (9, 11, 3), np.uint8)
    for form in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000", "AVIF"):
        stream = io.BytesIO()
        PIL.Image.fromarray(pixels).resize((64, 64)).save(stream, form)
        found.append(stream.getvalue())
    return found


def _experiments() -> list[str]:
    return [
        "128_32-32-32-32_conv3_fc16_sgd_lr_0_01_decay_0_00005",
        "128_16-16-16-16_conv7_fc16_adam_lr_0_03_decay_0",
        "profile",
    ]


def _messages() -> list[bytes]:
    header = {"kind": next(iter(ANSWERS)), "fields": {}, "arrays": {"a": ["<f8", [1]]}}
    text = json.dumps(header).encode()
    return [struct.pack("<I", len(text)) + text + bytes(8)]


def _archives() -> list[bytes]:
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w") as packed:
        packed.writestr("config.json", '{"module": "keras", "class_name": "Functional"}')
        packed.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
    return [small.getvalue()]


SEEDS: dict[str, Callable[[], list[str] | list[bytes]]] = {
    "labels.csv": lambda: [
        "path,label,group,left,top,right,bottom,style\na.png,framed,g,1,2,30,40,solid\nb.png,plain,,,,,,\n",
        'path;label\n"a;b.png";plain\n',
        "path\tlabel\na.png\tframed\n",
    ],
    "labels.parquet": lambda: [_parquet({"path": ["a.png", "b.png"], "label": ["framed", None]})],
    "metadata.jsonl": lambda: ['{"file_name": "a.png", "label": "framed"}\n{"file_name": "b.png"}\n'],
    "dataset.json": lambda: ['{"name": "mine", "generated": false}'],
    "run.json": lambda: [_made("run.json")],
    "results.json": lambda: [_made("results.json")],
    "gate.json": lambda: ['{"schema": "framejudge/gate/1", "rules": [], "baselines": []}'],
    "rules.toml": lambda: ['[[rule]]\nmetric = "accuracy"\nmin = 0.9\ndetector = "canny"\n'],
    "tables.toml": lambda: ['rule = [{metric = "auc", max_drop = 0.01}]\nmute = ["FJ101"]\n'],
    "framejudge.toml": lambda: ['[warnings]\nmute = ["FJ101"]\n'],
    "recipe.toml": lambda: ["seed = 1\nframed = 0.5\n[held_out]\nframes = []\n"],
    "parameters.json": lambda: ['{"schema": "framejudge/canny/1", "threshold": 0.5, "side_log_odds": 0}'],
    "model.json": lambda: ['{"threshold": 0.5, "size_px": 128, "sha256": "00"}'],
    "model.keras": _archives,
    "model.onnx": lambda: [(WEIGHTS / "cnn.onnx").read_bytes()[-4_000:], b"\x08\x08\x3a\x02\x0a\x00"],
    "model.tflite": lambda: [(WEIGHTS / "cnn.tflite").read_bytes()[:4_000]],
    "predictions.parquet": lambda: [
        _parquet({"path": ["a"], "detector": ["d"], "score": [0.5], "predicted": ["framed"]})
    ],
    "review.jsonl": lambda: [
        '{"path": "a.png", "decision": "framed", "reviewer": "me", "based_on": 0, "label": "", "at": "x"}\n'
    ],
    "decisions.csv": lambda: ["path,label,decision\na.png,framed,wrong\n"],
    "image": _pictures,
    "wire": _messages,
    "experiment": _experiments,
    "shares": lambda: ["train=0.7,test=0.3"],
}


def _made(name: str) -> bytes:
    """Return a file of a small run; without the tests' folder on the path, a few bytes of one."""
    try:
        from made.small_run import write_made_run
    except ImportError:
        return b'{"schema": "framejudge/run/1"}'
    place = FOLDER / "run"
    if not place.exists():
        write_made_run(place)
    return (place / name).read_bytes()


def refuse_large_claims() -> None:
    """Set the decoder's limit to `SMALL_PIXELS`, for this process."""
    decode.MAX_PIXELS = SMALL_PIXELS


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
