"""Files of a run, believed only as far as they are what a run writes."""
