"""How near `bench calibrate`'s threshold comes to the best one, in 100 splits of another hand's frames.

    python tests/benchmarks/calibration_study.py draw PHOTOS SET --assets ASSETS
    bench run --detectors canny,cnn-litert --dataset SET --no-timing --out RUN
    python tests/benchmarks/calibration_study.py judge RUN

`draw` frames every photo once, by the plain Pillow code of `other_hands.py`: an image is a group of its own.
With `--cutouts`, a quarter of the set are cut-out devices and cards, which detectors take for frames: their
thresholds do not fit. `judge` fits on 300 images and looks at all others.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from other_hands import FRAMES, PLAIN, Hand
from PIL import Image

from framejudge.bench.decide.crossfit import fit
from framejudge.bench.run import Run
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.images.image_files import images_below
from framejudge.datasets.table.labels_table import write_samples
from framejudge.datasets.table.sample import Sample
from framejudge.detectors.calibration import fit_platt, logit
from framejudge.detectors.thresholds import most_accurate_threshold

SPLITS, LABELLED = 100, 300
LARGEST_PX = 640


class EachOnce(Hand):
    """Draws on each photo and cut-out once."""

    def __init__(self, photos: list[Path], cutouts: list[Path], seed: int) -> None:
        super().__init__(photos[0].parents[1], photos[0].parents[1], seed)
        self._photo_files, self._cutout_files = iter(photos), iter(cutouts)

    def photo(self) -> Image.Image:
        path = next(self._photo_files)
        self.source = str(path)
        image = Image.fromarray(decode_image(path))
        image.thumbnail((LARGEST_PX, LARGEST_PX))
        return image

    def cutout(self) -> Image.Image:
        path = next(self._cutout_files)
        self.source = str(path)
        image = Image.open(path).convert("RGBA")
        image.thumbnail((LARGEST_PX, LARGEST_PX))
        return image


def draw(given: argparse.Namespace) -> None:
    chance = random.Random(given.seed)
    folders = [given.photos, *([given.assets / "packshots", given.assets / "scenes"] if given.assets else [])]
    photos = [path for folder in folders for path in sorted(images_below(folder))]
    cutouts = sorted(images_below(given.cutouts)) if given.cutouts else []
    chance.shuffle(photos)
    chance.shuffle(cutouts)
    hand = EachOnce(photos, cutouts, given.seed)
    given.out.mkdir(parents=True)
    samples = []
    for number, (kind, framed, image) in enumerate(_pictures(hand, with_cutouts=bool(cutouts))):
        if chance.random() < 0.5:
            side = chance.randint(120, 320)
            image.thumbnail((side, side))
        name = f"{number:05}.jpg"
        image.convert("RGB").save(given.out / name, quality=92)
        samples.append(Sample(name, "framed" if framed else "plain", hand.source, {"style": kind}))
    write_samples(given.out / "labels.csv", samples)
    print(f"{given.out}: {len(samples):,} images")


def _pictures(hand: EachOnce, *, with_cutouts: bool) -> Iterator[tuple[str, bool, Image.Image]]:
    while True:
        frame, plain = hand.chance.choice(FRAMES), hand.chance.choice(PLAIN[:2])
        thing = hand.chance.choice(PLAIN[2:]) if with_cutouts and hand.chance.random() < 0.5 else plain
        try:
            yield frame.__name__, True, frame(hand, hand.photo())
            yield thing.__name__, False, thing(hand)
        except (StopIteration, RuntimeError):
            return


RULES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "Platt, as bench calibrate": lambda scores, framed: fit(scores, framed).score_at(0.5),
    "Platt, hard targets": lambda scores, framed: _crossing(*fit_platt(logit(scores), framed)),
    "most accurate, towards 0.5": most_accurate_threshold,
    "most accurate": lambda scores, framed: _most_accurate(scores, framed)[0],
}


def judge(given: argparse.Namespace) -> None:
    columns = Run.open(given.run).columns
    groups = columns.groups.codes
    for answers in columns.detectors:
        if answers.failure is not None:
            continue
        used = columns.judged(answers)
        scores, framed, own = answers.scores[used], columns.framed[used], groups[used]
        lost: dict[str, list[float]] = {name: [] for name in ["its own", *RULES]}
        for seed in range(SPLITS):
            fitting = _groups_of(own, seed)
            rest_scores, rest = scores[~fitting], framed[~fitting]
            best = _most_accurate(rest_scores, rest)[1]
            thresholds = {name: rule(scores[fitting], framed[fitting]) for name, rule in RULES.items()}
            for name, threshold in {"its own": answers.threshold, **thresholds}.items():
                lost[name].append(100 * (best - float(np.mean((rest_scores >= threshold) == rest))))
        print(f"{answers.name}: {SPLITS} splits, {LABELLED} of {len(scores):,} images to fit on; points lost")
        for name, values in lost.items():
            within = np.mean(np.array(values) <= 0.5)
            mean, high = np.mean(values), np.quantile(values, 0.95)
            print(f"  {name:28} mean {mean:.2f}, 95th percentile {high:.2f}, within 0.5: {within:.0%}")


def _groups_of(groups: np.ndarray, seed: int) -> np.ndarray:
    """Return which images are fitted on: whole groups, until there are enough."""
    order = np.random.default_rng(seed).permutation(int(groups.max()) + 1)
    counts = np.cumsum(np.bincount(groups)[order])
    taken = order[: int(np.searchsorted(counts, LABELLED)) + 1]
    return np.isin(groups, taken)


def _most_accurate(scores: np.ndarray, framed: np.ndarray) -> tuple[float, float]:
    order = np.argsort(scores, kind="stable")
    ranked, truth = scores[order], framed[order]
    right = np.concatenate([[truth.sum()], truth.sum() - np.cumsum(truth) + np.cumsum(~truth)])
    parted = np.concatenate([[True], np.diff(ranked) > 0, [True]])
    place = int(np.argmax(np.where(parted, right, -1)))
    edges = np.concatenate([[0.0], (ranked[:-1] + ranked[1:]) / 2, [1.0]])
    return float(edges[place]), float(right[place]) / len(scores)


def _crossing(slope: float, shift: float) -> float:
    return float(1 / (1 + np.exp(shift / slope)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("photos", type=Path)
    drawing.add_argument("out", type=Path)
    drawing.add_argument("--assets", type=Path, help="more photos: its folders packshots and scenes")
    drawing.add_argument("--cutouts", type=Path, help="folder of cut-out products, searched to any depth")
    drawing.add_argument("--seed", type=int, default=7)
    drawing.set_defaults(act=draw)
    judging = commands.add_parser("judge")
    judging.add_argument("run", type=Path)
    judging.set_defaults(act=judge)
    given = parser.parse_args()
    given.act(given)


if __name__ == "__main__":
    main()
