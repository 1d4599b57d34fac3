"""Pictures made here: frames, products, hard negatives, recipes, and the built-in set."""
