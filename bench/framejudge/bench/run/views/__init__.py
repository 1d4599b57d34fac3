"""A run's figures as notebooks show them: a tidy table, and HTML."""
