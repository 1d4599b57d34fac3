"""Calls whose time counts: one after another, by a schedule, and on images that were seen before."""
