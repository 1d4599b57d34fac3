"""Store a run as the baseline of ``tox -e gate``: scores and figures, nothing of the machine that made them.

    bench run --detectors canny --no-timing --out runs/baseline
    python tests/gate/store_baseline.py runs/baseline

Do it when the gate calls its baseline stale, or when the built-in set has changed; the commit says why.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from framejudge.bench.run import Run, folder

BASELINE = Path(__file__).with_name("baseline")
PERSONAL = ("cpu", "platform", "memory_mib", "load_average_before", "cpu_quota", "cpu_governor")
"""Facts about somebody's machine: no figure of quality depends on them."""


def store(run: Run, place: Path) -> None:
    """Write what a gate reads of a baseline: run.json, results.json, predictions.parquet."""
    folder.claim(place, force=True)
    facts = {name: value for name, value in run.results.environment.items() if name not in PERSONAL}
    manifest = replace(run.manifest, dataset_root="", argv=["bench", "run"], environment=facts)
    folder.write_manifest(place, manifest)
    folder.write_results(place, replace(run.results, environment=facts))
    explained = run.predictions.schema.get_field_index("explanation")
    nothing = pa.nulls(run.predictions.num_rows, pa.string())
    column = run.predictions.schema.field(explained)
    folder.write_predictions(place, run.predictions.set_column(explained, column, nothing))


if __name__ == "__main__":
    store(Run.open(sys.argv[1]), BASELINE)
    print(BASELINE, sum(file.stat().st_size for file in BASELINE.iterdir()), "bytes")
