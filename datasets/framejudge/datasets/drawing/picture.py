"""A drawn picture with its truth, before it becomes a file and a row of labels.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from framejudge.datasets.table.box import Box
from framejudge.datasets.table.sample import Label

Image = npt.NDArray[np.uint8]
"""A decoded picture: shape (H, W, 3), uint8, RGB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image with its label, its attributes (each a column of labels.csv) and its content box."""

    image: Image
    label: Label
    attributes: Mapping[str, str] = field(default_factory=dict)
    content_box: Box | None = None
