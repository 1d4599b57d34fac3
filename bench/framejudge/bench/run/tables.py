"""The columns of a run's parquet files."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

ATTRIBUTE_PREFIX = "attribute."

NEEDED = ("path", "detector", "score", "predicted")
"""Columns of predictions that no reader can do without; runs of the first version have few others."""

PREDICTION_FIELDS = (
    pa.field("path", pa.string(), nullable=False),
    pa.field("group", pa.string(), nullable=False),
    pa.field("label", pa.string()),  # framed, plain, or null: unlabelled
    pa.field("detector", pa.string(), nullable=False),
    pa.field("score", pa.float64()),  # null where there is an error
    pa.field("predicted", pa.string()),  # framed or plain at the detector's threshold
    pa.field("error", pa.string()),
    pa.field("width", pa.int32()),  # of the decoded image, in pixels
    pa.field("height", pa.int32()),
    pa.field("box_left", pa.int32()),  # the content box that the detector found, in pixels, half-open
    pa.field("box_top", pa.int32()),
    pa.field("box_right", pa.int32()),
    pa.field("box_bottom", pa.int32()),
    pa.field("true_left", pa.int32()),  # the content box of the labels
    pa.field("true_top", pa.int32()),
    pa.field("true_right", pa.int32()),
    pa.field("true_bottom", pa.int32()),
    pa.field("explanation", pa.string()),  # JSON {"text", "lines": [[x0, y0, x1, y1, kind]]}, of mistakes
)

TIMINGS = pa.schema(
    [
        pa.field("detector", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("block", pa.int32(), nullable=False),  # blocks of one number share their images
        pa.field("stage", pa.string(), nullable=False),  # predict, and prepare and infer where there are
        pa.field("nanoseconds", pa.int64(), nullable=False),
    ]
)

THUMBNAILS = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("jpeg", pa.binary(), nullable=False),
        pa.field("width", pa.int32(), nullable=False),  # of the thumbnail, in pixels
        pa.field("height", pa.int32(), nullable=False),
    ]
)

IMAGES = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        # Drawn at random from all images that could be read: what distributions are taken from. The others
        # are there because a reader will ask for them.
        pa.field("sampled", pa.bool_(), nullable=False),
        pa.field("format", pa.string(), nullable=False),  # as Pillow calls it, JPEG for example
        pa.field("bytes", pa.int64(), nullable=False),  # of the file
        pa.field("width", pa.int32(), nullable=False),  # of the decoded image, in pixels
        pa.field("height", pa.int32(), nullable=False),
        pa.field("brightness", pa.float32(), nullable=False),  # these three in [0, 1], of a small copy
        pa.field("contrast", pa.float32(), nullable=False),
        pa.field("colourfulness", pa.float32(), nullable=False),
        pa.field("same_pixels", pa.string()),  # the path of an earlier image with the same pixels
        pa.field(
            "looks_like", pa.string()
        ),  # the path of an earlier one of another group that looks the same
        pa.field("map_x", pa.float32()),  # its place on the map of alike pictures, in [0, 1]
        pa.field("map_y", pa.float32()),
        pa.field("jpeg", pa.binary(), nullable=False),  # a copy of at most 96 px a side
    ]
)


def predictions_schema(attributes: Iterable[str]) -> pa.Schema:
    """Return the columns of predictions.parquet for a set with these attributes."""
    columns = [pa.field(f"{ATTRIBUTE_PREFIX}{name}", pa.string()) for name in attributes]
    return pa.schema([*PREDICTION_FIELDS, *columns])
