"""What a run does where nothing else was asked. Imports nothing, so that ``bench --help`` may use it."""

from __future__ import annotations

CALLS = 500
"""Timed calls of each detector; a p99 with its interval needs 368."""

TIMEOUT_S = 300.0
"""How long a detector may take to load, or for one image, in seconds."""

CHECK_TIMEOUT_S = 60.0
"""How long a detector may take for one rule of the interface, in seconds."""

MAX_CRASHES = 5
"""Images that may end a detector's process: with so many it is given up."""

INSTALL_COMMAND = "{python} -m pip install --quiet ."
"""What installs a commit into its environment, before it is measured beside the present one."""
