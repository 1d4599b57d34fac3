"""Fronts of household and office machines: a rectangle with its controls, handle, window or drum."""

from framejudge.datasets.drawing.negatives.appliances.kinds import appliance

__all__ = ["appliance"]
