"""One training of a sweep, in a process of its own; started by `sweep` with the folder of the task.

Prints a line after each epoch. With ``--latency FOLDER...`` it times finished networks instead.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.reading import read_dataset
from framejudge.detectors.network.model.architectures import PROFILE, build
from framejudge.detectors.network.model.detector import NetworkDetector
from framejudge.detectors.network.train.labelled_pictures import (
    LabelledPictures,
    read_pictures,
    validation_parts,
)
from framejudge.detectors.network.train.learning_curves import convergence
from framejudge.detectors.network.train.sweep import INPUT_ERROR_CODE, RESULT_FILE, SCORES_FILE, Task

LATENCY_CALLS, WARM_UP_CALLS = 300, 50
LATENCY_PICTURE_PX = 300


def train_task(folder: Path) -> None:
    """Do the training that stands in a folder and write its result there, last and in one step."""
    from framejudge.detectors.network.train.checkpoint import read_history
    from framejudge.detectors.network.train.finishing import finish, predict
    from framejudge.detectors.network.train.plan import Plan
    from framejudge.detectors.network.train.training import fit, validation_pictures

    task = Task.read(folder)
    settings = task.settings
    dataset = read_dataset(settings.dataset, settings.reading)
    masks = validation_parts(dataset, folds=settings.folds, share=settings.share, seed=settings.seed)
    size_px = int(build(task.name).input_shape[1])
    pictures = read_pictures(dataset, size_px, cache=folder.parent.parent / "pictures")
    training, validation = pictures.part(~masks[task.fold]), pictures.part(masks[task.fold])
    plan = Plan(
        task.name,
        settings.epochs,
        vary_colours=task.name == PROFILE,  # the published recipe flips, no more
        seed=settings.seed,
        mixed_precision=settings.mixed_precision,
        images=len(training),
        patience=settings.patience,
    )
    model = fit(plan, training, validation, folder, on_epoch=lambda _: print("epoch", flush=True))

    def right(part: LabelledPictures) -> npt.NDArray[np.bool_]:
        return np.equal(predict(model, part.shard.pictures) >= 0.5, part.shard.framed)

    np.savez(
        folder / SCORES_FILE,
        train_right=right(training),
        train_groups=training.groups,
        validation_right=right(validation),
        validation_groups=validation.groups,
    )
    finish(plan, model, validation_pictures(plan, validation), training.origin, folder)
    history = read_history(folder)
    result = {
        "parameters": int(model.count_params()),
        "seconds": sum(figures["seconds"] for figures in history),
        "verdict": convergence(history),
        "history": history,
    }
    replace_text(folder / RESULT_FILE, json.dumps(result))


def time_task(folder: Path) -> None:
    """Time the finished network of a folder: one picture of 300x300 in, score out."""
    detector = NetworkDetector(folder / "model.keras")
    detector.load()
    side = LATENCY_PICTURE_PX
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    for _ in range(WARM_UP_CALLS):
        detector.predict(picture)
    nanoseconds = np.empty(LATENCY_CALLS)
    for call in range(LATENCY_CALLS):
        started = time.perf_counter_ns()
        detector.predict(picture)
        nanoseconds[call] = time.perf_counter_ns() - started
    facts = {"p50_ms": float(np.median(nanoseconds)) / 1e6, "calls": LATENCY_CALLS}
    replace_text(folder / "latency.json", json.dumps(facts) + "\n")


def _end_with_the_parent() -> None:
    """End this process when its input closes: an orphan would train on beside the sweep that is resumed."""
    sys.stdin.read()
    os._exit(1)


def _threads_of_the_environment() -> None:
    import tensorflow as tf

    threads = int(os.environ.get("TF_NUM_INTRAOP_THREADS", "0"))
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit status."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    _threads_of_the_environment()
    try:
        if arguments[0] == "--latency":
            for folder in arguments[1:]:
                time_task(Path(folder))
        else:
            train_task(Path(arguments[0]))
    except InputError as problem:
        print(problem, flush=True)
        return INPUT_ERROR_CODE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
