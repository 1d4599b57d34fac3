"""Divide a labelled set so that what belongs together stays together."""
