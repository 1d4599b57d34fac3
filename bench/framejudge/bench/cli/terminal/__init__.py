"""What commands share: the console, progress bars, the summary of a run."""
