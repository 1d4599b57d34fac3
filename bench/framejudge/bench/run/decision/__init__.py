"""A decision by costs, as plain data: what it was made by, and what it says."""
