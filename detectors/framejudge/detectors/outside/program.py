"""A detector that is a program: it gets a picture as PNG on its standard input and prints a score."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

import cv2

from framejudge.datasets.errors import InputError
from framejudge.detectors.protocol import Image

TIMEOUT_S = 60.0


class ProgramDetector:
    """A program that is started for each picture; a subclass says which.

    Attributes
    ----------
    command
        The program and its arguments; the picture comes through standard input as PNG.

    >>> class Tool(ProgramDetector):
    ...     command = ("frame-tool", "--score", "-")
    """

    command: Sequence[str] = ()

    def load(self) -> None:
        """Look whether the program is there.

        Raises
        ------
        InputError
            Where it is not.
        """
        if not self.command or shutil.which(self.command[0]) is None:
            raise InputError(
                f"there is no program {(*self.command, '')[0]!r}", fix="install it, or give its path"
            )

    def predict(self, image: Image) -> float:
        """Return the number that the program prints last.

        Raises
        ------
        InputError
            Where it fails, or prints none.
        """
        _, png = cv2.imencode(".png", image[..., ::-1])
        done = subprocess.run(
            self.command, input=png.tobytes(), capture_output=True, timeout=TIMEOUT_S, check=False
        )
        words = done.stdout.decode("utf-8", "replace").split()
        try:
            if done.returncode:
                raise ValueError(f"exit code {done.returncode}")
            return float(words[-1])
        except (ValueError, IndexError) as problem:
            said = done.stderr.decode("utf-8", "replace").strip()[-200:]
            raise InputError(
                f"it prints no score ({problem}){': ' + said if said else ''}", where=" ".join(self.command)
            ) from problem
