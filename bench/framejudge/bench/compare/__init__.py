"""Stored runs beside each other: two of them paired, or a row of them over time."""
