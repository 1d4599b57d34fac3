"""Detectors that do one thing wrong on one image, and what has to come of each: the matrix of faults.

Every detector is written from the same few lines: it sees the red band of `drawn_set`, has the optional
member that its fault needs, and on the image `BAD` carries out its fault there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BAD, BAD_CORNER = "images/007.png", 107
"""The image on which a detector does what is wrong, and the pixel by which it knows it."""

IMAGES = 16
TIMEOUT_S = 4.0
MAX_MEMORY = "700MB"

HEAD = """
import ctypes, os, signal, sys, threading, time
import numpy as np
from framejudge.detectors.protocol import Explanation


def redness(image):
    return min(1.0, max(0.0, float((image[0, :, 0].astype(float) - image[0, :, 2]).mean() / 255)))


class Healthy:
    threshold = 0.4

    def predict(self, image):
        return redness(image)


class Silent(Exception):
    def __str__(self):
        raise RuntimeError("not even this")


def is_bad(image):
    return int(image[-1, -1, 1]) == {corner}


def endlessly():
    threading.Event().wait()


def daemonize(work):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            work()
        os._exit(0)
    os.wait()


def hold_alive():
    os.open("alive", os.O_WRONLY)
    endlessly()


def write_everywhere(descriptors):
    for descriptor in descriptors:
        try:
            os.write(descriptor, b"stray bytes " * 10)
        except OSError:
            pass


def eat_memory():
    held = []
    while True:
        held.append(np.ones(2**22))


def recurse():
    return recurse() + 1
"""

ACTIONS = {
    "crash": "ctypes.string_at(0)",
    "abort": "os.abort()",
    "exit": "os._exit(7)",
    "sys.exit": "sys.exit(7)",
    "interrupt": "raise KeyboardInterrupt",
    "hang": "endlessly()",
    "busy loop": "exec('while True: pass')",
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "SIGTERM to its group": "os.killpg(0, signal.SIGTERM)",
    "SIGSTOP": "os.kill(os.getpid(), signal.SIGSTOP)",
    "memory": "eat_memory()",
    "raise": "raise ValueError('an odd one')",
    "raise what has no text": "raise Silent",
    "raise 1 MB": "raise ValueError('x' * 10**6)",
    "raise control characters": r"raise ValueError('\x1b[2J\r\x00\ud800 red')",
    "recursion": "recurse()",
    "shape (1,)": "return np.array([0.5])",
    "None": "return None",
    "text": "return 'framed'",
    "NaN": "return float('nan')",
    "out of range": "return 7.5",
    "fork and answer twice": "os.fork()",
    "stray writes to 0-20": "write_everywhere(range(21))",
    "stray writes to all": "write_everywhere(map(int, os.listdir('/proc/self/fd')))",
    "close 0-2": "os.closerange(0, 3)",
    "close all": "os.closerange(0, 4096)",
    "thread left behind": "threading.Thread(target=endlessly).start()",
    "daemon left behind": "daemonize(hold_alive)",
    "another folder": "os.chdir('/')",
    "print 20 MB": "sys.stdout.write('x' * 20_000_000)",
    "wrong order": "return [self.predict(one) for one in images][::-1]",
    "one score short": "return [self.predict(one) for one in images][1:]",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell of the matrix.

    Attributes
    ----------
    action
        Of `ACTIONS`.
    member
        The method of the detector that carries it out on the image `BAD`; ``load`` and ``close`` have none.
    error
        What the image's error says; None where the image keeps its score.
    failure
        What is said of the detector where it fails; None where it does not.
    """

    action: str
    member: str
    error: str | None = None
    failure: str | None = None

    @property
    def name(self) -> str:
        """The detector's class."""
        return "".join(one.title() for one in f"{self.action} {self.member}".split()).translate(
            {ord(one): None for one in ".-(),_"}
        )

    @property
    def exit_code(self) -> int:
        """What a run with it ends with."""
        return 0 if self.failure is None else 3

    def source(self) -> str:
        """Return the detector's class."""
        does = ACTIONS[self.action]
        guarded = f"if is_bad(image):\n            {does}\n        "
        mistaken = "1 - " if self.member == "explain" else ""
        members = [
            f"def predict(self, image):\n        {guarded if self.member == 'predict' else ''}"
            f"return {mistaken}redness(image)"
        ]
        if self.member == "predict_batch":
            members.append(
                "def predict_batch(self, images):\n        if any(map(is_bad, images)):\n"
                f"            {does}\n        return [self.predict(image) for image in images]"
            )
        if self.member == "locate":
            members.append(
                f"def locate(self, image):\n        {guarded}return 0, 3, image.shape[1], image.shape[0] - 3"
            )
        if self.member == "explain":
            members.append(f"def explain(self, image):\n        {guarded}return Explanation('it looks so')")
        if self.member in ("load", "close"):
            members.append(f"def {self.member}(self):\n        {does}")
        body = "\n\n    ".join(members)
        return f"\n\nclass {self.name}:\n    threshold = 0.4\n\n    {body}\n"


