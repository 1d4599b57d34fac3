"""A detector that does nothing: whatever is measured of it is the harness's own cost."""

from __future__ import annotations

from framejudge.detectors.protocol import Image


class DoNothing:
    """Answers at once, without a look at the image."""

    def predict(self, image: Image) -> float:
        """Return 0."""
        return 0.0
