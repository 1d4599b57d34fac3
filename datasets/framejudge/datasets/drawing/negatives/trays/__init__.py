"""Rims seen from above: trays, sinks, tins, drawers, cases, baskets, pet beds, game boards."""

from framejudge.datasets.drawing.negatives.trays.kinds import tray

__all__ = ["tray"]
