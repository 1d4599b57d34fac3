"""bench run --detectors canny,program:Tool, with any program that reads a PNG and prints a score."""

from framejudge.detectors.outside.program import ProgramDetector


class Tool(ProgramDetector):
    command = ("frame-tool", "--score", "-")
    threshold = 0.5
