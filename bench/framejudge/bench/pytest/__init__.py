"""The pytest plug-in, and a run's times for pytest-benchmark's tools."""
