"""Labelled sets of thumbnails: read, generate, split, audit, label."""

from framejudge.datasets.box import Box
from framejudge.datasets.errors import InputError
from framejudge.datasets.sample import LABELS, Dataset, Label, Sample

__all__ = ["LABELS", "Box", "Dataset", "InputError", "Label", "Sample"]
