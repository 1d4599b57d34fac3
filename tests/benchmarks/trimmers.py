"""Removing frames, box for box: our detectors beside ImageMagick's trim and ffmpeg's cropdetect.

``python tests/benchmarks/trimmers.py TUNING TEST [--detectors canny,trim,cnn]`` on two labelled sets with
content boxes; prints Markdown. The rivals' settings are the ones that do best on TUNING (never drawn from
TEST's photos); ours come as they are shipped: every picture judged framed is cut, and once more with the
stricter threshold of ``bench unframe``. Debian: ``apt-get install imagemagick ffmpeg``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[1]))
from programs import found, missing

from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.paired import accuracy_difference
from framejudge.bench.statistics.proportions import proportion
from framejudge.bench.unframe.operating_point import read_operating_point
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import decode_image
from framejudge.datasets.table.box import Box
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.sample import Sample
from framejudge.detectors.registry import create, find

TOLERANCE_PX, TOLERANCE_FRACTION = 2.0, 0.01
"""A side is right when it is this close to the truth: the larger of the two."""

FUZZ_PERCENT = (2, 5, 10, 15, 20, 30, 40)
TRIMS = (1, 2)
"""Trimmed once, or a second time: the first takes the padding, the second the frame."""

LIMITS = (8, 16, 24, 40, 64, 96)
NEGATED = (False, True)
"""cropdetect looks for dark borders; in the negative it finds light ones."""

TUNING_IMAGES = 300
AT_ONCE = 100
"""Pictures that one process of a rival gets."""

LEAST_IMAGES = 20
"""Styles with fewer images are left out of the table."""

SMALLEST_CUT_PX = 2
"""What leaves less than this of a picture is no trim: both tools answer so for a picture of one colour."""

Bools = npt.NDArray[np.bool_]
Boxes = list[Box | None]


class Setting(NamedTuple):
    """How a rival is called: its name for the table, and the call."""

    name: str
    boxes: Callable[[Sequence[Path]], Boxes]


@dataclass(frozen=True, slots=True)
class Pictures:
    """A set's pictures as PNG, so that everybody sees the same pixels.

    Attributes
    ----------
    paths, samples, sizes
        One of each a picture; sizes as (width, height).
    """

    paths: list[Path]
    samples: list[Sample]
    sizes: list[tuple[int, int]]

    @property
    def framed(self) -> Bools:
        """Which are framed; the others are plain."""
        return np.array([sample.label == "framed" for sample in self.samples])

    @property
    def groups(self) -> npt.NDArray[np.int64]:
        """A number a source photo."""
        return np.unique([sample.group for sample in self.samples], return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one method did: which boxes are right, and which pictures were cut at all; (n,) each."""

    name: str
    right: Bools
    changed: Bools


def as_png(folder: Path, into: Path, limit: int | None = None) -> Pictures:
    """Decode the pictures of a set that are plain or have a content box."""
    dataset = read_dataset(folder)
    known = [one for one in dataset if one.label == "plain" or (one.label and one.content_box)][:limit]
    pictures = Pictures([], known, [])
    into.mkdir()
    for number, sample in enumerate(known):
        image = decode_image(dataset.locate(sample))
        path = into / f"{number:06d}.png"
        cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1])
        pictures.paths.append(path)
        pictures.sizes.append((image.shape[1], image.shape[0]))
    return pictures


def answers(name: str, boxes: Boxes, pictures: Pictures) -> Answers:
    """Compare boxes with the truth; no box is the uncut picture, and a frame left is never right."""
    whole = np.array([(0, 0, width, height) for width, height in pictures.sizes], float)
    found = np.array([whole[row] if box is None else box for row, box in enumerate(boxes)], float)
    truth = np.array([one.content_box or whole[row] for row, one in enumerate(pictures.samples)], float)
    tolerance = np.maximum(TOLERANCE_PX, TOLERANCE_FRACTION * whole[:, [2, 3, 2, 3]])
    changed = (found != whole).any(axis=1)
    return Answers(
        name, (np.abs(found - truth) <= tolerance).all(axis=1) & (changed | ~pictures.framed), changed
    )


