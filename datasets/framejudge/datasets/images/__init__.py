"""Picture files: decoding, fingerprints, near-duplicates."""