IN_PREDICT = (
    Fault("crash", "predict", "its process was ended by SIGSEGV in predict: Fatal Python error"),
    Fault("abort", "predict", "its process was ended by SIGABRT in predict"),
    Fault("exit", "predict", "its process exited with code 7 in predict"),
    Fault("sys.exit", "predict", "SystemExit: 7"),
    Fault("interrupt", "predict", "KeyboardInterrupt"),
    Fault("hang", "predict", "no score within 4 s"),
    Fault("busy loop", "predict", "no score within 4 s"),
    Fault("SIGKILL", "predict", "its process was ended by SIGKILL in predict"),
    Fault("SIGTERM to its group", "predict", "its process was ended by SIGTERM in predict"),
    Fault("SIGSTOP", "predict", "no score within 4 s"),
    Fault("memory", "predict", "killed: out of memory (limit 700 MB)"),
    Fault("raise", "predict", "ValueError: an odd one"),
    Fault("raise what has no text", "predict", "Silent, which cannot say what it means: its __str__ raised"),
    Fault("raise 1 MB", "predict", "xxx ... (cut)"),
    Fault("raise control characters", "predict", r"ValueError: \x1b[2J \x00\ud800 red"),
    Fault("recursion", "predict", "RecursionError: maximum recursion depth exceeded"),
    Fault(
        "shape (1,)", "predict", "predict returned ndarray of shape (1,); it has to return a float in [0, 1]"
    ),
    Fault("None", "predict", "predict returned None; it has to return a float in [0, 1]"),
    Fault("text", "predict", "predict returned str 'framed'; it has to return a float in [0, 1]"),
    Fault("NaN", "predict", "its score nan is outside [0, 1]"),
    Fault("out of range", "predict", "its score 7.5 is outside [0, 1]"),
    Fault("fork and answer twice", "predict", failure="forked"),
    Fault("stray writes to 0-20", "predict"),
    Fault("stray writes to all", "predict", failure="the detector disturbs its answers"),
    Fault("close 0-2", "predict"),
    Fault("close all", "predict", "its process lost its pipes"),
    Fault("thread left behind", "predict"),
    Fault("daemon left behind", "predict"),
    Fault("another folder", "predict"),
    Fault("print 20 MB", "predict"),
)
ELSEWHERE = (
    Fault("crash", "predict_batch"),  # one by one nothing is wrong: every image keeps its score
    Fault("hang", "predict_batch"),
    Fault("sys.exit", "predict_batch"),
    Fault("raise", "predict_batch"),
    Fault("memory", "predict_batch"),
    Fault("wrong order", "predict_batch"),
    Fault("one score short", "predict_batch"),
    *(Fault(action, "locate") for action in ("crash", "hang", "sys.exit", "raise", "exit", "memory")),
    *(Fault(action, "explain") for action in ("crash", "hang", "sys.exit", "raise", "exit", "memory")),
    Fault("crash", "load", failure="its process was ended by SIGSEGV in load"),
    Fault("hang", "load", failure="load did not end within 4 s"),
    Fault("exit", "load", failure="its process exited with code 7 in load"),
    Fault("sys.exit", "load", failure="SystemExit: 7"),
    Fault("raise", "load", failure="ValueError: an odd one"),
    *(Fault(action, "close") for action in ("crash", "hang", "sys.exit", "raise", "exit")),
)
FAULTS = (*IN_PREDICT, *ELSEWHERE)

SAMPLE = (
    *(
        fault
        for fault in IN_PREDICT
        if fault.action in ("crash", "exit", "raise what has no text", "raise 1 MB")
    ),
    *(fault for fault in IN_PREDICT if fault.action in ("fork and answer twice", "stray writes to all")),
    *(
        fault
        for fault in ELSEWHERE
        if (fault.action, fault.member) in (("crash", "locate"), ("crash", "load"))
    ),
)
"""What the default run of the tests tries, all in one run; the whole matrix has a tox environment."""


def write_detectors(folder: Path) -> None:
    """Write ``faulty.py``, whose classes are ``faulty:Healthy`` and one for each fault."""
    source = HEAD.replace("{corner}", str(BAD_CORNER)) + "".join(fault.source() for fault in FAULTS)
    (folder / "faulty.py").write_text(source, encoding="utf-8")
