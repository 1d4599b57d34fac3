"""The timing pass: turns, the machine and its noise, open loop."""
