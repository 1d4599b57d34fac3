"""Many experiments on one fixed set, each in a process of its own; what a killed sweep finished stays.

Imports neither Keras nor TensorFlow: `sweep_task` does, in the processes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import Queue
from typing import Any

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import InputError
from framejudge.datasets.images.fingerprint import labels_fingerprint
from framejudge.datasets.progress import Progress, Silence
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.detectors.network.model.architectures import PROFILE
from framejudge.detectors.network.model.experiments import Experiment
from framejudge.detectors.network.train.labelled_pictures import validation_parts
from framejudge.detectors.network.train.learning_curves import History

TASK_FILE, RESULT_FILE, SCORES_FILE, LOG_FILE = "task.json", "result.json", "scores.npz", "log.txt"
INPUT_ERROR_CODE = 2
"""Exit status of a task that the user can correct; its line is the last that the task printed."""

_MODULE = "framejudge.detectors.network.train.sweep_task"


@dataclass(frozen=True, slots=True)
class Settings:
    """What all trainings of a sweep share.

    Attributes
    ----------
    dataset
        Folder of the labelled set.
    epochs
        Of each training.
    folds
        Each experiment is trained so many times, each time validated on another part; None for once.
    share
        Of the pictures that validate where there are no folds.
    seed
        Of split and training.
    labels_fingerprint
        Of the set, put in by `plan_tasks`: a sweep does not go on once its labels have changed.
    reading
        How the set is read.
    """

    dataset: str
    epochs: int
    folds: int | None = None
    share: float = 0.2
    seed: int = 0
    mixed_precision: bool = False
    patience: int | None = None
    labels_fingerprint: str = ""
    reading: ReadingOptions = AS_IT_IS


@dataclass(frozen=True, slots=True)
class Task:
    """One training of a sweep."""

    name: str
    fold: int
    settings: Settings

    def folder(self, out: Path) -> Path:
        """Return where its files lie."""
        return out / self.name / f"fold-{self.fold}"

    def as_json(self) -> dict[str, Any]:
        """Return it as it stands in its folder."""
        facts: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return facts

    @classmethod
    def read(cls, folder: Path) -> Task:
        """Read the task of a folder."""
        facts = json.loads((folder / TASK_FILE).read_text(encoding="utf-8"))
        settings = dict(facts["settings"])
        if "reading" in settings:  # a sweep of an older version has none
            reading = settings["reading"]
            settings["reading"] = ReadingOptions(**reading | {"where": tuple(reading["where"])})
        return cls(facts["name"], facts["fold"], Settings(**settings))


@dataclass(frozen=True, slots=True)
class Row:
    """An experiment's line of the table, over all of its folds.

    Attributes
    ----------
    train_right, validation_right
        Whether each picture was classified right by a network that had it in training, or did not, at 0.5.
    train_groups, validation_groups
        The source photo of each.
    seconds
        Of training, all folds together.
    latency_ms
        Median of one thread, one 300x300 picture in, score out.
    verdict
        Of the first fold; see `convergence`.
    history
        Of the first fold.
    """

    name: str
    train_right: npt.NDArray[np.bool_]
    train_groups: npt.NDArray[np.str_]
    validation_right: npt.NDArray[np.bool_]
    validation_groups: npt.NDArray[np.str_]
    parameters: int
    seconds: float
    latency_ms: float
    verdict: str
    history: History


def sweep(
    names: Sequence[str],
    settings: Settings,
    out: Path,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Train every experiment and return the table's rows; goes on with what a killed sweep left in ``out``.

    Parameters
    ----------
    names
        Experiments' names, or ``profile``.
    jobs
        Trainings at once; by default one a GPU, or one a core where there is none.
    progress
        Counts the epochs of all trainings.

    Raises
    ------
    InputError
        For an unknown name, a set that cannot be split, or another sweep in the same folder.
    """
    tasks = plan_tasks(names, settings)
    progress = progress or Silence()
    progress.begin("training", settings.epochs * len(tasks))
    for task in tasks:
        _write_task(task, out)
    waiting = [task for task in tasks if not (task.folder(out) / RESULT_FILE).exists()]
    gpus = count_gpus()
    jobs = min(jobs or gpus or os.cpu_count() or 1, max(1, len(waiting)))
    places: Queue[int] = Queue()
    for place in range(jobs):
        places.put(place)

    def train(task: Task) -> None:
        place = places.get()
        try:
            _run(
                [str(task.folder(out))],
                task.folder(out) / LOG_FILE,
                _environment(place, jobs, gpus),
                progress,
            )
        finally:
            places.put(place)

    with ThreadPoolExecutor(jobs) as pool:
        try:
            list(pool.map(train, waiting))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    firsts = [str(task.folder(out)) for task in tasks if task.fold == 0]
    unmeasured = [folder for folder in firsts if not (Path(folder) / "latency.json").exists()]
    if unmeasured:  # one after the other, when no training runs
        on_the_processor = _environment(0, os.cpu_count() or 1, 0) | {"CUDA_VISIBLE_DEVICES": "-1"}
        _run(["--latency", *unmeasured], out / LOG_FILE, on_the_processor, Silence())
    return [_row(name, [task for task in tasks if task.name == name], out) for name in dict.fromkeys(names)]


