"""Columns of as many images as a test gives labels: nothing on disk, no detector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from framejudge.bench.run.columns import Answers, Columns


def made_columns(
    labels: Sequence[str | None] | npt.NDArray[np.bool_],
    *detectors: Answers,
    a_group: int = 1,
    **attributes: Sequence[str],
) -> Columns:
    """Return images in groups of ``a_group``, and what detectors said of them.

    Parameters
    ----------
    labels
        Shape (n,): ``framed``, ``plain`` or nothing; or whether each is framed.
    attributes
        Texts by name, shape (n,).
    """
    texts = (
        ["framed" if framed else "plain" for framed in labels] if isinstance(labels, np.ndarray) else labels
    )
    return Columns.of_images(
        paths=(f"{k:05}.jpg" for k in range(len(texts))),
        labels=texts,
        groups=(f"photo {k // a_group:05}" for k in range(len(texts))),
        attributes=attributes,
    ).answered(detectors)
