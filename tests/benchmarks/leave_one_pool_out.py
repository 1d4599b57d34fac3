"""How a network judges shops that it has never seen: trained without a pool of photos, tested on that pool.

    python tests/benchmarks/leave_one_pool_out.py PHOTOS CUTOUTS OUT -- --epochs 6 --images 32768 --fresh 0.25

The three largest pools are left out one at a time, the small ones together. What follows ``--`` goes to
``bench train``. Each network is tested on pictures of the exam's recipe drawn on the left-out photos of
buckets 8 and 9. So are a network trained as long with nothing left out, which tells what leaving out costs,
and the shipped ``cnn``; both have seen that pool's other photos. It goes on where it was stopped.
OUT/table.md holds the table.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.auc import auc
from framejudge.bench.statistics.proportions import proportion
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.network.model.detector import WEIGHTS, NetworkDetector

BENCH = "from framejudge.bench.cli.main import entry_point; entry_point()"
LARGEST = 3
SMALL = "the small ones"
TESTED_BUCKETS = "8-9"


def read_manifest(photos: Path) -> list[Mapping[str, str]]:
    with (photos / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def pool_of(row: Mapping[str, str]) -> str:
    return row["path"].split("/")[0]


def left_out_pools(manifest: Sequence[Mapping[str, str]]) -> dict[str, frozenset[str]]:
    """Return what is left out together, by name: each of the largest pools, and all others."""
    sizes = Counter(map(pool_of, manifest))
    largest = [pool for pool, _ in sizes.most_common(LARGEST)]
    return {pool: frozenset([pool]) for pool in largest} | {SMALL: frozenset(sizes.keys() - set(largest))}


def link_pools(
    photos: Path, manifest: Sequence[Mapping[str, str]], pools: Collection[str], folder: Path
) -> Path:
    """Make a folder of photos that holds some of the pools only, by links to them."""
    folder.mkdir(parents=True, exist_ok=True)
    for pool in pools:
        if not (folder / pool).exists():
            (folder / pool).symlink_to(photos / pool, target_is_directory=True)
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(manifest[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in manifest if pool_of(row) in pools)
    return folder


def bench(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-c", BENCH, *(str(argument) for argument in arguments)], check=True)


def judge(model: Path, dataset: Path) -> tuple[Figure, Figure]:
    """Return accuracy and AUC of a network on a labelled set, clustered by source photo."""
    labelled = read_dataset(dataset)
    detector = NetworkDetector(model)
    scores = detector.predict_batch([decode_image(labelled.locate(sample)) for sample in labelled])
    framed = np.array([sample.label == "framed" for sample in labelled])
    groups = [sample.group for sample in labelled]
    right = (scores >= detector.threshold) == framed
    return proportion(right, groups), auc(framed, scores, groups)


def cell(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("cutouts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=1_000, help="pictures of each test")
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    options = parser.parse_args(own)
    training = sys.argv[len(own) + 2 :]
    photos = options.photos.resolve()
    manifest = read_manifest(photos)
    everything = set(map(pool_of, manifest))

    def trained_on(pools: Collection[str], place: Path) -> Path:
        model = place / "training" / "model.keras"
        if not model.exists():
            seen = link_pools(photos, manifest, pools, place / "seen")
            common = ("--architecture", "profile", "--cutouts", options.cutouts)
            bench("train", *common, "--photos", seen, "--out", place / "training", *training)
        return model

    reference = trained_on(everything, options.out / "everything")
    table = [
        "| left out | photos | trained without it | AUC | as long, with it | AUC | shipped `cnn` | AUC |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, pools in left_out_pools(manifest).items():
        place = options.out / name.replace(" ", "-")
        models = [trained_on(everything - pools, place), reference, WEIGHTS / "cnn.keras"]
        if not (place / "set").exists():
            only = link_pools(photos, manifest, pools, place / "only")
            drawing = ("--recipe", "exam", "--buckets", TESTED_BUCKETS, "--count", str(options.count))
            bench("dataset", "frame", only, "--cutouts", options.cutouts, "--out", place / "set", *drawing)
        count = sum(pool_of(row) in pools for row in manifest)
        figures = [figure for model in models for figure in judge(model, place / "set")]
        table.append(f"| {name} | {count:,} | {' | '.join(map(cell, figures))} |")
        print(table[-1], flush=True)
    (options.out / "table.md").write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
