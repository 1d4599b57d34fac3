"""The script that a detector lives in: one process, one detector, commands in, figures out.

Started as ``python -P worker.py``; commands come through standard input and answers leave through standard
output, which the detector never sees: what it prints goes to standard error. `worker_process` is the other
end. Needs the standard library, numpy and framejudge's decoder, so that ``python`` may be the interpreter of
another environment, with another version of a detector in it.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import math
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter_ns, process_time_ns, sleep
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]
    Array = npt.NDArray[Any]

WARM_UP_WINDOW_CALLS = 20
WARM_UP_MAX_CALLS = 400
WARM_UP_MAX_NS = 5_000_000_000
WARM_UP_STILL_FALLING = 0.95
"""Warm-up goes on while the median of a window is below this fraction of the one before it."""

REPEATS_MIN_TRIALS = 8
REPEATS_MAX_CPU_NS = 5_000_000_000
REPEATS_MAX_NS = 30_000_000_000
"""A slow detector's repeats are few: after so much work, or so long, and that many trials, there are no more.

The work is what counts: where others keep the machine busy, little of it is done in a long time.
"""

AWAKE_BEFORE_NS = 1_000_000
"""So long before an arrival the worker stops sleeping and watches the clock: a sleep may end that late."""

DECODE, PREDICT = "decode", "predict"
"""Stages at which an image can fail."""

_LENGTH = struct.Struct("<Q")
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Message:
    """What goes through a pipe: fields as JSON, arrays as raw bytes."""

    fields: Mapping[str, Any]
    arrays: Mapping[str, Array] = field(default_factory=dict)


def encode(message: Message) -> bytes:
    """Return a message's bytes: the length of the header, the header as JSON, the arrays."""
    arrays = {name: np.ascontiguousarray(array) for name, array in message.arrays.items()}
    shapes = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    header = json.dumps({"fields": dict(message.fields), "arrays": shapes}).encode("ascii")
    return b"".join([_LENGTH.pack(len(header)), header, *(array.tobytes() for array in arrays.values())])


