"""What a command needs beyond a plain install."""

from __future__ import annotations

import importlib.util


def needs_tensorflow(what: str) -> None:
    """Say in one line how to install TensorFlow where it is missing.

    Raises
    ------
    InputError
        When TensorFlow is not installed.
    """
    from framejudge.datasets.errors import InputError

    if importlib.util.find_spec("tensorflow") is None:
        raise InputError(
            f"{what} needs TensorFlow, which is not installed", fix="pip install 'framejudge[tensorflow]'"
        )
