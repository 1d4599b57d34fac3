"""The rules of other tools on a gate's samples, by their own code where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rule = Callable[[Floats, Floats], bool]
"""Is given seconds of the old and the new version, (pairs, calls, images); tells whether it alarms."""


def rival_rules() -> Mapping[str, Rule]:
    """Return the rules of the tools that are installed, by name."""
    rules: dict[str, Rule] = {}
    if find_spec("pytest_benchmark"):
        rules["pytest-benchmark mean:10%"] = lambda old, new: _pytest_benchmark("mean", 10, old, new)
        rules["pytest-benchmark min:5%"] = lambda old, new: _pytest_benchmark("min", 5, old, new)
    if find_spec("pyperf"):
        rules["pyperf, slower and significant"] = _pyperf
    if find_spec("asv"):
        rules["asv, factor 1.1"] = lambda old, new: _asv(old, new, samples=False)
        rules["asv --record-samples, factor 1.1"] = lambda old, new: _asv(old, new, samples=True)
    return rules


def _pytest_benchmark(field: str, percent: int, old: Floats, new: Floats) -> bool:
    """Compare two processes, as ``--benchmark-compare-fail`` does; every call is a round."""
    from pytest_benchmark.utils import PercentageRegressionCheck

    now, before = ({"mean": float(one[0].mean()), "min": float(one[0].min())} for one in (new, old))
    return bool(PercentageRegressionCheck(field, percent).fails(now, before))


def _values(times: Floats) -> list[float]:
    """Return what a process measures when one value is a call of each image: (pairs * calls,)."""
    return np.asarray(times.mean(axis=2).ravel()).tolist()


def _pyperf(old: Floats, new: Floats) -> bool:
    from pyperf._utils import is_significant

    significant, _ = is_significant(_values(old), _values(new))
    return bool(significant and new.mean() > old.mean())


def _asv(old: Floats, new: Floats, *, samples: bool) -> bool:
    from asv.commands.compare import _is_result_better
    from asv_runner.statistics import compute_stats

    (was, was_stats), (now, now_stats) = (compute_stats(_values(one), 1) for one in (old, new))
    kept = (_values(old), _values(new)) if samples else (None, None)
    return bool(_is_result_better(was, now, (was_stats, kept[0]), (now_stats, kept[1]), factor=1.1))
