"""Detectors from a few lines each, written where a test runs so that ``toys:Name`` can be imported there."""

from __future__ import annotations

from pathlib import Path

SOURCE = '''
import os
import subprocess
import sys
import threading


def redness(image):
    return float((image[0, :, 0].astype(float) - image[0, :, 2]).mean() / 255)


class Good:
    """Sees the red band that the tests draw."""
    threshold = 0.4

    def predict(self, image):
        return min(1.0, max(0.0, redness(image)))


class Random:
    """Has an opinion that has nothing to do with frames, and no threshold."""
    def predict(self, image):
        return float(image[-1, -1, 1]) / 255


class Raising:
    """Does not like images with an odd corner."""
    def predict(self, image):
        if image[-1, -1, 1] % 2:
            raise ValueError("an odd\\ncorner")
        return 0.25


class OutOfRange:
    def predict(self, image):
        return float("nan") if image[-1, -1, 1] % 2 else 1.5


class Crashing:
    def predict(self, image):
        print("on its way out", file=sys.stderr)
        os.kill(os.getpid(), 11)


class Leaving:
    def predict(self, image):
        os._exit(7)


class Unloadable:
    def load(self):
        raise RuntimeError("no weights here")

    def predict(self, image):
        return 0.0


class Hanging:
    def load(self):
        threading.Event().wait()

    def predict(self, image):
        return 0.5


class BadThreshold(Good):
    threshold = 7


class Chatty:
    """Prints where the answers go, reads where the commands come from, and moves elsewhere."""
    def load(self):
        os.chdir("/")

    def predict(self, image):
        print("hello" * 1000)
        os.write(1, b"more")
        sys.stdin.read()
        return 0.75


class Batched(Good):
    """Rounds otherwise in a batch: so a test sees that it was one."""
    def predict(self, image):
        return 0.13

    def predict_batch(self, images):
        return [0.125] * len(images)


class BadBatch(Good):
    def predict_batch(self, images):
        return [0.125]


class Misordered(Good):
    def predict_batch(self, images):
        return [self.predict(image) for image in images][::-1]


class Staged(Good):
    def prepare(self, image):
        return redness(image)

    def infer(self, prepared):
        return prepared


class ByOrder(Good):
    """Answers by how often it was called."""
    calls = 0

    def predict(self, image):
        self.calls += 1
        return self.calls % 7 / 7


class TimedOnly(Good):
    """Is fine while it scores and breaks down when it is timed: then it holds one thread."""
    def predict(self, image):
        if os.environ["OMP_NUM_THREADS"] == "1" and len(os.sched_getaffinity(0)) == 1:
            os._exit(5)
        return super().predict(image)


class Environment:
    """Scores 1 where its thread variables say one thread."""
    def predict(self, image):
        names = ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM", "TF_NUM_INTRAOP_THREADS")
        return float(all(os.environ[name] == "1" for name in names))


class Alone:
    """Holds the pipe "alive" open, and never comes to an end."""
    def load(self):
        os.open("alive", os.O_WRONLY)

    def predict(self, image):
        threading.Event().wait()


class Parent:
    """Holds the pipe "alive" open, and starts a process that does the same and never ends by itself."""
    def load(self):
        alive = os.open("alive", os.O_WRONLY)
        os.set_inheritable(alive, True)
        endless = "import threading; threading.Event().wait()"
        subprocess.Popen([sys.executable, "-c", endless], close_fds=False)

    def predict(self, image):
        threading.Event().wait()
'''


def write_toys(folder: Path) -> None:
    """Write ``toys.py`` into a folder; run there, its classes are ``toys:Good``, ``toys:Random``, ..."""
    (folder / "toys.py").write_text(SOURCE, encoding="utf-8")
