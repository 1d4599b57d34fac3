"""What parts hold: facts about the images of a block, and one detector's answers on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framejudge.bench.parts.part_file import Part

_DIGEST_BYTES = 32
_NO_BOX = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What decoding the n images of a block showed.

    Attributes
    ----------
    digests
        SHA-256 of the decoded pixels, in hexadecimal digits; None for an image that cannot be read.
    unreadable
        Why an image cannot be read; None where it can.
    sizes
        Shape (n, 2), int32: width and height in pixels, 0 where they are not known.
    files
        Shape (n, 2), int64: bytes, and the time of the last change in nanoseconds; -1 without a file.
    """

    digests: Sequence[str | None]
    unreadable: Sequence[str | None]
    sizes: npt.NDArray[np.int32]
    files: npt.NDArray[np.int64]

    def part(self) -> Part:
        """Return the content of their part."""
        digests = [None if digest is None else bytes.fromhex(digest) for digest in self.digests]
        columns = {
            "digest": pa.array(digests, pa.binary(_DIGEST_BYTES)),
            "unreadable": pa.array(self.unreadable, pa.string()),
            "width": pa.array(self.sizes[:, 0]),
            "height": pa.array(self.sizes[:, 1]),
            "file_bytes": pa.array(self.files[:, 0]),
            "file_mtime_ns": pa.array(self.files[:, 1]),
        }
        return Part(pa.table(columns), {"kind": "images"})

    @classmethod
    def of(cls, part: Part) -> ImageFacts:
        """Return what a part says."""
        table = part.table
        digests = table["digest"].to_pylist()
        return cls(
            digests=[None if digest is None else digest.hex() for digest in digests],
            unreadable=table["unreadable"].to_pylist(),
            sizes=np.stack([table[name].to_numpy() for name in ("width", "height")], axis=1),
            files=np.stack([table[name].to_numpy() for name in ("file_bytes", "file_mtime_ns")], axis=1),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockNotes:
    """How a detector scored one block.

    Attributes
    ----------
    threshold
        The detector's own; None where it brings none.
    locates, explains
        Whether it was asked for boxes, and whether it can explain.
    scored
        How many images it gave a score.
    nanoseconds
        What it took for them, without decoding.
    first
        Whether the block was the first of its process: it was warm-up, too.
    batch_failure
        Why ``predict_batch`` was not used; None where there was no reason.
    locate_failure
        Why ``locate`` failed on some image; None where it did not.
    crashes
        How many of its images ended the detector's process.
    traces
        Paths of images, and where the detector raised or crashed on them: of its first failures only.
    """

    threshold: float | None
    locates: bool
    explains: bool
    scored: int
    nanoseconds: int
    first: bool
    batch_failure: str | None = None
    locate_failure: str | None = None
    crashes: int = 0
    traces: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockAnswers:
    """What one detector said of the n images of a block.

    Attributes
    ----------
    scores
        Shape (n,); NaN where there is none.
    errors
        Why an image that could be read and has a label got no score; None elsewhere.
    boxes
        Shape (n, 4), int32: content boxes in pixels, -1 where there is none.
    """

    scores: npt.NDArray[np.float64]
    errors: Sequence[str | None]
    boxes: npt.NDArray[np.int32]
    notes: BlockNotes

    def part(self) -> Part:
        """Return the content of their part."""
        columns = {
            "score": pa.array(self.scores, mask=np.isnan(self.scores)),
            "error": pa.array(self.errors, pa.string()),
        }
        if self.notes.locates:
            flat = pa.array(np.ascontiguousarray(self.boxes).reshape(-1))
            columns["box"] = pa.FixedSizeListArray.from_arrays(flat, 4)
        return Part(pa.table(columns), {"kind": "answers", **asdict(self.notes)})

    @classmethod
    def of(cls, part: Part) -> BlockAnswers:
        """Return what a part says."""
        notes = BlockNotes(**{name: value for name, value in part.facts.items() if name != "kind"})
        images = part.table.num_rows
        boxes = np.full((images, 4), _NO_BOX, dtype=np.int32)
        if notes.locates:
            boxes[:] = part.table["box"].combine_chunks().flatten().to_numpy().reshape(images, 4)
        return cls(
            scores=part.table["score"].to_numpy().astype(np.float64),
            errors=part.table["error"].to_pylist(),
            boxes=boxes,
            notes=notes,
        )
