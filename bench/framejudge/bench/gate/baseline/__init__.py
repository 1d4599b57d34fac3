"""What a gate compares with: stored runs, a commit, a model file, another detector."""
