"""What a model file must be before a runtime reads it: a stranger's file is refused by its headers."""
