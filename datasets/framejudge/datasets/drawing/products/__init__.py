"""Product pictures drawn without any photo: plain, and as varied as a shop's."""

from framejudge.datasets.drawing.products.scenes import draw_product

__all__ = ["draw_product"]
