"""From scores and times to figures with intervals."""
