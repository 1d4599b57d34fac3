"""Write what the study found as Markdown: from ``replay.py``, and from ``real_gates.py`` where there is some.

python tests/benchmarks/gate_study/table.py replay.json --real real-gates.json real-gates-busy.json
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from statsmodels.stats.proportion import proportion_confint

PAIRS_OF_A_GATE = 16


def bound(count: int, gates: int) -> tuple[float, float]:
    """Return Clopper and Pearson's 95 % interval of a share; one-sided where nothing, or all, was seen."""
    alpha = 0.10 if count in (0, gates) else 0.05
    low, high = proportion_confint(count, gates, alpha=alpha, method="beta")
    return float(low), float(high)


def percent(value: float, digits: int = 1) -> str:
    return f"{value * 100:.{digits}f} %"


def share(count: int, gates: int) -> str:
    low, high = bound(count, gates)
    if count == 0:
        return f"0 (at most {percent(high, 2)})"
    if count == gates:
        return f"100 % (at least {percent(low, 2)})"
    return f"{percent(count / gates)} [{percent(low)}, {percent(high)}]"


def lines(content: dict[str, Any]) -> Iterable[str]:
    for recording in content["recordings"]:
        yield from conditions(recording)
        yield ""
        changes = list(recording["pairs_used"])
        yield f"| rule | {' | '.join(changes)} |"
        yield f"| --- |{' --- |' * len(changes)}"
        for rule in dict.fromkeys(row["rule"] for row in recording["rows"]):
            rows = {row["change"]: row for row in recording["rows"] if row["rule"] == rule}
            yield f"| {rule} | {' | '.join(cell(rows[change]) for change in changes)} |"
        after = [recording["failed_after"][change] for change in changes]
        yield f"| pairs until framejudge's first rule failed | {' | '.join(map(spelled, after))} |"
        used = recording["pairs_used"].values()
        yield f"| pairs that framejudge took, on average | {' | '.join(f'{pairs:g}' for pairs in used)} |"
        yield ""


def spelled(counts: dict[str, int]) -> str:
    """Say how many gates failed after how many pairs."""
    return ", ".join(f"{pairs} in {gates:,}" for pairs, gates in sorted(counts.items())) or "-"


def conditions(recording: dict[str, Any]) -> Iterable[str]:
    facts, pairs = recording["facts"], recording["pairs"]
    beside = "beside one busy loop" if facts["busy"] else "on a quiet machine"
    independent = pairs // PAIRS_OF_A_GATE
    yield f"{pairs} pairs of processes of identical {facts['detector']}, {beside}: {facts['images']} images,"
    yield f"{facts['calls']} call(s) of each, {facts['cpu']}, {facts['cores_available']} cores,"
    yield f"{str(facts['started'])[:10]}. Spread from pair to pair {percent(recording['spread'], 2)}."
    yield f"So many pairs make {independent} gates of {PAIRS_OF_A_GATE} that share none: alone they bound"
    yield f"a rate of which nothing was seen by {percent(bound(0, independent)[1])}."


def cell(row: dict[str, Any]) -> str:
    text = share(row.get("fail", 0), row["gates"])
    unjudged = row.get("cannot judge", 0)
    return f"{text}; cannot judge {percent(unjudged / row['gates'])}" if unjudged else text


def real_gates(name: str, gates: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Say what real gates came to; the worst of their rules is a gate's verdict."""
    order = ("fail", "cannot judge", "pass")
    verdicts = Counter(min((one["verdict"] for one in gate["rules"]), key=order.index) for gate in gates)
    pairs = [max(one["pairs"] for one in gate["rules"]) for gate in gates]
    seconds = [gate["seconds"] for gate in gates]
    spreads = [spread for gate in gates for spread in gate["spread"]]
    counted = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in reversed(order))
    yield f"{name}: {len(gates)} real gates on identical code: {counted}."
    yield f"A false alarm in {share(verdicts['fail'], len(gates))} of them."
    yield f"They took {min(pairs)} to {max(pairs)} pairs and {min(seconds):.0f} to {max(seconds):.0f} s;"
    yield f"spread from pair to pair {percent(min(spreads), 2)} to {percent(max(spreads), 2)}."
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("replay", type=Path)
    parser.add_argument("--real", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    print("## What came out\n")
    print("\n".join(lines(json.loads(options.replay.read_text(encoding="utf-8")))))
    for path in options.real:
        print("\n".join(real_gates(path.stem, json.loads(path.read_text(encoding="utf-8")))))


if __name__ == "__main__":
    main()
