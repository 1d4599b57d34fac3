"""Bases for detectors that live outside Python: behind an HTTP service, in a program."""
