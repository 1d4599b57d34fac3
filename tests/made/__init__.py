"""Runs with made-up scores and times: one factory, `made.run`, and what tests write with it."""
