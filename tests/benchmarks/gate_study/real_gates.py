"""Run real gates on identical code: none may fail. What they timed then shows the power of such gates.

    python tests/benchmarks/gate_study/real_gates.py run quiet-gates --times 300
    python tests/benchmarks/gate_study/real_gates.py run busy-gates --times 300 --busy
    python tests/benchmarks/gate_study/real_gates.py table quiet-gates busy-gates

A gate is `framejudge.bench.api.gate` on `IMAGES` images with the two default rules on latency, and its pairs
are pairs of fresh processes as ever. Each leaves a file, so that the study goes on where it was stopped, and
several may work on one folder: give each a core of its own (``taskset -c 0 python ...``). The folder can be
packed into one file, which ``table`` reads too:

    python tests/benchmarks/gate_study/real_gates.py pack quiet-gates quiet-gates.json

Power: the pairs of the first look are judged once more, with every time of the new version multiplied by the
slowdown. No pair is measured for that.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from record import busy_loop
from table import percent, share

from framejudge.bench import api
from framejudge.bench.gate.latency.sequential import LOOKS, LatencyRule, SlowdownTest
from framejudge.bench.gate.request import GateRequest
from framejudge.bench.run import Request
from framejudge.bench.run.verdicts import GateResults
from framejudge.bench.timing.environment import available_cores, describe_machine
from framejudge.bench.timing.noise import NoiseMeter, load_average
from framejudge.datasets.drawing.builtin import built_in_dataset
from framejudge.datasets.images.decode import decode_image

IMAGES = 50
"""As few as a gate times: `framejudge.bench.gate.latency.pairs.MIN_PAIR_CALLS`."""

DETECTOR, BASELINE = "canny", "framejudge.detectors.canny:CannyDetector"
RULES = f"""
[[rule]]
detector = "{DETECTOR}"
metric = "latency"
max_growth = 0.03

[[rule]]
detector = "{DETECTOR}"
metric = "latency_tail"
max_growth = 0.10
"""
SLOWDOWNS = (0.03, 0.05, 0.10)


def write_set(folder: Path) -> Path:
    """Write some of the built-in set as bitmaps in class folders: they are decoded at once."""
    dataset = built_in_dataset()
    for label in ("framed", "plain"):
        (folder / label).mkdir(parents=True)
        chosen = [sample for sample in dataset if sample.label == label][: IMAGES // 2]
        for k, sample in enumerate(chosen):
            Image.fromarray(decode_image(dataset.locate(sample))).save(folder / label / f"{k}.bmp")
    return folder


@contextmanager
def claimed(folder: Path, times: int) -> Iterator[int | None]:
    """Give the number of a gate that nobody has run or is running; None where there is none."""
    number = next((k for k in range(times) if not _taken(folder, k)), None)
    try:
        yield number
    finally:
        if number is not None:
            _claim(folder, number).unlink(missing_ok=True)


def _claim(folder: Path, number: int) -> Path:
    return folder / f"{number:04}.claim"


def _taken(folder: Path, number: int) -> bool:
    """Return whether a gate is done, or claimed by a process that lives; else claim it."""
    claim = _claim(folder, number)
    with suppress(OSError, ValueError):
        os.kill(int(claim.read_text(encoding="utf-8")), 0)
        return True
    claim.unlink(missing_ok=True)
    try:
        with claim.open("x", encoding="utf-8") as stream:
            stream.write(str(os.getpid()))
    except FileExistsError:
        return True
    if (folder / f"{number:04}.json").is_file():  # looked at after the claim: done in between, or before
        claim.unlink()
        return True
    return False


def run_gate(dataset: Path, place: Path, rules: Path, seed: int, *, busy: bool) -> dict[str, Any]:
    """Run one gate; return what it found and what else the machine did."""
    request = GateRequest(
        measure=Request(detectors=[DETECTOR], dataset=str(dataset), calls=0, seed=seed),
        baselines=[BASELINE],
        rules=rules,
        pair_calls=IMAGES,
    )
    meter, started, before = NoiseMeter(), time.monotonic(), load_average()
    record = api.gate(request, place, force=True)
    noise = meter.read()
    return {
        "seed": seed,
        "busy": busy,
        "cpu": describe_machine()["cpu"],
        "cores": len(available_cores()),
        "started": record.started,
        "seconds": round(time.monotonic() - started, 1),
        "load_average": [before, load_average()],
        "busy_cores": noise.busy_cores,
        "steal_fraction": noise.steal_fraction,
        **_verdicts(record),
    }


def _verdicts(record: GateResults) -> dict[str, Any]:
    return {
        "verdict": record.verdict,
        "rules": [
            {
                "metric": one.rule.metric,
                "verdict": one.verdict,
                "change": None if one.change is None else one.change.value,
                "minimum_detectable_effect": one.minimum_detectable_effect,
                "pairs": one.pairs,
            }
            for one in record.rules
        ],
        "pair_growth": [one.pair_growth for one in record.measurements],
    }


def run(folder: Path, *, times: int, busy: bool, minutes: float) -> None:
    """Run gates until there are so many, or the time is over."""
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as temporary, busy_loop(busy):
        dataset = write_set(Path(temporary) / "set")
        rules = Path(temporary) / "rules.toml"
        rules.write_text(RULES, encoding="utf-8")
        while time.monotonic() < deadline:
            with claimed(folder, times) as number:
                if number is None:
                    return
                place = Path(temporary) / "gate"
                found = run_gate(dataset, place, rules, number, busy=busy)
                shutil.rmtree(place)
                draft = folder / f".{number:04}.{os.getpid()}"
                draft.write_text(json.dumps(found) + "\n", encoding="utf-8")
                draft.replace(folder / f"{number:04}.json")
            said = ", ".join(f"{one['metric']} {one['verdict']} ({one['pairs']})" for one in found["rules"])
            print(
                f"{number}: {found['seconds']:.0f} s, load {found['load_average'][1]:.1f}: {said}", flush=True
            )


def read_gates(place: Path) -> list[dict[str, Any]]:
    """Read a folder of gates, or the file that it was packed into."""
    if place.is_file():
        gates: list[dict[str, Any]] = json.loads(place.read_text(encoding="utf-8"))
        return gates
    return [json.loads(one.read_text(encoding="utf-8")) for one in sorted(place.glob("[0-9]*.json"))]


def slowed(gate: dict[str, Any], growth: float) -> str | None:
    """Judge the first look's pairs of a gate with a slower new version; None where there are too few."""
    pairs = np.log1p(np.array(gate["pair_growth"][0][: LOOKS[0]])) + np.log1p(growth)
    if len(pairs) < LOOKS[0]:
        return None
    test = SlowdownTest([LatencyRule(DETECTOR)])
    test.run(lambda wanted: {DETECTOR: pairs[:, None]}, LOOKS[:1])
    return test.outcome(test.rules[0])


