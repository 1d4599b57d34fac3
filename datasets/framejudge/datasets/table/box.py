"""The content box: the rectangle inside a frame."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in pixels, half-open: columns ``left..right-1``, rows ``top..bottom-1``."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns inside, 0 for an empty box."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Rows inside, 0 for an empty box."""
        return max(0, self.bottom - self.top)

    @property
    def area(self) -> int:
        """Pixels inside."""
        return self.width * self.height

    def intersection(self, other: Box) -> Box:
        """Return the common part; its area is 0 where the two do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def iou(self, other: Box) -> float:
        """Return intersection over union in [0, 1]; 1 for two empty boxes."""
        common = self.intersection(other).area
        union = self.area + other.area - common
        return common / union if union else 1.0
