"""Times of many process pairs in a file of a few hundred kilobytes.

A header of one JSON line, then every time as a 16-bit number: its logarithm relative to the image's typical
time, in steps of 0.05 %. Compressed with xz.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RESOLUTION = 5e-4
_XZ = ({"id": lzma.FILTER_LZMA2, "preset": 9, "lp": 1, "lc": 3, "pb": 1},)


@dataclass(frozen=True, slots=True)
class Recording:
    """Timed calls of pairs of fresh processes that ran identical code in turn.

    Attributes
    ----------
    facts
        Under which conditions: machine, detector, images, busy loops.
    typical_ns
        Shape (images,): the median time of each image.
    steps
        Shape (pairs, 2, calls, images), int16: log(time / typical) in units of `RESOLUTION`.
    """

    typical_ns: npt.NDArray[np.float64]
    steps: npt.NDArray[np.int16]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def times_ns(self) -> npt.NDArray[np.float64]:
        """Nanoseconds, shape (pairs, 2, calls, images)."""
        return np.asarray(self.typical_ns * np.exp(self.steps * RESOLUTION))

    def __len__(self) -> int:
        return len(self.steps)

    @classmethod
    def of(cls, times_ns: npt.NDArray[Any], facts: dict[str, Any]) -> Recording:
        """Encode times, shape (pairs, 2, calls, images)."""
        typical = np.round(np.median(times_ns, axis=(0, 1, 2)))
        steps = np.round(np.log(times_ns / typical) / RESOLUTION)
        return cls(typical, np.clip(steps, -32_000, 32_000).astype(np.int16), facts)

    def with_pairs(self, times_ns: npt.NDArray[Any]) -> Recording:
        """Return the recording with further pairs at its end."""
        more = np.round(np.log(times_ns / self.typical_ns) / RESOLUTION)
        steps = np.clip(more, -32_000, 32_000).astype(np.int16)
        return Recording(self.typical_ns, np.concatenate([self.steps, steps]), self.facts)

    def save(self, path: Path) -> None:
        """Write the file in one step."""
        header = {"facts": self.facts, "typical_ns": self.typical_ns.tolist(), "shape": self.steps.shape}
        content = json.dumps(header, sort_keys=True).encode() + b"\n" + self.steps.tobytes()
        temporary = path.with_name(f".{path.name}")
        temporary.write_bytes(lzma.compress(content, filters=list(_XZ)))
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read what `save` wrote."""
        header, _, content = lzma.decompress(path.read_bytes()).partition(b"\n")
        fields = json.loads(header)
        steps = np.frombuffer(content, dtype=np.int16).reshape(fields["shape"])
        return cls(np.array(fields["typical_ns"]), steps, fields["facts"])
