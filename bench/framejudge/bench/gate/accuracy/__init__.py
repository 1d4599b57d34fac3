"""Whether a detector has lost accuracy."""
