"""What can be asked for at most. Imports nothing, so that the command line knows it at once.

Each limit is far above what anybody needs, and below what a clock, a table in memory or a random generator
takes: a number with a digit too many is refused in a line, and never hangs.
"""

WEEK_S = 604_800.0
"""Seconds that a step may take, or that a detector is timed: operating systems wait for at most 24 days."""

CALLS = 10_000_000
"""Timed calls of each detector: a table of 1 GB."""

THREADS = 1_024
"""Threads of a detector; also processes, and trainings at once."""

SEED = 2**32 - 1
"""Random seed: what Keras and scikit-learn take."""

IMAGES = 10_000_000
"""Pictures to draw or to show."""

EPOCHS = 100_000

FOLDS = 10_000
"""Parts of a set."""

P99_MS = 3_600_000.0
"""Highest bound on p99: an hour."""

RATE_PER_S = (1e-3, 1e6)
"""Images a second, lowest and highest."""

LEARNING_RATE = 10.0

COST = 1e9
"""Of one miss or one false alarm, in any unit."""
