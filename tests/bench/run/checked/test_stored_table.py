"""Files of a run that are damaged, of another run or of another program: one line each, and no figure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made.small_run import write_made_run

from framejudge.bench.run import Run
from framejudge.bench.run.checked import stored_table
from framejudge.datasets.errors import InputError

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made_run(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run"))


def read_all(place: Path) -> None:
    """Read every file of a run."""
    run = Run.open(place)
    assert run.columns and run.timings and run.thumbnails and run.images is not None


def table(name: str, edit: Callable[[pa.Table], pa.Table]) -> Damage:
    def damage(place: Path) -> None:
        pq.write_table(edit(pq.read_table(place / name)), place / name)

    return damage


def replaced(name: str, values: Callable[[list[object]], object]) -> Callable[[pa.Table], pa.Table]:
    def edit(old: pa.Table) -> pa.Table:
        at = old.column_names.index(name)
        return old.set_column(at, name, pa.array(values(old[name].to_pylist())))

    return edit


def text(name: str, edit: Callable[[dict[str, object]], object]) -> Damage:
    def damage(place: Path) -> None:
        content = json.loads((place / name).read_text(encoding="utf-8"))
        changed = edit(content)
        (place / name).write_text(json.dumps(content if changed is None else changed), encoding="utf-8")

    return damage


def raw(name: str, data: bytes) -> Damage:
    return lambda place: (place / name).write_bytes(data)


def cut(name: str) -> Damage:
    return lambda place: (place / name).write_bytes((place / name).read_bytes()[:-100])


PREDICTIONS, TIMINGS, THUMBNAILS = "predictions.parquet", "timings.parquet", "thumbnails.parquet"

DAMAGES: dict[str, tuple[Damage, str]] = {
    **{
        f"{name} cut short": (cut(name), f"{name}: not a whole parquet file")
        for name in (PREDICTIONS, TIMINGS, THUMBNAILS)
    },
    **{
        f"{name} garbage": (raw(name, b"PAR1garbage" * 9), f"{name}: not a whole parquet file")
        for name in (PREDICTIONS, TIMINGS, THUMBNAILS)
    },
    **{
        f"{name} empty": (raw(name, b""), f"{name}: not a whole parquet file")
        for name in (PREDICTIONS, TIMINGS, THUMBNAILS)
    },
    **{
        f"predictions without {name}": (
            table(PREDICTIONS, lambda old, name=name: old.drop_columns([name])),  # type: ignore[misc]
            f"it has no column '{name}'",
        )
        for name in ("path", "detector", "score", "predicted")
    },
    "timings without block": (table(TIMINGS, lambda old: old.drop_columns(["block"])), "no column 'block'"),
    "thumbnails without jpeg": (
        table(THUMBNAILS, lambda old: old.drop_columns(["jpeg"])),
        "no column 'jpeg'",
    ),
    "a row twice": (
        table(PREDICTIONS, lambda old: pa.concat_tables([old, old.slice(3, 1)])),
        "two rows of canny for plain/003.jpg",
    ),
    "all rows twice": (table(PREDICTIONS, lambda old: pa.concat_tables([old, old])), "two rows of canny for"),
    "texts as scores": (
        table(PREDICTIONS, replaced("score", lambda old: ["much"] * len(old))),
        "the column 'score' holds string, and double is wanted",
    ),
    "a score above 1": (
        table(PREDICTIONS, replaced("score", lambda old: [1.5, *old[1:]])),
        "it has a score that is not in [0, 1]",
    ),
    "a score that is no number": (
        table(PREDICTIONS, replaced("score", lambda old: [float("nan"), *old[1:]])),
        "it has a score that is not in [0, 1]",
    ),
    "another word": (
        table(PREDICTIONS, replaced("predicted", lambda old: ["perhaps", *old[1:]])),
        "'perhaps' is no predicted; framed and plain are",
    ),
    "a row without a path": (
        table(PREDICTIONS, replaced("path", lambda old: [None, *old[1:]])),
        "a cell of the column 'path' is empty",
    ),
    "predictions of other images": (
        table(PREDICTIONS, lambda old: old.slice(0, 5)),
        "it is about 5 images, and results.json about 61",
    ),
    "predictions of another detector": (
        table(PREDICTIONS, replaced("detector", lambda old: ["other"] * len(old[:61]) + old[61:])),
        "it is about 61 images and other, and results.json about 61 and canny, cnn",
    ),
    "times that are texts": (
        table(TIMINGS, replaced("nanoseconds", lambda old: ["long"] * len(old))),
        "the column 'nanoseconds' holds string",
    ),
    "thumbnails that are no JPEG": (
        table(THUMBNAILS, replaced("jpeg", lambda old: [b"<svg onload=alert(1)>", *old[1:]])),
        "row 1 holds no JPEG picture",
    ),
    "results of other images": (
        text("results.json", lambda found: found["dataset"].update(images_fingerprint="77" * 32)),  # type: ignore[attr-defined]
        "results.json: it is about other images than run.json",
    ),
    "results of other detectors": (
        text("results.json", lambda found: {**found, "detectors": {"canny": found["detectors"]["canny"]}}),  # type: ignore[index]
        "results.json: it is about other detectors than run.json",
    ),
    "a newer run.json": (
        text("run.json", lambda found: found.update(schema="framejudge/run/2")),
        "its schema is 'framejudge/run/2' and this version of framejudge reads 'framejudge/run/1'",
    ),
    "a list": (raw("run.json", b"[]"), "its schema is None"),
    "deep nesting": (raw("run.json", b'{"a":' * 60_000 + b"1" + b"}" * 60_000), "nested too deeply"),
    "not UTF-8": (raw("run.json", b'{"schema": "\xff"}'), "not UTF-8"),
    "NUL": (raw("results.json", b'{"schema": "\0"}'), "a NUL character"),
    "half a pair": (raw("results.json", rb'{"schema": "\ud800"}'), "half of a surrogate pair"),
    "digits": (raw("results.json", b'{"schema": ' + b"9" * 5_000 + b"}"), "results.json: "),
    "a field gone": (
        text("results.json", lambda found: {name: found[name] for name in found if name != "dataset"}),
        "results.json: dataset",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_one_line_that_names_the_file(run: Path, name: str) -> None:
    damage, said = DAMAGES[name]
    damage(run)
    with pytest.raises(InputError) as caught:
        read_all(run)
    assert said in str(caught.value)
    assert str(run) in str(caught.value) and len(str(caught.value).splitlines()) == 1


def test_a_whole_run_is_read(run: Path) -> None:
    read_all(run)


def test_a_byte_order_mark_is_no_damage(run: Path) -> None:
    data = (run / "run.json").read_bytes()
    (run / "run.json").write_bytes(b"\xef\xbb\xbf" + data)
    read_all(run)


def test_columns_that_are_not_known_are_no_damage(run: Path) -> None:
    table(PREDICTIONS, lambda old: old.append_column("later", pa.nulls(old.num_rows)))(run)
    read_all(run)


def test_rows_that_are_only_claimed(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_table, "MAX_CELLS", 1_000)
    with pytest.raises(InputError, match="it claims 183 rows of"):
        read_all(run)


def test_texts_that_are_no_utf_8(run: Path) -> None:
    """A finding of fuzzing: parquet declares texts, and nobody has checked their bytes."""
    old = pq.read_table(run / PREDICTIONS)
    paths = pa.array([b"\xff\x8f" + path.encode() for path in old["path"].to_pylist()], pa.binary())
    untrue = pa.StringArray.from_buffers(len(paths), *paths.buffers()[1:])
    pq.write_table(old.set_column(0, old.schema.field("path"), untrue), run / PREDICTIONS)
    with pytest.raises(InputError, match="not a whole parquet file"):
        read_all(run)
