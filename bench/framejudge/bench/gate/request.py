"""What a gate is asked: to judge a stored run, or to measure detectors and judge them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from framejudge.bench.defaults import INSTALL_COMMAND
from framejudge.bench.gate.leniency import STRICT, Leniency
from framejudge.bench.run.manifest import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRequest:
    """What the user asked a gate for: ``run`` or ``measure``, one of them.

    Attributes
    ----------
    run
        The folder of a stored run to judge.
    measure
        What to measure and judge; its ``calls`` are chosen by the rules.
    baselines
        Folders of runs, ``git:REV``, a model file, or ``package.module:Class``; see `baselines.is_stored`.
    rules
        A TOML file; None for framejudge-gate.toml or pyproject.toml here, else the default rules.
    leniency
        What does not count against the exit code.
    install
        The command that installs a commit into its environment.
    pair_calls
        Timed calls of each process of a pair; None for as many as there are images, up to 300.
    """

    run: Path | None = None
    measure: Request | None = None
    baselines: Sequence[str] = ()
    rules: Path | None = None
    leniency: Leniency = STRICT
    install: str = INSTALL_COMMAND
    pair_calls: int | None = None
