"""Both versions of some detectors in one session: their answers on every image, and pairs of processes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from framejudge.bench.engine import recording
from framejudge.bench.engine.running import begin, score
from framejudge.bench.figures.assess import assess
from framejudge.bench.gate.latency.pairs import Candidate, PairTaker, PairTimes
from framejudge.bench.gate.latency.sequential import LOOKS, SlowdownTest
from framejudge.bench.gate.latency.verdicts import Timings, latency_rule
from framejudge.bench.run import Request, Run, folder
from framejudge.bench.run.predictions import predictions_table
from framejudge.bench.run.verdicts import PAIRS_FILE, GateRule
from framejudge.datasets.atomic_file import replaced
from framejudge.datasets.progress import Progress
from framejudge.datasets.table.sample import Dataset
from framejudge.detectors.registry import DetectorSpec

BASELINE_FOLDER = "baseline"
"""Below the run's own folder: the run of the old version."""

PAIRS = pa.schema(
    [
        pa.field("detector", pa.string(), nullable=False),
        pa.field("pair", pa.int32(), nullable=False),
        pa.field("version", pa.string(), nullable=False),  # old or new
        pa.field("path", pa.string(), nullable=False),
        pa.field("nanoseconds", pa.int64(), nullable=False),
    ]
)


def score_baseline(
    request: Request,
    dataset: Dataset,
    specs: Sequence[DetectorSpec],
    place: Path,
    *,
    argv: Sequence[str] = (),
    progress: Progress,
) -> Run:
    """Have the old versions judge every image, and write that as a run without timings."""
    place.mkdir(parents=True, exist_ok=True)
    record, work = begin(request, dataset, specs, place, argv=argv)
    record, scoring = score(place, record, specs, work, progress=progress)
    folder.write_predictions(place, predictions_table(scoring.columns), record.run_id)
    results = assess(scoring.columns, recording.measured(record, work.labelled, scoring), request)
    return recording.finish(place, record, results)


class PairedSession:
    """Pairs of processes for every ``max_growth`` rule; what was measured stays when it is interrupted."""

    def __init__(
        self,
        rules: Sequence[GateRule],
        candidates: Sequence[Candidate],
        dataset: Dataset,
        run: Run,
        *,
        problems: Mapping[str, str],
        calls: int | None,
        progress: Progress,
    ) -> None:
        known = {one.name for one in candidates}
        request = run.manifest.request
        self._paths = timed_images(dataset, run, request.seed)
        self.test = SlowdownTest([latency_rule(rule) for rule in rules if rule.detector in known])
        self._problems = dict(problems)
        self._interrupted = False
        self._taker = PairTaker(
            candidates,
            [os.fspath((dataset.root / path).absolute()) for path in self._paths],
            calls=calls,
            threads=request.threads,
            seed=request.seed,
            timeout_s=request.timeout_s,
            progress=progress,
        )

    def run(self, looks: Sequence[int] = LOOKS) -> None:
        """Measure until every rule is settled.

        Raises
        ------
        KeyboardInterrupt
            What was found until then stays.
        """
        if not self.test.rules or not self._paths:
            return
        try:
            self.test.run(self._taker, looks)
        except KeyboardInterrupt:
            self._interrupted = True
            raise

    @property
    def timings(self) -> Timings:
        """What it came to so far."""
        return Timings(
            self.test,
            {**self._problems, **self._taker.problems},
            self._interrupted,
            self._taker.medians_ms(),
            Counter(pair.detector for pair in self._taker.taken),
        )

    def write(self, place: Path) -> None:
        """Write every timed call beside the run."""
        tables = [self._table(number, pair) for number, pair in enumerate(self._taker.taken)]
        if tables:
            with replaced(place / PAIRS_FILE) as draft:
                pq.write_table(pa.concat_tables(tables), draft, compression="zstd")

    def _table(self, number: int, pair: PairTimes) -> pa.Table:
        paths = [self._paths[k] for k in pair.images.tolist()]
        calls = len(paths)
        columns = [
            [pair.detector] * 2 * calls,
            [number] * 2 * calls,
            ["old"] * calls + ["new"] * calls,
            paths + paths,
            np.concatenate([pair.old_ns, pair.new_ns]),
        ]
        return pa.table(columns, schema=PAIRS)


def timed_images(dataset: Dataset, run: Run, seed: int) -> list[str]:
    """Return the labelled images that could be read, in an order that depends on the seed alone."""
    unreadable = {one.path for one in run.results.unreadable}
    usable = [sample.path for sample in dataset if sample.label is not None and sample.path not in unreadable]
    return [usable[k] for k in np.random.default_rng(seed).permutation(len(usable))]
