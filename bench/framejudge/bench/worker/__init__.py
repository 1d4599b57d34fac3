"""The process that a detector lives in: the parent's side, and the child that it runs."""
