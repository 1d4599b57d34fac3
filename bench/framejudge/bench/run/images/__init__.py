"""What a run knows of the pictures themselves, and how those of two runs differ."""