def decode(read: Callable[[int], bytes]) -> Message:
    """Read one message through ``read(n)``, which returns exactly n bytes or raises EOFError."""
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    header = json.loads(read(length))
    arrays: dict[str, Array] = {}
    for name, (dtype, shape) in header["arrays"].items():
        kind = np.dtype(dtype)
        arrays[name] = np.frombuffer(read(kind.itemsize * math.prod(shape)), kind).reshape(shape)
    return Message(header["fields"], arrays)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One image that was read: its pixels, or why there are none."""

    image: Image | None
    error: str | None
    nanoseconds: int


class Worker:
    """One detector and the commands on it; each command's method returns its answer."""

    def __init__(self) -> None:
        self._detector: Any = None

    def answer(self, command: Message) -> Message:
        """Carry out a command; an exception of the detector becomes a failure that is told."""
        fields = dict(command.fields)
        method = getattr(self, fields.pop("command"))
        try:
            result: Message = method(**fields)
        except Exception as problem:
            return Message({"failure": describe(problem)})
        return result

    def load(self, spec: Mapping[str, Any], cores: Sequence[int] | None = None) -> Message:
        """Pin the process where asked; then import, make and load the detector, timed together."""
        if cores is not None:
            os.sched_setaffinity(0, cores)
        from framejudge.detectors.registry import DetectorSpec, create

        start = perf_counter_ns()
        self._detector = create(DetectorSpec(**spec))
        if hasattr(self._detector, "load"):
            self._detector.load()
        nanoseconds = perf_counter_ns() - start
        fields = {
            "nanoseconds": nanoseconds,
            "threshold": _threshold(self._detector),
            "locates": callable(getattr(self._detector, "locate", None)),
            "explains": callable(getattr(self._detector, "explain", None)),
        }
        return Message(fields)

    def score(
        self, paths: Sequence[str], decode_threads: int, digests: bool, locate: Sequence[int] = ()
    ) -> Message:
        """Decode a block of images, score each once; a batch where the detector takes one.

        The images at the positions ``locate`` are located too where they are judged framed: decoded already,
        they cost a call and no second pass.
        """
        decoded = _decode_all(paths, decode_threads)
        errors = {k: (DECODE, one.error) for k, one in enumerate(decoded) if one.error is not None}
        images = {k: one.image for k, one in enumerate(decoded) if one.image is not None}
        scores, batch_failure, nanoseconds = self._predict_all(list(images.values()))
        kept = np.full(len(paths), np.nan)
        for k, score in zip(images, scores, strict=True):
            if isinstance(score, float):
                kept[k] = score
            else:
                errors[k] = (PREDICT, score.reason)
        boxes, locate_failure = self._locate_all(images, kept, locate)
        fields = {
            "errors": [(k, *error) for k, error in sorted(errors.items())],
            "batch_failure": batch_failure,
            "locate_failure": locate_failure,
            "nanoseconds": nanoseconds,
            "digests": _digests(decoded) if digests else None,
        }
        return Message(fields, {"scores": kept, "sizes": _sizes(decoded), "boxes": boxes})

    def explain(self, paths: Sequence[str], decode_threads: int) -> Message:
        """Have a block of images explained: JSON as the report reads it, None where there is no answer."""
        decoded = _decode_all(paths, decode_threads)
        return Message({"explanations": [self._explain(one.image) for one in decoded]})

    def warm_up(self, paths: Sequence[str]) -> Message:
        """Call the detector until it no longer gets faster; only the first call is a figure."""
        images = _pixels(_decode_all(paths, threads=1))
        predict = self._detector.predict
        times = list(_until_steady(_nanoseconds(predict, image) for image in _bounded(cycle(images))))
        first = times[0] if times and times[0] >= 0 else None
        return Message({"first_call_ns": first, "calls": len(times)})

    def time(self, paths: Sequence[str], untimed: int) -> Message:
        """Time one call per image; the first ``untimed`` of them only bring the caches back.

        The answer's arrays have an entry per timed path, -1 where the call or the decoder failed; ``prepare``
        and ``infer`` are there only for a detector with these two stages. ``loop_ns`` is the whole loop.
        """
        decoded = _decode_all(paths, threads=1)
        detector = self._detector
        images = [one.image for one in decoded[untimed:]]
        with _no_garbage_collection():
            for image in _pixels(decoded[:untimed]):
                _nanoseconds(detector.predict, image)
            start = perf_counter_ns()
            if hasattr(detector, "prepare") and hasattr(detector, "infer"):
                arrays = _time_stages(detector.prepare, detector.infer, images)
            else:
                arrays = {"predict": _time_calls(detector.predict, images)}
            loop_ns = perf_counter_ns() - start
        decode_ns = np.array([one.nanoseconds for one in decoded[untimed:]], dtype=np.int64)
        return Message({"loop_ns": loop_ns}, {**arrays, "decode": decode_ns})

    def serve(self, paths: Sequence[str], calls: int, per_second: float, seed: Sequence[int]) -> Message:
        """Serve images as they arrive, one at a time, whether or not the one before is done; see `serve`."""
        decoded = _decode_all(paths, threads=1)
        images = [one.image for one in decoded]
        with _no_garbage_collection():
            start = perf_counter_ns()
            served = serve(_timed_call(self._detector), images, poisson_arrivals(calls, per_second, seed))
            loop_ns = perf_counter_ns() - start
        return Message({"loop_ns": loop_ns}, {"response": served.response_ns, "predict": served.service_ns})

    def repeats(self, paths: Sequence[str], trials: int, seed: int) -> Message:
        """Time images that the detector has seen against images that it has not; see `time_repeats`."""
        images = _pixels(_decode_all(paths, threads=1))
        with _no_garbage_collection():
            found = time_repeats(_timed_call(self._detector), images, trials, seed)
        arrays = {"nanoseconds": found.nanoseconds, "cpu_nanoseconds": found.cpu_nanoseconds}
        return Message({"score_spread": found.score_spread}, arrays)

    def peak_memory(self) -> Message:
        """Tell the largest resident size that this process ever had."""
        return Message({"kib": _peak_resident_kib()})

    def close(self) -> Message:
        """Let the detector give back what it holds."""
        if hasattr(self._detector, "close"):
            self._detector.close()
        return Message({})

    def _predict_all(self, images: Sequence[Image]) -> tuple[list[float | _NoScore], str | None, int]:
        """Return a score or an error per image, why the batch was not used, and the nanoseconds."""
        start = perf_counter_ns()
        batch_failure = None
        if images and hasattr(self._detector, "predict_batch"):
            try:
                values = checked_batch(self._detector.predict_batch(images), len(images))
                return [_checked(value) for value in values], None, perf_counter_ns() - start
            except Exception as problem:
                # One bad image fails a whole batch; called one by one, the others keep their scores.
                batch_failure = describe(problem)
        start = perf_counter_ns()
        scores = [self._predict(image) for image in images]
        return scores, batch_failure, perf_counter_ns() - start

    def _locate_all(
        self, images: Mapping[int, Image], scores: Array, wanted: Sequence[int]
    ) -> tuple[Array, str | None]:
        """Return boxes, shape (n, 4), -1 where there is none, and why the first failed call did."""
        from framejudge.detectors.protocol import DEFAULT_THRESHOLD

        boxes = np.full((len(scores), 4), -1, dtype=np.int32)
        failure = None
        threshold = _threshold(self._detector)
        framed = scores >= (DEFAULT_THRESHOLD if threshold is None else threshold)
        for k in wanted:
            if not framed[k]:
                continue
            try:
                box = self._detector.locate(images[k])
                if box is not None:
                    boxes[k] = checked_box(box, images[k])
            except Exception as problem:
                failure = failure or describe(problem)
        return boxes, failure

    def _explain(self, image: Image | None) -> str | None:
        if image is None:
            return None
        try:
            explanation = self._detector.explain(image)
            lines = [[line.x0, line.y0, line.x1, line.y1, line.kind] for line in explanation.lines]
            return json.dumps({"text": explanation.text, "lines": lines}, allow_nan=False)
        except Exception:  # an explanation is a help for the reader and decides nothing
            return None

    def _predict(self, image: Image) -> float | _NoScore:
        try:
            return _checked(self._detector.predict(image))
        except Exception as problem:
            return _NoScore(describe(problem))


