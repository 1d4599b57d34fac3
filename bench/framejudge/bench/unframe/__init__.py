"""Frames removed: what is framed is cropped to its content, everything else is copied byte for byte."""
