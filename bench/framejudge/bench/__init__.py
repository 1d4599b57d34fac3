"""The harness: score, time, judge, and the command line around it."""
