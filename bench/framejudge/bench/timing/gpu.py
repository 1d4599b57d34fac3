"""GPUs of the machine, as NVIDIA's own tool reports them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

TIMEOUT_S = 2.0
QUERY = ("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU: its product name, the version of its driver, and its memory with the unit."""

    name: str
    driver: str
    memory: str


def gpus() -> list[Gpu]:
    """Return the machine's GPUs; none where there is no `nvidia-smi`, or it fails or hangs."""
    if shutil.which(QUERY[0]) is None:
        return []
    try:
        done = subprocess.run(QUERY, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return parse_query(done.stdout)


def parse_query(text: str) -> list[Gpu]:
    """Return the GPUs in the comma-separated answer of `nvidia-smi`; lines of another form are left out."""
    rows = ([part.strip() for part in line.split(",")] for line in text.splitlines())
    return [Gpu(*row) for row in rows if len(row) == 3]
