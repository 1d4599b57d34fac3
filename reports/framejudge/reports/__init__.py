"""A run rendered for a reader."""
