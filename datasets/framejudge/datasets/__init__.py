"""Labelled sets of thumbnails: read, generate, split, audit, label."""

from framejudge.datasets.errors import InputError
from framejudge.datasets.table.box import Box
from framejudge.datasets.table.sample import LABELS, Dataset, Label, Sample

__all__ = ["LABELS", "Box", "Dataset", "InputError", "Label", "Sample"]
