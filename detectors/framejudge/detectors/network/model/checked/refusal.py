"""Why a model file is not opened."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - what is so of the file, not a bug of ours
    """A model file that no runtime gets to see; the text says why, as a clause about "it"."""