@dataclass(frozen=True, slots=True)
class _NoScore:
    reason: str


def describe(problem: Exception) -> str:
    """Return an exception in one line; our own input errors speak for themselves."""
    text = " ".join(str(problem).split())
    if type(problem).__name__ == "InputError":
        return text
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _threshold(detector: Any) -> float | None:
    threshold = getattr(detector, "threshold", None)
    if threshold is None:
        return None
    value = float(threshold)
    if not 0 <= value <= 1:
        raise ValueError(f"its threshold {value} is outside [0, 1]")
    return value


def _checked(score: Any) -> float | _NoScore:
    value = float(score)
    return value if 0 <= value <= 1 else _NoScore(f"its score {value} is outside [0, 1]")


def checked_box(box: Any, image: Image) -> Array:
    """Return the four sides of a detector's box in whole pixels; a ValueError where it is none inside."""
    sides = np.array(tuple(box), dtype=np.float64)
    if sides.shape != (4,) or not np.isfinite(sides).all():
        raise ValueError(f"locate returned {box!r}, not four sides in pixels")
    left, top, right, bottom = sides
    height, width = image.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(f"its box {left:g},{top:g}-{right:g},{bottom:g} is not inside {width}x{height}")
    return np.rint(sides)


def checked_batch(scores: Any, expected: int) -> Array:
    """Return the scores of a batch, (expected,); a ValueError where they are not one each."""
    values = np.asarray(scores, dtype=np.float64)
    if values.shape != (expected,):
        raise ValueError(f"predict_batch returned shape {values.shape} for {expected} images")
    return values


def _decode_all(paths: Sequence[str], threads: int) -> list[Decoded]:
    if threads == 1:
        return [_decode_one(path) for path in paths]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(_decode_one, paths))


def _decode_one(path: str) -> Decoded:
    from framejudge.datasets.images.decode import UnreadableImage, decode_image

    start = perf_counter_ns()
    try:
        image = decode_image(path)
    except UnreadableImage as problem:
        return Decoded(None, problem.what, perf_counter_ns() - start)
    return Decoded(image, None, perf_counter_ns() - start)


def _pixels(decoded: Sequence[Decoded]) -> list[Image]:
    return [one.image for one in decoded if one.image is not None]


def _digests(decoded: Sequence[Decoded]) -> list[str | None]:
    from framejudge.datasets.images.fingerprint import image_digest

    return [None if one.image is None else image_digest(one.image) for one in decoded]


def _sizes(decoded: Sequence[Decoded]) -> Array:
    """Return (width, height) per image, -1 where there is none."""
    shapes = [(-1, -1) if one.image is None else one.image.shape[1::-1] for one in decoded]
    return np.array(shapes, dtype=np.int32).reshape(len(decoded), 2)


