"""Runs that are killed, or whose disk fails, at the N-th system call: nothing is lost, and the bytes agree.

``strace`` kills a run of 200 images at its N-th fsync, rename, openat or write, or lets the call fail; then
the run goes on with ``--resume``. Looked at are: the parts that were there stay as they are, no image of a
part is scored again, nothing half-written is left, and the final files are those of a run that nothing
happened to.

strace counts the calls of each thread by itself: the first thread that comes to N is hit. A run that goes on
writes parts before anything else, so that the pairs (killed, resumed, killed again, resumed) reach every call
of the writing thread.

``python tests/faults/kill_points.py --minutes 60`` tries every N of fsync and rename, then failing calls, and
then pairs at random; it prints a line for each that went wrong, and the totals.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from framejudge.bench.parts import part_file

IMAGES = 200
NEVER = 65_535
"""No run makes so many calls; strace counts no further."""

DETECTOR = """
class Good:
    threshold = 0.4

    def predict(self, image):
        with open("calls", "a") as calls:
            calls.write("x")
        return min(1.0, max(0.0, float((image[0, :, 0].astype(float) - image[0, :, 2]).mean() / 255)))
"""
COMMAND = """
import sys
from framejudge.bench import api
from framejudge.bench.engine import recording
from framejudge.bench.run import Request
from framejudge.datasets.errors import InputError

recording.new_run_id = lambda: "of-every-run"
try:
    if sys.argv[1] == "new":
        api.run(Request(detectors=["toys:Good"], dataset="set", calls=0), "out", force=True)
    else:
        api.resume("out")
except InputError as problem:
    print(problem, file=sys.stderr)
    sys.exit(2)
