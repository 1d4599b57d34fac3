"""Which detector to ship: expected costs, how sure the cheapest is, and how many images a question needs."""
