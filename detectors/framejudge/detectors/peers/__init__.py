"""Detectors to compare with: what a user would try first."""
