"""The networks as detectors: architectures, runtimes, exports."""
