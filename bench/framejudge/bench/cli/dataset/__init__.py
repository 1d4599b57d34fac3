"""``bench dataset ...``: a module per command."""
