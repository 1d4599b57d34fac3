"""The folder of a run's parts: which there are, reading one, and adding some.

A part is written under a temporary name, synced, renamed, and never changed. So a reader sees all of a part
or none of it, and going on with a run is skipping the parts that exist. We never write a part that is cut
short or has a wrong checksum; where a disk made one, it counts as missing and is computed again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from framejudge.bench.parts import part_file
from framejudge.bench.parts.blocks import Block
from framejudge.bench.parts.contents import BlockAnswers, ImageFacts
from framejudge.bench.parts.labelled_columns import LabelledColumns
from framejudge.bench.parts.part_file import Part
from framejudge.bench.run.checked.unfinished import PARTS_FOLDER
from framejudge.datasets.atomic_file import write_all

SET_FILE = "set.arrow"
IMAGES = "images"
"""The name of the producer of image facts; other producers are detectors."""

EXPLANATIONS = "explanations"


def producer_of(name: str, target: str, files: Mapping[str, str]) -> str:
    """Return the folder's name for a detector's parts: its name, and a hash of all that decides its scores.

    Parameters
    ----------
    files
        The SHA-256 of each file that decides them, by path.
    """
    content = json.dumps([name, target, sorted(files.items())])
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:40].strip("-") or "detector"
    return f"{readable}-{hashlib.sha256(content.encode('ascii')).hexdigest()[:16]}"


@dataclass(frozen=True)
class PartStore:
    """The parts of one run.

    Attributes
    ----------
    folder
        Where they lie, ``parts/`` of the run's folder.
    """

    folder: Path

    @classmethod
    def below(cls, run: Path) -> PartStore:
        """Return the parts of the run in a folder."""
        return cls(run / PARTS_FOLDER)

    def write_set(self, labelled: LabelledColumns) -> None:
        """Keep the set that the parts are about.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        write_all({self.folder / SET_FILE: part_file.encode(labelled.part(), compression="zstd")})

    def labelled(self) -> LabelledColumns | None:
        """Return the set that the parts are about; None where it is missing."""
        part = part_file.read(self.folder / SET_FILE)
        return None if part is None else LabelledColumns.of(part)

    def clean(self) -> None:
        """Remove what a killed writer left; only the owner of the run's folder may."""
        for draft in self.folder.rglob(".*"):
            draft.unlink()

    def facts(self, block: Block) -> ImageFacts | None:
        """Return the facts about a block's images; None where they are missing."""
        part = self._read(IMAGES, block)
        return None if part is None else ImageFacts.of(part)

    def answers(self, producer: str, block: Block) -> BlockAnswers | None:
        """Return a detector's answers on a block; None where they are missing."""
        part = self._read(producer, block)
        return None if part is None else BlockAnswers.of(part)

    def file(self, producer: str, block: Block) -> Path:
        """Return where a part lies, or will."""
        return self.folder / producer / f"{block.number:07}-{block.key}.arrow"

    def explanations(self, producer: str, key: str) -> list[str | None] | None:
        """Return what a detector said of some images; None where that is missing."""
        part = part_file.read(self._explanations_file(producer, key))
        return None if part is None else part.table["explanation"].to_pylist()

    def write_explanations(self, producer: str, key: str, said: Sequence[str | None]) -> None:
        """Add what a detector said of some images.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        part = Part(pa.table({"explanation": pa.array(said, pa.string())}), {"kind": "explanations"})
        write_all({self._explanations_file(producer, key): part_file.encode(part)})

    def _explanations_file(self, producer: str, key: str) -> Path:
        return self.folder / producer / EXPLANATIONS / f"{key}.arrow"

    def _read(self, producer: str, block: Block) -> Part | None:
        part = part_file.read(self.file(producer, block))
        return None if part is None or part.table.num_rows != len(block) else part