def lines(name: str, gates: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Say what the gates came to, as Markdown."""
    verdicts = Counter(gate["verdict"] for gate in gates)
    failed = {
        metric: sum(
            one["verdict"] == "fail" for gate in gates for one in gate["rules"] if one["metric"] == metric
        )
        for metric in ("latency", "latency_tail")
    }
    loads = [gate["load_average"][1] for gate in gates]
    busy = [gate["busy_cores"] for gate in gates if gate["busy_cores"] is not None]
    pairs = [max(one["pairs"] for one in gate["rules"]) for gate in gates]
    spreads = [float(np.std(np.log1p(gate["pair_growth"][0]))) for gate in gates]
    first = gates[0]
    yield f"{name}: {len(gates)} real gates on identical code, {first['cpu']}, {first['cores']} core(s);"
    yield f"load average {min(loads):.1f} to {max(loads):.1f}, median {np.median(loads):.1f};"
    yield f"{np.mean(busy):.1f} cores busy on average. {np.median(pairs):.0f} pairs in the median,"
    yield f"{max(pairs)} at most; {np.median([gate['seconds'] for gate in gates]):.0f} s in the median."
    yield f"Spread from pair to pair {percent(min(spreads), 2)} to {percent(max(spreads), 2)}, median"
    yield f"{percent(float(np.median(spreads)), 2)}."
    yield ""
    yield "| code | rule | fails |"
    yield "| --- | --- | --- |"
    for metric, count in failed.items():
        yield f"| identical | `{metric}` | {share(count, len(gates))} |"
    for growth in SLOWDOWNS:
        judged = [outcome for gate in gates if (outcome := slowed(gate, growth)) is not None]
        count = judged.count("slower")
        yield f"| {percent(growth, 0)} slower, {LOOKS[0]} pairs | `latency` | {share(count, len(judged))} |"
    yield ""
    yield f"Cannot judge: {verdicts['cannot judge']} of {len(gates)}."
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run")
    running.add_argument("folder", type=Path)
    running.add_argument("--times", type=int, default=300)
    running.add_argument("--busy", action="store_true", help="beside one busy loop")
    running.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    tabled = commands.add_parser("table")
    tabled.add_argument("places", type=Path, nargs="+")
    packed = commands.add_parser("pack")
    packed.add_argument("folder", type=Path)
    packed.add_argument("file", type=Path)
    options = parser.parse_args()
    if options.command == "run":
        run(options.folder, times=options.times, busy=options.busy, minutes=options.minutes)
    elif options.command == "pack":
        gates = read_gates(options.folder)
        options.file.write_text("[\n" + ",\n".join(map(json.dumps, gates)) + "\n]\n", encoding="utf-8")
    else:
        for place in options.places:
            sys.stdout.writelines(f"{line}\n" for line in lines(place.stem, read_gates(place)))


if __name__ == "__main__":
    main()
