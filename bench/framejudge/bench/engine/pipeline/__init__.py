"""Blocks decoded once, scored on all cores and written as parts, by threads that sleep meanwhile."""
