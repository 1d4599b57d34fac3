"""Parallel bars: blinds, radiators, fences, vents, ladders, piano keys, slatted benches."""

from framejudge.datasets.drawing.negatives.grilles.kinds import slats

__all__ = ["slats"]