def plan_tasks(names: Sequence[str], settings: Settings) -> list[Task]:
    """Return the trainings of a sweep, after looking whether they can be done.

    Raises
    ------
    InputError
        For no name, an unknown one, or a set that cannot be split.
    """
    if not names:
        raise InputError("no experiment given", fix="name at least one, or profile")
    for name in names:
        if name != PROFILE:
            Experiment.from_name(name)
    dataset = read_dataset(settings.dataset, settings.reading)
    masks = validation_parts(dataset, folds=settings.folds, share=settings.share, seed=settings.seed)
    settings = replace(settings, labels_fingerprint=labels_fingerprint(dataset))
    return [Task(name, fold, settings) for name in dict.fromkeys(names) for fold in range(len(masks))]


def count_gpus() -> int:
    """Return how many graphics processors a training may use; 0 where there are none."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([each for each in visible.split(",") if each.strip() not in ("", "-1")])
    if shutil.which("nvidia-smi") is None:
        return 0
    listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False)
    return len(listed.stdout.splitlines()) if listed.returncode == 0 else 0


def _environment(place: int, jobs: int, gpus: int) -> dict[str, str]:
    """Return the environment of a process that shares the machine with ``jobs - 1`` others."""
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    if gpus:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(gpus)))).split(",")
        environment["CUDA_VISIBLE_DEVICES"] = visible[place % gpus]
    return environment


def _write_task(task: Task, out: Path) -> None:
    folder = task.folder(out)
    if (folder / TASK_FILE).exists():
        if Task.read(folder) != task:
            raise InputError(
                "holds a sweep with other settings or labels", where=out, fix="choose another --out"
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    replace_text(folder / TASK_FILE, json.dumps(task.as_json(), indent=2) + "\n")


def _run(arguments: Sequence[str], log: Path, environment: Mapping[str, str], progress: Progress) -> None:
    """Run `sweep_task` until it ends; it ends itself when this process dies, as its input then closes."""
    last = ""
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [sys.executable, "-m", _MODULE, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None  # it is a pipe
        for line in process.stdout:
            last = line.strip() or last
            progress.advance(1)
    if process.returncode == INPUT_ERROR_CODE:
        raise InputError(last)
    if process.returncode:
        raise RuntimeError(f"a training ended with status {process.returncode}; its last words are in {log}")


def _row(name: str, tasks: Sequence[Task], out: Path) -> Row:
    folders = [task.folder(out) for task in tasks]
    results = [json.loads((folder / RESULT_FILE).read_text(encoding="utf-8")) for folder in folders]
    latency = json.loads((folders[0] / "latency.json").read_text(encoding="utf-8"))
    columns: dict[str, list[Any]] = {}
    for folder in folders:
        with np.load(folder / SCORES_FILE) as arrays:
            for key in arrays.files:
                columns.setdefault(key, []).append(arrays[key])
    whole = {key: np.concatenate(parts) for key, parts in columns.items()}
    return Row(
        name,
        whole["train_right"],
        whole["train_groups"],
        whole["validation_right"],
        whole["validation_groups"],
        parameters=results[0]["parameters"],
        seconds=sum(result["seconds"] for result in results),
        latency_ms=latency["p50_ms"],
        verdict=results[0]["verdict"],
        history=results[0]["history"],
    )
