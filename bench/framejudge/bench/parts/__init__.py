"""Parts: immutable files, written block by block, that every figure of a run is collected from."""
