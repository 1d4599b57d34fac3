"""A gate's verdicts for people, test reports and pull requests."""