"""


@dataclass(frozen=True)
class Fault:
    """What happens at the N-th call of a kind: ``signal=KILL`` or ``error=ENOSPC``, as strace writes it."""

    call: str
    number: int
    what: str = "signal=KILL"

    def __str__(self) -> str:
        return f"{self.call} {self.number} {self.what}"


class Place:
    """A folder with a set and a detector, where runs are done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        random_pixels = np.random.default_rng(0)
        for number in range(IMAGES):
            label = "framed" if number % 2 else "plain"
            pixels = np.repeat(random_pixels.integers(80, 170, (24, 32, 1), dtype=np.uint8), 3, axis=2)
            if number % 2:
                pixels[:3] = pixels[-3:] = (230, 20, 10)
            (folder / "set" / label).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / "set" / label / f"{number:03}.png")
        (folder / "toys.py").write_text(DETECTOR, encoding="utf-8")
        (folder / "command.py").write_text(COMMAND, encoding="utf-8")

    def run(self, *, resume: bool, fault: Fault | None = None) -> subprocess.CompletedProcess[str]:
        """Run, or go on; with a fault, under strace."""
        (self.folder / "calls").unlink(missing_ok=True)
        command = [sys.executable, "-P", "command.py", "resume" if resume else "new"]
        if fault is not None:
            call = "rename,renameat,renameat2" if fault.call == "rename" else fault.call
            inject = f"inject={call}:{fault.what}:when={fault.number}"
            command = ["strace", "-f", "-qq", "-o", "trace", "-e", f"trace={call}", "-e", inject, *command]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def calls(self) -> int:
        """Return how many images were scored in the last run."""
        file = self.folder / "calls"
        return len(file.read_text()) if file.exists() else 0

    def parts(self) -> dict[str, str]:
        """Return the parts that are there whole, by name, each with its digest and its time."""
        return {
            os.fspath(
                path.relative_to(self.out)
            ): f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_mtime_ns}"
            for path in sorted(self.out.glob("parts/*/*.arrow"))
            if part_file.read(path) is not None
        }

    def final(self) -> dict[str, str]:
        """Return the final files without what another moment changes."""
        found = json.loads((self.out / "results.json").read_text())
        del found["environment"]
        for detector in found["detectors"].values():
            del detector["images_per_second"]
        texts = {"results.json": json.dumps(found, sort_keys=True)}
        for name in ("predictions.parquet", "thumbnails.parquet", "images.parquet"):
            texts[name] = _digest(self.out / name)
        return texts

    def missing_images(self) -> int:
        """Return the images of the blocks that have no answers."""
        there = {Path(name).name[:7] for name in self.parts() if "toys-Good" in name}
        sizes = {f"{k:07}": min(64, IMAGES - 64 * k) for k in range(-(-IMAGES // 64))}
        return sum(size for number, size in sizes.items() if number not in there)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def try_faults(place: Place, faults: Sequence[Fault], expected: dict[str, str]) -> list[str]:
    """Run, with the first fault; go on, with each further one; go on to the end. Return what is wrong."""
    shutil.rmtree(place.out, ignore_errors=True)
    problems = []
    for number, fault in enumerate(faults):
        begun = (place.out / "run.json").exists()
        done = place.run(resume=begun, fault=fault)
        problems += _told(done, fault)
        if number and not begun:
            break
    if not (place.out / "run.json").exists():
        return problems  # it came to nothing: a new run begins
    before, missing = place.parts(), place.missing_images()
    done = place.run(resume=True)
    if done.returncode:
        return [*problems, f"--resume exits with {done.returncode}: {done.stderr.strip()[-300:]}"]
    after = place.parts()
    problems += [f"{name} was written again" for name, text in before.items() if after.get(name) != text]
    if place.calls() != missing:
        problems.append(f"{place.calls()} images were scored, and {missing} had no answer")
    problems += [f"{path} is left" for path in place.out.rglob(".*")]
    final = place.final()
    problems += [f"{name} differs" for name, text in expected.items() if final[name] != text]
    return problems


def _told(done: subprocess.CompletedProcess[str], fault: Fault) -> Iterator[str]:
    if fault.what.startswith("error=") and done.returncode not in (0, 2):
        yield f"exits with {done.returncode}: {done.stderr.strip()[-300:]}"
    if done.returncode == 2 and len(done.stderr.strip().splitlines()) != 1:
        yield f"not told in one line: {done.stderr.strip()[-300:]}"


def count_calls(place: Place, call: str) -> int:
    """Return how many calls of a kind the busiest thread of a run makes."""
    shutil.rmtree(place.out, ignore_errors=True)
    place.run(resume=False, fault=Fault(call, NEVER))
    lines = (place.folder / "trace").read_text(errors="replace").splitlines()
    threads = [line.split()[0] for line in lines if re.search(r"(fsync|rename|openat|write)\w*\(", line)]
    return max((threads.count(one) for one in set(threads)), default=0)


def plan(place: Place, pairs: int, seed: int) -> Iterator[tuple[Fault, ...]]:
    """Yield every kill point, every failing call, then pairs at random."""
    counts = {call: count_calls(place, call) for call in ("fsync", "rename")}
    for call, count in counts.items():
        yield from ((Fault(call, number),) for number in range(1, count + 1))
    for call, count in counts.items():
        for what in ("error=ENOSPC", "error=EIO"):
            yield from ((Fault(call, number, what),) for number in range(1, count + 1))
    choose = random.Random(seed)
    later = {call: count_calls(place, call) for call in ("openat", "write")}
    everything = {**counts, **later}
    for _ in range(pairs):
        faults = []
        for _ in range(2):
            call = choose.choice(list(everything))
            lowest = 1 if call in counts else int(everything[call] * 0.8)  # imports come first
            faults.append(Fault(call, choose.randint(lowest, everything[call])))
        yield tuple(faults)


def main() -> None:
    """Try faults until there are no more, or the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    deadline, tried, wrong = time.monotonic() + 60 * given.minutes, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        place.run(resume=False)
        expected = place.final()
        for faults in plan(place, given.pairs, given.seed):
            if time.monotonic() > deadline:
                print("the time is up")
                break
            tried += 1
            problems = try_faults(place, faults, expected)
            wrong += bool(problems)
            for problem in problems:
                print(f"{', then '.join(map(str, faults))}: {problem}", flush=True)
    print(f"{tried} faults or pairs tried, {wrong} went wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
