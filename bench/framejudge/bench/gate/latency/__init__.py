"""Whether a detector has become slower."""
