"""Cloth that fills the picture: knits, stripes, tartans and prints in folds, with seams, buttons and zips."""

from framejudge.datasets.drawing.negatives.fabrics.kinds import fabric

__all__ = ["fabric"]
