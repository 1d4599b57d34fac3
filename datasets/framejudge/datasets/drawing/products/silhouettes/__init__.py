"""Products without a photo: each function returns a sprite of about ``side`` pixels."""

from framejudge.datasets.drawing.products.silhouettes.catalogue import SILHOUETTES, draw_sprite

__all__ = ["SILHOUETTES", "draw_sprite"]
