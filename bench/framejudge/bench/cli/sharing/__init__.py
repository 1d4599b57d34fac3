"""Commands that hand results to other tools."""