def _nanoseconds(predict: Callable[[Image], Any], image: Image) -> int:
    start = perf_counter_ns()
    try:
        predict(image)
    except Exception:
        return -1
    return perf_counter_ns() - start


def _bounded(images: Iterator[Image]) -> Iterator[Image]:
    deadline = perf_counter_ns() + WARM_UP_MAX_NS
    for image in islice(images, WARM_UP_MAX_CALLS):
        yield image
        if perf_counter_ns() > deadline:
            return


def _until_steady(times: Iterator[int]) -> Iterator[int]:
    """Pass on the time of call after call until a window of them is no faster than the one before."""
    before = math.inf
    while window := list(islice(times, WARM_UP_WINDOW_CALLS)):
        yield from window
        now = median(window)
        if now >= WARM_UP_STILL_FALLING * before:
            return
        before = now


def _time_calls(predict: Callable[[Image], Any], images: Sequence[Image | None]) -> Array:
    nanoseconds = np.full(len(images), -1, dtype=np.int64)
    clock = perf_counter_ns
    for k, image in enumerate(images):
        if image is None:
            continue
        try:
            start = clock()
            predict(image)
            end = clock()
        except Exception:  # listed as an error of this image by the scoring pass
            continue
        nanoseconds[k] = end - start
    return nanoseconds


def _time_stages(
    prepare: Callable[[Image], Any], infer: Callable[[Any], Any], images: Sequence[Image | None]
) -> dict[str, Array]:
    nanoseconds = np.full((len(images), 3), -1, dtype=np.int64)
    clock = perf_counter_ns
    for k, image in enumerate(images):
        if image is None:
            continue
        try:
            start = clock()
            prepared = prepare(image)
            middle = clock()
            infer(prepared)
            end = clock()
        except Exception:  # listed as an error of this image by the scoring pass
            continue
        nanoseconds[k] = end - start, middle - start, end - middle
    return dict(zip(("predict", "prepare", "infer"), nanoseconds.T, strict=True))


def poisson_arrivals(calls: int, per_second: float, seed: int | Sequence[int]) -> Array:
    """Return when calls arrive, in nanoseconds from the start, shape (calls,).

    The gaps are exponential. One seed gives the same gaps at every rate, only shorter or longer.
    """
    gaps = np.random.default_rng(seed).exponential(size=calls)
    arrivals: Array = np.rint(np.cumsum(gaps) * 1e9 / per_second).astype(np.int64)
    return arrivals


@dataclass(frozen=True, slots=True)
class Served:
    """Calls that came by a schedule, nanoseconds, shape (calls,); -1 where a call failed.

    ``response_ns`` counts from the scheduled arrival to the answer, ``service_ns`` is the call alone.
    """

    response_ns: Array
    service_ns: Array


def serve(
    predict: Callable[[Image], Any],
    images: Sequence[Image | None],
    arrivals_ns: Array,
    clock: Callable[[], int] = perf_counter_ns,
    rest: Callable[[float], None] = sleep,
) -> Served:
    """Call a detector once per arrival, in their order, on the images in turn.

    A call that arrives while the one before is at work waits, and its waiting counts: a stall is seen by
    every call that came meanwhile. (A loop that only starts its next call when one is done sees it once:
    Tene's "coordinated omission".)
    """
    response = np.full(len(arrivals_ns), -1, dtype=np.int64)
    service = response.copy()
    opening = clock()
    for k, (arrival, image) in enumerate(zip(arrivals_ns.tolist(), cycle(images), strict=False)):
        due = opening + arrival
        _wait(due, clock, rest)
        if image is None:
            continue
        try:
            start = clock()
            predict(image)
            end = clock()
        except Exception:  # listed as an error of this image by the scoring pass
            continue
        response[k], service[k] = end - due, end - start
    return Served(response, service)


def _wait(due: int, clock: Callable[[], int], rest: Callable[[float], None]) -> None:
    while (left := due - clock()) > 0:
        if left > AWAKE_BEFORE_NS:
            rest((left - AWAKE_BEFORE_NS) / 1e9)


