"""Things with a screen: the commonest products that a detector takes for framed pictures."""

from framejudge.datasets.drawing.negatives.devices.kinds import (
    device_on_colour,
    keyboard,
    laptop,
    monitor,
    phone,
    tablet,
    television,
    two_phones,
)

__all__ = ["device_on_colour", "keyboard", "laptop", "monitor", "phone", "tablet", "television", "two_phones"]
