"""The study of gates: what it keeps of a recording, and that a replayed gate sees what was injected."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

STUDY = Path(__file__).parents[2] / "benchmarks" / "gate_study"
PAIRS, IMAGES = 64, 100


@pytest.fixture
def times_ns() -> np.ndarray:
    """Pairs of processes with 1 % of noise from pair to pair and 3 % from call to call."""
    random = np.random.default_rng(1)
    typical = 2e6 * random.lognormal(0, 0.3, IMAGES)
    noise = random.normal(0, 0.01, (PAIRS, 2, 1, 1)) + random.normal(0, 0.03, (PAIRS, 2, 1, IMAGES))
    return np.asarray(typical * np.exp(noise))


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(STUDY))
    return {name: importlib.import_module(name) for name in ("recording", "replay", "table")}


def test_a_recording_keeps_times_to_a_twentieth_of_a_per_cent(
    study: dict[str, ModuleType], times_ns: np.ndarray, tmp_path: Path
) -> None:
    recording = study["recording"].Recording
    file = tmp_path / "pairs.xz"
    recording.of(times_ns[:40], {"busy": True}).with_pairs(times_ns[40:]).save(file)
    read = recording.load(file)
    assert read.facts == {"busy": True}
    assert read.times_ns == pytest.approx(times_ns, rel=3e-4)
    assert file.stat().st_size < 2 * times_ns.size + 4_000


@pytest.mark.parametrize(
    ("change", "verdict"),
    [("identical code", "pass"), ("10 % slower", "fail"), ("2 % of the images 50 % slower", "fail")],
)
def test_a_replayed_gate_sees_what_was_injected(
    study: dict[str, ModuleType], times_ns: np.ndarray, change: str, verdict: str
) -> None:
    gate = study["replay"].replay_gate(times_ns / 1e9, change, seed=3)
    assert gate.verdicts["framejudge"] == verdict
    if verdict == "pass":
        assert gate.pairs >= 8
        assert gate.pairs_until_failed is None
    else:
        # A suspicion on the tail is measured again, the median's failure stands.
        assert gate.pairs_until_failed >= (8 if change == "10 % slower" else 16)
        assert gate.pairs_until_failed <= gate.pairs


def test_bounds_are_those_of_clopper_and_pearson(study: dict[str, ModuleType]) -> None:
    # One-sided where nothing was seen: the rule of three, 1 - 0.05 ** (1 / n).
    assert study["table"].bound(0, 3_000)[1] == pytest.approx(1 - 0.05 ** (1 / 3_000))
    assert study["table"].share(0, 3_000) == "0 (at most 0.10 %)"
    assert study["table"].bound(5, 10) == pytest.approx((0.1871, 0.8129), abs=1e-4)


def test_a_slower_version_is_judged_on_the_pairs_of_real_gates(study: dict[str, ModuleType]) -> None:
    gate = {"pair_growth": [[0.001, -0.002, 0.003, 0.0, -0.001, 0.002, 0.001, -0.003]]}
    slowed = importlib.import_module("real_gates").slowed
    assert (slowed(gate, 0.0), slowed(gate, 0.05)) == ("not slower", "slower")
    assert slowed({"pair_growth": [[0.0] * 3]}, 0.05) is None


def test_several_runners_share_a_folder_and_a_dead_one_leaves_nothing(
    study: dict[str, ModuleType], tmp_path: Path
) -> None:
    claimed = importlib.import_module("real_gates").claimed
    (tmp_path / "0000.json").write_text("{}")
    (tmp_path / "0002.claim").write_text("999999999")  # of a process that is gone
    with claimed(tmp_path, 3) as first, claimed(tmp_path, 3) as second, claimed(tmp_path, 3) as third:
        assert (first, second, third) == (1, 2, None)
    assert not list(tmp_path.glob("*.claim"))
