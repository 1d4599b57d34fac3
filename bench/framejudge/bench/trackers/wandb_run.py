"""A run in Weights & Biases: config, summary, files; offline unless the user's own settings say otherwise."""

from __future__ import annotations

from pathlib import Path

import wandb

from framejudge.bench.run import Run
from framejudge.bench.trackers.record import record_of


def log_run(run: Run, *, project: str | None = None, folder: Path | None = None, online: bool = False) -> str:
    """Write a stored run as a run of Weights & Biases.

    Parameters
    ----------
    folder
        Where wandb keeps its files; None for the current folder.
    online
        Send it to the server that wandb is logged in to; otherwise ``wandb sync`` sends it later.

    Returns
    -------
    str
        The folder with the run's files.
    """
    record = record_of(run)
    settings = wandb.Settings(silent=True, console="off")
    started = wandb.init(
        project=project or "framejudge",
        name=record.name,
        config=dict(record.params) | {"tags": dict(record.tags)},
        dir=None if folder is None else str(folder),
        mode="online" if online else "offline",
        settings=settings,
    )
    try:
        started.summary.update(dict(record.metrics))
        files = wandb.Artifact("-".join(("framejudge", started.id)), type="run")
        for file in record.files:
            files.add_file(str(file))
        started.log_artifact(files)
        return str(Path(started.dir).parent)
    finally:
        started.finish()
        wandb.teardown()  # the files are written by a process of wandb's own: wait for it
