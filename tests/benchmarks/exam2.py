"""Exam 2's figures of a stored run, and the rebuilt public bug reports kind by kind.

    bench run --detectors cnn,canny,duo --dataset dev8 --no-timing --out RUN
    python tests/benchmarks/exam2.py RUN
    python tests/benchmarks/exam2.py --cases CASES --detectors cnn,canny,duo

Of a run: accuracy and AUC overall; by what is sealed; by hand (framed pictures by the hand, against all
plain ones: the mean of both shares), with the best threshold beside the shipped one; by source; the worst
slice of at least 100 images; packshots that are taken for framed. CASES holds folders, each with a
``make.py`` that writes pictures and their ``truth.csv``: eight of each kind.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from framejudge.bench.api import open_run
from framejudge.bench.run.columns import Answers, Categories, Columns
from framejudge.bench.statistics.proportions import proportion
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.table.box import Box
from framejudge.detectors.opened import OpenedDetector
from framejudge.detectors.registry import create, find_all

LEAST_SLICE = 100
SLICED_BY = ("hand", "source", "kind", "material", "content", "size", "sealed")
PACKSHOTS = ("packshot", "cutout", "cutouts")

Bools = npt.NDArray[np.bool_]


def interval(right: Bools, groups: npt.NDArray[np.int32]) -> str:
    """Return a share with its interval, clustered by photo."""
    figure = proportion(right, groups)
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] of {len(right)}"


def texts(column: Categories) -> npt.NDArray[np.object_]:
    """Return a column as an array of texts, None where there is none."""
    return np.array(column.texts().to_pylist(), dtype=object)


def tell(columns: Columns, answers: Answers) -> None:
    """Print one detector's figures."""
    judged = columns.judged(answers)
    right = (judged & ~columns.wrong(answers))[judged]
    framed, scores = columns.framed[judged], answers.scores[judged]
    groups = columns.groups.codes[judged]
    known = {
        name: texts(columns.attributes[name])[judged] for name in SLICED_BY if name in columns.attributes
    }
    print(f"\n{answers.name}: accuracy {interval(right, groups)}, AUC {roc_auc_score(framed, scores):.4f}")
    for part in sorted(set(known.get("sealed", [])) - {None, "neither"}):
        chosen = known["sealed"] == part
        auc = roc_auc_score(framed[chosen], scores[chosen])
        print(f"  sealed {part}: {interval(right[chosen], groups[chosen])}, AUC {auc:.4f}")
    for hand in sorted(set(known.get("hand", [])) - {None, "none"}):
        found = (known["hand"] == hand) & framed
        if not found.any():
            continue
        balanced = (right[found].mean() + right[~framed].mean()) / 2
        beside = found | ~framed
        best = best_threshold(scores[beside], framed[beside], found.sum() / (~framed).sum())
        print(
            f"  hand {hand}: found {interval(right[found], groups[found])}, balanced {balanced:.3f}, at its "
            f"best threshold {best[0]:.2f} {best[1]:.3f}"
        )
    for source in sorted(set(known.get("source", [])) - {None}):
        chosen = known["source"] == source
        if chosen.sum() >= LEAST_SLICE:
            print(f"  source {source}: {interval(right[chosen], groups[chosen])}")
    slices = [
        (float(right[chosen].mean()), f"{name} {value} of {chosen.sum()}")
        for name, values in known.items()
        for value in set(values) - {None}
        if (chosen := values == value).sum() >= LEAST_SLICE
    ]
    print(f"  worst slice: {min(slices)[1]} {min(slices)[0]:.3f}")
    packshots = np.isin(known["kind"].astype(str), PACKSHOTS) & ~framed
    if packshots.any():
        print(f"  packshots and cut-outs without a frame, called framed: {1 - right[packshots].mean():.3f}")
    artwork = (known["hand"] == "artwork") & framed
    if artwork.any():
        print(f"  artwork found: {interval(right[artwork], groups[artwork])}")


def best_threshold(
    scores: npt.NDArray[np.float64], framed: Bools, plain_weight: float
) -> tuple[float, float]:
    """Return the threshold with the best accuracy where both labels count the same, and that accuracy."""
    order = np.argsort(scores, kind="stable")
    weights = np.where(framed, 1.0, plain_weight)[order]
    wins = np.concatenate([[0.0], np.cumsum(np.where(framed[order], -weights, weights))])
    right = weights[framed[order]].sum() + wins
    place = int(right.argmax())
    ranked = np.concatenate([[0.0], scores[order], [1.0]])
    return float((ranked[place] + ranked[place + 1]) / 2), float(right[place] / weights.sum())


def tell_cases(folder: Path, names: str) -> None:
    """Draw each case with its own script and print how many pictures each detector gets right, boxes too."""
    detectors = [(spec.name, OpenedDetector(create(spec))) for spec in find_all(names)]
    for _, detector in detectors:
        detector.load()
    print(f"{'case':32s}" + "".join(f"{name:>22s}" for name, _ in detectors))
    with tempfile.TemporaryDirectory() as scratch:
        for script in sorted(folder.glob("[0-9]*/make.py")):
            pictures = Path(scratch) / script.parent.name
            subprocess.run([sys.executable, script, pictures], check=True)
            told = [f"{script.parent.name:32s}"]
            for _, detector in detectors:
                told.append(f"{judge_case(pictures, detector):>22s}")
            print("".join(told))


def judge_case(pictures: Path, detector: OpenedDetector) -> str:
    """Return how many of a case's pictures a detector calls right, and whose box is right."""
    with (pictures / "truth.csv").open(newline="", encoding="utf-8") as table:
        truth = list(csv.DictReader(table))
    right = boxes = asked = 0
    for row in truth:
        image = decode_image(pictures / row["path"])
        is_framed = detector.predict(image) >= detector.threshold
        right += is_framed == (row["want"] == "framed")
        if row["left"]:
            asked += 1
            found = detector.raw.locate(image) if is_framed and detector.locates else None
            want = Box(*(int(row[side]) for side in ("left", "top", "right", "bottom")))
            boxes += found is not None and close(found, want, image.shape)
    return f"{right} of {len(truth)}" + (f", boxes {boxes}" if asked else "")


def close(found: Box, want: Box, shape: Sequence[int]) -> bool:
    """Return whether every side lies within 2 px or 1 % of the truth."""
    lengths = (shape[1], shape[0], shape[1], shape[0])
    return all(
        abs(one - other) <= max(2, 0.01 * length)
        for one, other, length in zip(found, want, lengths, strict=True)
    )


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, nargs="?", help="folder of a run on a set of exam 2")
    parser.add_argument("--cases", type=Path, help="folder of rebuilt bug reports")
    parser.add_argument("--detectors", default="cnn,canny", help="for --cases")
    given = parser.parse_args()
    if given.run is not None:
        columns = open_run(given.run).columns
        for answers in columns.detectors:
            tell(columns, answers)
    if given.cases is not None:
        tell_cases(given.cases, given.detectors)


if __name__ == "__main__":
    main()