def imagemagick_settings() -> Iterator[Setting]:
    """Return every call of ImageMagick that is tried."""
    for fuzz, trims in product(FUZZ_PERCENT, TRIMS):
        name = f"ImageMagick `-fuzz {fuzz}%{' -trim' * trims}`"
        yield Setting(name, lambda paths, fuzz=fuzz, trims=trims: imagemagick(paths, fuzz, trims))  # type: ignore[misc]


def imagemagick(paths: Sequence[Path], fuzz_percent: int, trims: int) -> Boxes:
    """Trim pictures with ImageMagick; `-trim` keeps where in the picture the rest was."""
    boxes: Boxes = []
    for block in _blocks(paths):
        command = [_program("ImageMagick"), "-fuzz", f"{fuzz_percent}%", *map(str, block), *["-trim"] * trims]
        printed = _run([*command, "-format", r"%w %h %X %Y\n", "info:"]).stdout
        lines = printed.decode().splitlines()
        if len(lines) != len(block):
            raise RuntimeError(f"ImageMagick printed {len(lines)} lines for {len(block)} pictures")
        boxes += [_box(*(int(word) for word in line.split())) for line in lines]
    return boxes


def cropdetect_settings() -> Iterator[Setting]:
    """Return every call of ffmpeg that is tried."""
    for limit, negated in product(LIMITS, NEGATED):
        name = f"ffmpeg `{'negate,' if negated else ''}cropdetect={limit}:2`"
        yield Setting(name, lambda paths, limit=limit, negated=negated: cropdetect(paths, limit, negated))  # type: ignore[misc]


def cropdetect(paths: Sequence[Path], limit: int, negated: bool) -> Boxes:
    """Let ffmpeg look for borders; every picture is a frame, and nothing is kept from the one before."""
    filters = f"{'negate,' if negated else ''}cropdetect=limit={limit}:round=2:skip=0:reset=1"
    start = [_program("ffmpeg"), "-hide_banner", "-f", "image2pipe", "-c:v", "png", "-i", "-"]
    boxes: Boxes = []
    for block in _blocks(paths):
        stream = b"".join(path.read_bytes() for path in block)
        printed = _run([*start, "-vf", filters, "-f", "null", "-"], stream).stderr
        found = re.findall(rb"crop=(-?\d+):(-?\d+):(-?\d+):(-?\d+)", printed)
        if len(found) != len(block):
            raise RuntimeError(f"cropdetect answered {len(found)} times for {len(block)} pictures")
        boxes += [_box(*(int(number) for number in numbers)) for numbers in found]
    return boxes


def ours(name: str, pictures: Pictures) -> Answers:
    """Locate with one of our detectors.

    Raises
    ------
    InputError
        When it cannot be made here, or does not locate.
    """
    detector = create(find(name))
    locate = getattr(detector, "locate", None)
    if locate is None:
        raise InputError(f"{name} does not say where the frame is", fix="leave it out")
    if callable(load := getattr(detector, "load", None)):
        load()
    return answers(f"`{name}`", [locate(decode_image(path)) for path in pictures.paths], pictures)


def as_unframed(name: str, located: Answers, pictures: Pictures) -> Answers | None:
    """Leave alone what `bench unframe` would; None for a detector without an operating threshold."""
    spec = find(name)
    point = read_operating_point(spec)
    if point is None:
        return None
    detector = create(spec)
    goes = np.array([detector.predict(decode_image(path)) >= point.threshold for path in pictures.paths])
    changed = located.changed & goes
    right = np.where(pictures.framed, located.right & goes, ~changed)
    return Answers(f"`{name}` as `bench unframe` cuts", right, changed)


def chosen(settings: Iterator[Setting], tuning: Pictures) -> Setting:
    """Return the setting with the most boxes right on tuning data, whatever it does to plain pictures."""

    def right(setting: Setting) -> float:
        return float(answers(setting.name, setting.boxes(tuning.paths), tuning).right[tuning.framed].mean())

    return max(settings, key=right)


def overall_table(methods: Sequence[Answers], pictures: Pictures) -> str:
    """Return the shares of framed pictures cut right and of plain pictures cut at all."""
    framed, groups = pictures.framed, pictures.groups
    rows = [
        f"| {one.name} | {_shown(proportion(one.right[framed], groups[framed]))} "
        f"| {_shown(proportion(one.changed[~framed], groups[~framed]))} |"
        for one in methods
    ]
    return "\n".join(["| | framed, every side right | plain, changed |", "| --- | --- | --- |", *rows])


