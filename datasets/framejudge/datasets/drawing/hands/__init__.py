"""Hands: other people's tools and artwork that draw frames, and plain pictures by the same tools."""

from framejudge.datasets.drawing.hands.registry import (
    HANDS,
    HandSpec,
    missing_hands,
    open_hand,
    tool_versions,
)

__all__ = ["HANDS", "HandSpec", "missing_hands", "open_hand", "tool_versions"]
