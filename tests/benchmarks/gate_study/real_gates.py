"""Run real gates on identical code, one after another: none may fail.

    python tests/benchmarks/gate_study/real_gates.py --times 30 --out real-gates.json
    python tests/benchmarks/gate_study/real_gates.py --times 10 --busy --out real-gates-busy.json

Both versions are the built-in ruleset; ``--baseline`` takes another one to see what a gate makes of it. It
goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import busy_loop

from framejudge.bench.run.verdicts import read_gate

BENCH = "from framejudge.bench.cli.main import entry_point; entry_point()"


def run_gate(detector: str, baseline: str, seed: int) -> dict[str, object]:
    """Run one gate in a process of its own; return its exit code and what it found."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "gate"
        started = time.monotonic()
        arguments = ["gate", "--detectors", detector, "--baseline", baseline, "--seed", str(seed)]
        said = subprocess.run(
            [sys.executable, "-c", BENCH, *arguments, "--out", str(place)], capture_output=True, text=True
        )
        seconds = time.monotonic() - started
        record = read_gate(place) if place.is_dir() else None
    if record is None:
        raise SystemExit(f"no verdict: {said.stderr}")
    return {
        "exit_code": said.returncode,
        "seconds": round(seconds, 1),
        "rules": [
            {
                "rule": one.rule.name,
                "verdict": one.verdict,
                "change": None if one.change is None else one.change.value,
                "minimum_detectable_effect": one.minimum_detectable_effect,
                "pairs": one.pairs,
            }
            for one in record.rules
        ],
        "spread": [one.spread for one in record.measurements],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--detector", default="canny")
    parser.add_argument("--baseline", default="framejudge.detectors.canny:CannyDetector")
    parser.add_argument("--busy", action="store_true", help="beside one busy loop")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    found = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else []
    with busy_loop(options.busy):
        while len(found) < options.times:
            found.append(run_gate(options.detector, options.baseline, seed=len(found)))
            options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            last = found[-1]
            verdicts = ", ".join(f"{one['verdict']} ({one['pairs']} pairs)" for one in last["rules"])
            print(f"{len(found)}: exit {last['exit_code']} after {last['seconds']} s: {verdicts}", flush=True)


if __name__ == "__main__":
    main()
