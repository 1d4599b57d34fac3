"""The content box from a network's rough depths: candidate lines, and which of them is the border."""
