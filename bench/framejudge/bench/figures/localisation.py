"""Boxes against boxes: how well a detector finds the content inside a frame, in pixels.

Only images whose labels carry a content box are judged, and plain ones as a control. IoU alone flatters: the
uncut image has 0.95 of a thin band's content box. So the figure that decides is the share of framed images
with every side in its place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from framejudge.bench.run import Boxes
from framejudge.bench.run.columns import Answers, Booleans, BoxArray, Columns, Floats
from framejudge.bench.run.figure import Figure
from framejudge.bench.statistics.interval import nothing
from framejudge.bench.statistics.means import mean_loss, quantile
from framejudge.bench.statistics.proportions import proportion

TOLERANCE_PX = 2.0
TOLERANCE_FRACTION = 0.01
"""A side is in its place within 2 px or 1 % of the image's width (left, right) or height (top, bottom)."""


def assess_boxes(columns: Columns, answers: Answers) -> Boxes | None:
    """Return the figures of a detector's boxes; None without any, or where no framed image has a true one."""
    found, sizes = answers.boxes, columns.sizes.astype(np.float64)
    framed, plain = columns.boxed & answers.scored, columns.plain & columns.located & answers.scored
    if found is None or answers.failure is not None or not framed.any():
        return None
    groups, true = columns.groups.codes[framed], columns.true_boxes[framed]
    missed = np.isnan(found[framed, 0])
    left = np.where(
        missed[:, None], whole(sizes[framed]), found[framed]
    )  # a missed frame stays in the picture
    errors = side_errors(left, true)[~missed]
    return Boxes(
        framed=int(framed.sum()),
        within_tolerance=proportion(within_tolerance(found[framed], true, sizes[framed]), groups),
        missed=proportion(missed, groups),
        side_error_px_p50=_error_quantile(errors, 0.5, groups[~missed]),
        side_error_px_p95=_error_quantile(errors, 0.95, groups[~missed]),
        iou=mean_loss(1 - iou(left, true), groups).complement(),
        content_cut=mean_loss(content_cut(left, true), groups),
        plain_changed=proportion(is_cut(found[plain], sizes[plain]), columns.groups.codes[plain]),
    )


def side_errors(found: BoxArray, true: BoxArray) -> Floats:
    """Return how far each side is from its place, in pixels; (n, 4), NaN where a box is missing."""
    return np.abs(found - true)


def within_tolerance(found: BoxArray, true: BoxArray, sizes: Floats) -> Booleans:
    """Return where every side is in its place, (n,); a missing box is not.

    Parameters
    ----------
    sizes
        Shape (n, 2): width and height of the images in pixels.
    """
    allowed = np.maximum(TOLERANCE_PX, TOLERANCE_FRACTION * np.tile(sizes, 2))
    return np.asarray((side_errors(found, true) <= allowed).all(axis=1))


def iou(found: BoxArray, true: BoxArray) -> Floats:
    """Return the intersection over the union of boxes, (n,), in [0, 1]."""
    common = area(intersection(found, true))
    union = area(found) + area(true) - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def content_cut(found: BoxArray, true: BoxArray) -> Floats:
    """Return the share of the content's area that lies outside the found box, (n,), in [0, 1]."""
    content = area(true)
    lost = content - area(intersection(found, true))
    return np.divide(lost, content, out=np.zeros_like(content), where=content > 0)


def is_cut(found: BoxArray, sizes: Floats) -> Booleans:
    """Return where a box is there and leaves out a part of its image, (n,)."""
    return np.asarray(np.isfinite(found[:, 0]) & (found != whole(sizes)).any(axis=1))


def whole(sizes: Floats) -> BoxArray:
    """Return the boxes of whole images."""
    return np.concatenate([np.zeros_like(sizes), sizes], axis=1)


def area(boxes: BoxArray) -> Floats:
    """Return the areas of boxes in square pixels, 0 for empty ones; (n,)."""
    return np.asarray(np.prod(np.maximum(0.0, boxes[:, 2:] - boxes[:, :2]), axis=1))


def intersection(one: BoxArray, other: BoxArray) -> BoxArray:
    """Return the common parts of boxes."""
    return np.concatenate(
        [np.maximum(one[:, :2], other[:, :2]), np.minimum(one[:, 2:], other[:, 2:])], axis=1
    )


def worst_located(columns: Columns, found: BoxArray) -> list[int]:
    """Return the images whose box is off, the lowest IoU first.

    A missed frame is a mistake of the score already, and not among them.
    """
    both = np.flatnonzero(columns.boxed & np.isfinite(found[:, 0]))
    loss = 1 - iou(found[both], columns.true_boxes[both])
    order = np.argsort(-loss, kind="stable")
    positions: list[int] = both[order][loss[order] > 0].tolist()
    return positions


def _error_quantile(errors: Floats, q: float, groups: npt.NDArray[np.int64]) -> Figure:
    """Return a quantile over all sides of all found frames; sides of one image are not independent."""
    if not len(errors):
        return nothing("no frame was found")
    return quantile(errors.ravel(), q, np.repeat(groups, errors.shape[1]))