def style_table(methods: Sequence[Answers], pictures: Pictures) -> str:
    """Return the share of framed pictures cut right by style, each method in a column."""
    lines = [
        "| style | images | " + " | ".join(one.name for one in methods) + " |",
        "| --- " * (2 + len(methods)) + "|",
    ]
    for style, rows in _styles(pictures).items():
        shares = (_shown(proportion(one.right[rows], pictures.groups[rows])) for one in methods)
        lines.append(f"| {style} | {rows.sum()} | {' | '.join(shares)} |")
    return "\n".join(lines)


def losses(mine: Answers, rivals: Sequence[Answers], pictures: Pictures) -> list[str]:
    """Name the styles on which a rival is better beyond the interval of the paired difference."""
    found = []
    for rival, (style, rows) in product(rivals, _styles(pictures).items()):
        difference = accuracy_difference(mine.right[rows], rival.right[rows], pictures.groups[rows])
        if difference.high is not None and difference.high < 0:
            found.append(f"{style} against {rival.name}: {difference.value:+.2f}")
    return found


def main() -> None:
    """Tune the rivals, run everybody on the same pictures, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tuning", type=Path, help="labelled set that the rivals' settings are chosen on")
    parser.add_argument("test", type=Path, help="labelled set that everybody is compared on")
    parser.add_argument("--detectors", default="canny,trim,cnn", help="ours, comma-separated")
    parser.add_argument("--limit", type=int, help="only so many pictures of the test set")
    given = parser.parse_args()
    tools = {"ImageMagick": imagemagick_settings, "ffmpeg": cropdetect_settings}
    with tempfile.TemporaryDirectory() as scratch:
        tuning = as_png(given.tuning, Path(scratch, "tuning"), TUNING_IMAGES)
        test = as_png(given.test, Path(scratch, "test"), given.limit)
        mine, careful, rivals = [], [], []
        for name in given.detectors.split(","):
            try:
                mine.append(ours(name, test))
                careful.append(as_unframed(name, mine[-1], test))
            except InputError as problem:
                print(f"skipped {name}: {problem}", file=sys.stderr)
        for tool, settings in tools.items():
            if found(tool) is None:
                print(f"skipped {tool}: {missing(tool)}", file=sys.stderr)
                continue
            best = chosen(settings(), tuning)
            rivals.append(answers(best.name, best.boxes(test.paths), test))
    print(f"{test.framed.sum()} framed and {(~test.framed).sum()} plain pictures\n")
    print(
        overall_table([*mine, *filter(None, careful), *rivals], test),
        style_table([*mine, *rivals], test),
        sep="\n\n",
    )
    for one in mine:
        worse = losses(one, rivals, test)
        print(f"\n{one.name} is worse beyond the interval on: {'; '.join(worse) or 'no style'}")


def _styles(pictures: Pictures) -> Mapping[str, Bools]:
    """Return which framed pictures are of each style."""
    style = np.array([one.attributes.get("style", "") for one in pictures.samples])
    rows = {name: pictures.framed & (style == name) for name in sorted(set(style[pictures.framed]))}
    return {name: which for name, which in rows.items() if which.sum() >= LEAST_IMAGES}


def _box(width: int, height: int, left: int, top: int) -> Box | None:
    """Return what a rival left of a picture, or None where it found nothing to leave."""
    if min(width, height) < SMALLEST_CUT_PX or min(left, top) < 0:
        return None
    return Box(left, top, left + width, top + height)


def _blocks(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for start in range(0, len(paths), AT_ONCE):
        yield paths[start : start + AT_ONCE]


def _program(name: str) -> str:
    path = found(name)
    if path is None:
        raise InputError(missing(name))
    return path


def _run(command: Sequence[str], stream: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a rival; ImageMagick warns, and ends with 1, where a picture is of one colour."""
    return subprocess.run(command, input=stream, capture_output=True, check=False)


def _shown(share: Figure) -> str:
    if share.value is None or share.low is None or share.high is None:
        return f"- ({share.reason})"
    return f"{share.value:.2f} [{share.low:.2f}, {share.high:.2f}]"


if __name__ == "__main__":
    main()
