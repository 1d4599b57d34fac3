"""Fuzz the readers of strangers' files: ``python tests/faults/fuzz/run.py --seconds 3600``.

Each target runs in a process of its own with atheris (libFuzzer), or, where that is not installed, with a
loop that changes the seeds at random. A finding stays in ``--out`` as a file; the exit code is 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

LONGEST_S = 20
"""For one input: what takes longer is a hang."""

MAX_BYTES = 16_384


def main() -> None:
    """Run all targets one after the other, or one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together")
    parser.add_argument("--target", help="one target only, by the name of its file")
    parser.add_argument("--engine", choices=("atheris", "mutate"), default=None)
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"), help="folder for findings")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    engine = given.engine or ("atheris" if _has_atheris() else "mutate")
    given.out.mkdir(parents=True, exist_ok=True)
    if given.here:
        (_with_atheris if engine == "atheris" else _by_mutation)(
            given.target, given.seconds, given.out, given.seed
        )
        return
    from targets import TARGETS

    names = [given.target] if given.target else list(TARGETS)
    worst = 0
    print("| target | engine | seconds | inputs | findings |\n| --- | --- | --- | --- | --- |", flush=True)
    for name in names:
        started = time.monotonic()
        words = {"--target": name, "--engine": engine, "--seconds": given.seconds / len(names)}
        words |= {"--out": given.out, "--seed": given.seed}
        done = subprocess.run(
            [sys.executable, __file__, "--here", *(str(word) for pair in words.items() for word in pair)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        found = sorted(given.out.glob(f"{name}-crash-*")) + sorted(given.out.glob(f"{name}-timeout-*"))
        failed = done.returncode != 0 or bool(found)
        worst = max(worst, int(failed))
        inputs = _inputs(done.stdout + done.stderr)
        spent = time.monotonic() - started
        print(f"| {name} | {engine} | {spent:.0f} | {inputs} | {len(found) or int(failed)} |", flush=True)
        if failed:
            (given.out / f"{name}.log").write_text((done.stdout + done.stderr)[-20_000:], encoding="utf-8")
    sys.exit(worst)


def _has_atheris() -> bool:
    import importlib.util

    return importlib.util.find_spec("atheris") is not None


def _inputs(text: str) -> str:
    """Return how many inputs were tried, as the engine says at its end."""
    counts = [words[1] for words in map(str.split, text.splitlines()) if words[:1] in (["Done"], ["INPUTS"])]
    return f"{int(counts[-1]):,}" if counts and counts[-1].isdigit() else "?"


def _with_atheris(name: str, seconds: float, out: Path, seed: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["framejudge"]):
        from targets import FOLDER, refuse_large_claims, seeds, try_one

        refuse_large_claims()

    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, data in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(data[:MAX_BYTES])
    options = [
        f"-max_total_time={max(1, round(seconds))}",
        f"-timeout={LONGEST_S}",
        f"-artifact_prefix={out}/{name}-",
        f"-max_len={MAX_BYTES}",
        f"-seed={seed}",
        "-rss_limit_mb=4096",
        "-verbosity=1",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: try_one(name, data))
    atheris.Fuzz()


def _by_mutation(name: str, seconds: float, out: Path, seed: int) -> None:
    from targets import refuse_large_claims, seeds, try_one

    refuse_large_claims()

    chance, end, count = random.Random(seed), time.monotonic() + seconds, 0
    pool = list(seeds(name)) or [b""]
    while time.monotonic() < end:
        data = changed(chance.choice(pool), chance)
        count += 1
        faulthandler.dump_traceback_later(LONGEST_S, exit=True)
        try:
            try_one(name, data)
        except Exception:
            (out / f"{name}-crash-{count}").write_bytes(data)
            raise
        faulthandler.cancel_dump_traceback_later()
        if len(pool) < 200:
            pool.append(data[:MAX_BYTES])
    print(f"INPUTS {count}")


def changed(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of them changed, cut out, doubled or put in."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(found) + 1)
        length = chance.choice((1, 2, 4, 16, 64))
        match chance.randrange(5):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = found[at : at + length]
            case 3:
                found[at:at] = chance.choice(
                    (b"\0", b"\xff", b'"', b"\n", b"9" * 20, b"[", b"{", b"-1", b"nan")
                )
            case _:
                found[at : at + 4] = os.urandom(4) if chance.random() < 0.1 else bytes(4)
    return bytes(found[:MAX_BYTES])


if __name__ == "__main__":
    main()
