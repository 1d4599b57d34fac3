"""Pictures laid out on a plane: alike ones lie close together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FEWEST = 30
"""Pictures below which there is nothing to lay out: a reader sees them all at once."""

COMPONENTS = 30
"""Principal components that the neighbours are found by."""

PERPLEXITY = 20.0
"""About how many neighbours a picture is laid beside."""

STEPS = 500

Floats = npt.NDArray[np.float32]


def laid_out(descriptors: Floats, *, seed: int = 0) -> Floats | None:
    """Return a place in [0, 1] x [0, 1] for each picture, shape (n, 2); None below `FEWEST` pictures.

    Principal components, then t-SNE [1]_ that starts from the first two: neighbours stay neighbours, but
    distances between groups and the directions mean nothing. On one thread, so that the same pictures lie the
    same way each time.

    Parameters
    ----------
    descriptors
        Shape (n, d).

    References
    ----------
    .. [1] van der Maaten, Hinton, "Visualizing data using t-SNE", Journal of Machine Learning Research 9,
       2008.
    """
    count = len(descriptors)
    if count < FEWEST:
        return None
    if not np.ptp(descriptors, axis=0).any():
        return np.full((count, 2), 0.5, dtype=np.float32)  # one picture over and over
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        parts = min(COMPONENTS, count, descriptors.shape[1])
        components = PCA(parts, random_state=seed).fit_transform(descriptors)
        layout = TSNE(
            init=_start(components), perplexity=min(PERPLEXITY, count / 4), max_iter=STEPS, random_state=seed
        )
        places = layout.fit_transform(components)
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9), dtype=np.float32)


def _start(components: Floats) -> Floats:
    """Return the first two components, as small as t-SNE wants its start."""
    start = np.zeros((len(components), 2), dtype=np.float32)
    start[:, : min(2, components.shape[1])] = components[:, :2]
    return np.asarray(start / max(float(start[:, 0].std()), 1e-12) * 1e-4, dtype=np.float32)
