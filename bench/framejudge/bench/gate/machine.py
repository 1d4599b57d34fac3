"""What a machine is called, so that an absolute time can say where it holds."""

from __future__ import annotations

from collections.abc import Mapping

from framejudge.bench.run.results import Scalar


def machine_name(environment: Mapping[str, Scalar]) -> str:
    """Return the processor and the number of cores that a run could use, as run.json records them.

    >>> machine_name({"cpu": "Some CPU @ 2.60GHz", "cores_available": 2})
    'Some CPU @ 2.60GHz, 2 cores'
    """
    cpu = environment.get("cpu") or environment.get("machine") or "unknown processor"
    cores = environment.get("cores_available") or environment.get("cores") or "unknown"
    return f"{cpu}, {cores} cores"