@dataclass(frozen=True, slots=True)
class RepeatTrials:
    """What `time_repeats` found.

    Attributes
    ----------
    nanoseconds
        Shape (trials, 3): a call on new pixels, the same pixels at once again, and pixels seen long before;
        -1 where a call failed.
    cpu_nanoseconds
        The same calls by the work that all threads of the process did, which other programs add little to.
    score_spread
        The most that two scores of the same pixels differ; None where no pixels were scored twice.
    """

    nanoseconds: Array
    cpu_nanoseconds: Array
    score_spread: float | None


def time_repeats(
    predict: Callable[[Image], Any],
    images: Sequence[Image],
    trials: int,
    seed: int,
    clock: Callable[[], int] = perf_counter_ns,
    cpu_clock: Callable[[], int] = process_time_ns,
) -> RepeatTrials:
    """Time calls on pixels that the detector has seen and on pixels that it cannot have seen.

    All of them are images with fresh noise in their lowest bit: new content for any cache, the same work for
    an honest detector. Every call gets a copy of its own, so that none finds its pixels in the processor's
    cache, and a call on other noise goes before each trial. Images take turns at random, and so do the kinds
    of call: pixels that were seen long before come as often first as last.
    """
    random = np.random.default_rng(seed)
    seen = [_with_noise(image, random) for image in images]
    answers: list[list[float]] = [[] for _ in images]

    def call(image: Image, scores: list[float] | None = None) -> tuple[int, int]:
        times, score = _answer_timed(predict, image.copy(), clock, cpu_clock)
        if scores is not None and math.isfinite(score):
            scores.append(score)
        return times

    for k in random.permutation(len(images)):
        call(seen[k], answers[k])
    deadline, cpu_deadline = clock() + REPEATS_MAX_NS, cpu_clock() + REPEATS_MAX_CPU_NS
    times: list[tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = []
    turns = (k for _ in range(trials) for k in random.permutation(len(images)).tolist())
    seen_first = random.permutation(np.arange(trials) % 2 == 0)
    for k, first in zip(islice(turns, trials), seen_first, strict=False):
        if len(times) >= REPEATS_MIN_TRIALS and (clock() > deadline or cpu_clock() > cpu_deadline):
            break
        call(_with_noise(images[k], random))
        new = _with_noise(images[k], random)
        if first:
            of_seen = call(seen[k], answers[k])
            times.append((call(new), call(new), of_seen))
        else:
            times.append((call(new), call(new), call(seen[k], answers[k])))
    spreads = [max(scores) - min(scores) for scores in answers if len(scores) > 1]
    wall, cpu = np.moveaxis(np.array(times, dtype=np.int64).reshape(-1, 3, 2), 2, 0)
    return RepeatTrials(wall, cpu, max(spreads, default=None))


def _with_noise(image: Image, random: np.random.Generator) -> Image:
    return image ^ random.integers(2, size=image.shape, dtype=np.uint8)


def _timed_call(detector: Any) -> Callable[[Image], Any]:
    """Return what the timing pass calls: both stages where there are two."""
    if hasattr(detector, "prepare") and hasattr(detector, "infer"):
        return lambda image: detector.infer(detector.prepare(image))
    predict: Callable[[Image], Any] = detector.predict
    return predict


def _answer_timed(
    predict: Callable[[Image], Any], image: Image, clock: Callable[[], int], cpu_clock: Callable[[], int]
) -> tuple[tuple[int, int], float]:
    cpu_start = cpu_clock()
    start = clock()
    try:
        answer = predict(image)
        nanoseconds = clock() - start
        return (nanoseconds, cpu_clock() - cpu_start), float(answer)
    except Exception:  # listed as an error of this image by the scoring pass
        return (-1, -1), math.nan


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _peak_resident_kib() -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        import resource

        # Not on Linux, where this carries over the size of the parent at the moment of the start.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


def _die_with_the_parent() -> None:
    """Have the kernel end this process when its parent is killed, however busy the detector is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _take_over_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move commands and answers to descriptors of their own; a detector's prints go to standard error."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, answers


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> None:
    """Answer commands until ``close``, or until nobody is left to send one."""
    _die_with_the_parent()
    faulthandler.enable()
    commands, answers = _take_over_the_pipes()
    worker = Worker()
    while True:
        try:
            command = decode(lambda size: _read_exactly(commands, size))
        except EOFError:
            return
        answers.write(encode(worker.answer(command)))
        answers.flush()
        if command.fields["command"] == "close":
            return


if __name__ == "__main__":
    main()
