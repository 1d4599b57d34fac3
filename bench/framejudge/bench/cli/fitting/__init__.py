"""Commands that fit and write detectors: train, sweep, tune, export."""
