"""A run's folder on disk: what each file is called, writing it and reading it back.

Every file is written as a whole: a reader never sees half of one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import chain, count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framejudge.bench.run import manifest, results, tables
from framejudge.bench.run.calls import CallTimes, read_call_times
from framejudge.bench.run.checked.stored_table import check_jpegs, check_predictions, read_table
from framejudge.bench.run.checked.unfinished import PARTS_FOLDER, cut_short, resume_command
from framejudge.bench.run.columns import Columns
from framejudge.bench.run.images.looks import Looks, read_looks
from framejudge.bench.run.json_file import Record, read_record, write_record
from framejudge.bench.run.manifest import Manifest
from framejudge.bench.run.predictions import read_columns
from framejudge.bench.run.results import Results
from framejudge.bench.run.tables import NEEDED, predictions_schema
from framejudge.bench.run.verdicts import GATE_FILES
from framejudge.bench.run.views.figures_table import figures_table
from framejudge.bench.run.views.html import html_of
from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.errors import InputError
from framejudge.datasets.folder_lock import is_free
from framejudge.datasets.text_files import read_json

RUN_FILE = "run.json"
RESULTS_FILE = "results.json"
PREDICTIONS_FILE = "predictions.parquet"
TIMINGS_FILE = "timings.parquet"
THUMBNAILS_FILE = "thumbnails.parquet"
IMAGES_FILE = "images.parquet"
REPORT_FILE = "report.html"
SO_FAR_FOLDER = "so-far"
"""Below the folder of a run that is not finished: what `bench report` makes of its answers."""

RUN_FILES = (
    RUN_FILE,
    RESULTS_FILE,
    PREDICTIONS_FILE,
    TIMINGS_FILE,
    THUMBNAILS_FILE,
    IMAGES_FILE,
    REPORT_FILE,
)

_RUN_ID = b"framejudge.run_id"
"""Key in a table's metadata."""


@dataclass(frozen=True)
class Run:
    """What one ``bench run`` produced, read back from its folder.

    >>> run = Run.open("runs/2026-11-21-101500")                         # doctest: +SKIP
    >>> run.results.detectors["canny"].accuracy.value                    # doctest: +SKIP
    0.941
    """

    folder: Path
    manifest: Manifest
    results: Results

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Run:
        """Read a run's folder.

        Raises
        ------
        InputError
            Where the folder is missing, was cut short, is broken or was written by a later version, or its
            files are of several runs. Tables are looked at when they are read.
        """
        folder = Path(folder)
        record = read_manifest(folder)
        figures = _read_json(folder / RESULTS_FILE, Results, results.SCHEMA)
        _check_belongs(figures, record, folder)
        _check_same_run(folder, record, RESULTS_FILE, figures.run_id)
        return cls(folder, record, _in_order(figures, record.request.detectors))

    @cached_property
    def predictions(self) -> pa.Table:
        """A row per image and detector; the columns are those of `tables.predictions_schema`."""
        return self._read_predictions()

    def _read_predictions(self) -> pa.Table:
        path = self.folder / PREDICTIONS_FILE
        table = self._own(read_table(path, predictions_schema(()), required=NEEDED), path)
        check_predictions(table, path)
        images, known = pc.count_distinct(table["path"]).as_py(), self.results.dataset.images
        names = set(table["detector"].unique().to_pylist()) - self.results.detectors.keys()
        if images != known or names:
            what = f"it is about {images:,} images" + "".join(f" and {name}" for name in sorted(names))
            raise InputError(
                f"{what}, and {RESULTS_FILE} about {known:,} and {', '.join(self.results.detectors)}",
                where=path,
                fix="put the files of one run into the folder, or run it again",
            )
        return table

    @cached_property
    def columns(self) -> Columns:
        """The same in memory as columns: what every figure is computed from.

        The table is not kept beside them: of ten million images it takes 3.5 GB.
        """
        return read_columns(self._read_predictions(), self.results)

    @cached_property
    def figures(self) -> pa.Table:
        """A row per detector and metric, with its interval; ``run.figures.to_pandas()`` in a notebook."""
        return figures_table(self.results)

    def _repr_html_(self) -> str:
        """What a notebook shows: the figures that decide."""
        return html_of(self.results)

    @cached_property
    def timings(self) -> pa.Table:
        """A row per timed call and stage; the columns are `tables.TIMINGS`."""
        path = self.folder / TIMINGS_FILE
        return self._own(read_table(path, tables.TIMINGS), path)

    @cached_property
    def call_times(self) -> CallTimes:
        """How long the calls of each detector took."""
        return read_call_times(self.timings, self.columns)

    @cached_property
    def thumbnails(self) -> pa.Table:
        """JPEG bytes of the most interesting images; the columns are `tables.THUMBNAILS`."""
        path = self.folder / THUMBNAILS_FILE
        return self._own(_read_pictures(path, tables.THUMBNAILS), path)

    @cached_property
    def images(self) -> pa.Table:
        """What some images are like; the columns are `tables.IMAGES`. Earlier versions wrote no row."""
        path = self.folder / IMAGES_FILE
        if not path.exists():
            return tables.IMAGES.empty_table()
        return self._own(_read_pictures(path, tables.IMAGES), path)

    @cached_property
    def looks(self) -> Looks:
        """The same in memory as columns."""
        return read_looks(self.images, self.columns)

    def _own(self, table: pa.Table, path: Path) -> pa.Table:
        """Return a table that this run wrote; another one is refused."""
        found = (table.schema.metadata or {}).get(_RUN_ID, b"").decode("utf-8", "replace")
        _check_same_run(self.folder, self.manifest, path.name, found)
        return table


def read_manifest(folder: Path) -> Manifest:
    """Read run.json, of a run that is not finished too.

    Raises
    ------
    InputError
        Where there is no such folder, no run in it, or a file that is broken or from a later version.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder", where=folder, fix="give one that `bench run` wrote")
    if not (folder / RUN_FILE).is_file():
        raise InputError(f"not a run's folder: it has no {RUN_FILE}", where=folder)
    return _read_json(folder / RUN_FILE, Manifest, manifest.SCHEMA)


def place_for_now(prefix: str = "") -> Path:
    """Return a folder below runs/ that is named after the moment; a number goes on where it is taken."""
    name = f"{prefix}{datetime.now():%Y-%m-%d-%H%M%S}"
    places = (Path("runs") / f"{name}{suffix}" for suffix in chain([""], (f"-{k}" for k in count(2))))
    return next(place for place in places if not place.exists())


def check_free(folder: Path, *, force: bool) -> None:
    """Refuse a place where a run must not be written.

    Raises
    ------
    InputError
        Where something is there already: without ``force``, or something that is no run's folder.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("a file is in the way of the output folder", where=folder, fix="give another --out")
    if is_free(folder):
        return
    if not force:
        fix = "give another --out, or --force to replace it"
        if (folder / RUN_FILE).is_file() and not (folder / RESULTS_FILE).exists():
            fix = f"go on with `{resume_command(folder)}`, {fix}"
        raise InputError("the output folder exists already", where=folder, fix=fix)
    if not _holds_a_run(folder):
        raise InputError(
            f"--force replaces a run's folder only, and this one has no {RUN_FILE} of a run",
            where=folder,
            fix="give another --out",
        )


def claim(folder: Path, *, force: bool) -> None:
    """Make room for a run; the files of a former run go only with ``force``, anything else stays.

    Raises
    ------
    InputError
        Where `check_free` does, or the folder cannot be made.
    """
    check_free(folder, force=force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*RUN_FILES[1:], *GATE_FILES):
            (folder / name).unlink(missing_ok=True)
        for name in (SO_FAR_FOLDER, PARTS_FOLDER):
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        (folder / RUN_FILE).unlink(missing_ok=True)  # last: without it the rest is nobody's
    except OSError as problem:
        raise InputError(
            f"cannot be written: {problem.strerror}", where=folder, fix="give another --out"
        ) from problem


def write_manifest(folder: Path, record: Manifest) -> None:
    """Write run.json."""
    write_record(folder / RUN_FILE, record)


def write_results(folder: Path, record: Results) -> None:
    """Write results.json."""
    write_record(folder / RESULTS_FILE, record)


def write_predictions(folder: Path, table: pa.Table, run_id: str = "") -> None:
    """Write predictions.parquet."""
    _write_table(folder / PREDICTIONS_FILE, table, run_id)


def write_timings(folder: Path, table: pa.Table, run_id: str = "") -> None:
    """Write timings.parquet."""
    _write_table(folder / TIMINGS_FILE, table, run_id)


def write_thumbnails(folder: Path, table: pa.Table, run_id: str = "") -> None:
    """Write thumbnails.parquet."""
    _write_table(folder / THUMBNAILS_FILE, table, run_id)


def write_images(folder: Path, table: pa.Table, run_id: str = "") -> None:
    """Write images.parquet."""
    _write_table(folder / IMAGES_FILE, table, run_id)


def _in_order(figures: Results, names: Sequence[str]) -> Results:
    """Return the detectors as they were asked for: the file's keys are sorted."""
    rank = {name: k for k, name in enumerate(names)}
    ordered = sorted(figures.detectors.items(), key=lambda item: rank.get(item[0], len(rank)))
    return replace(figures, detectors=dict(ordered))


def _holds_a_run(folder: Path) -> bool:
    try:
        content = read_json(folder / RUN_FILE)
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and str(content.get("schema")).startswith("framejudge/run/")


def _check_same_run(folder: Path, record: Manifest, name: str, run_id: str) -> None:
    if run_id != record.run_id:
        raise InputError(
            f"{name} and {RUN_FILE} are of two runs: their files got mixed",
            where=folder,
            fix="run it again into a folder of its own",
        )


def _write_table(path: Path, table: pa.Table, run_id: str) -> None:
    if run_id:
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _RUN_ID: run_id})
    with replaced(path) as draft:
        pq.write_table(table, draft, compression="zstd")


def _read_json(path: Path, kind: type[Record], schema: str) -> Record:
    try:
        return read_record(path, kind, schema)
    except FileNotFoundError:
        raise cut_short(path) from None


def _read_pictures(path: Path, schema: pa.Schema) -> pa.Table:
    table = read_table(path, schema)
    check_jpegs(table, path)
    return table


def _check_belongs(figures: Results, record: Manifest, folder: Path) -> None:
    """Refuse figures that are about other images or detectors than run.json.

    Raises
    ------
    InputError
        It names what differs.
    """
    found = [
        what
        for what, theirs, ours in (
            ("images", figures.dataset.images_fingerprint, record.images_fingerprint),
            ("labels", figures.dataset.labels_fingerprint, record.labels_fingerprint),
        )
        if record.finished is not None and theirs != ours
    ]
    if set(figures.detectors) != set(record.detectors):
        found.append("detectors")
    if found:
        raise InputError(
            f"it is about other {' and '.join(found)} than {RUN_FILE}",
            where=folder / RESULTS_FILE,
            fix="put the files of one run into the folder, or run it again",
        )
