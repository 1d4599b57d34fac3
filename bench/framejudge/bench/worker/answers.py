"""Whether an answer is one to the command that was sent: its parent believes nothing of it before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from framejudge.bench.worker.child import commands
from framejudge.bench.worker.child.predictions import MAX_EXPLANATION
from framejudge.bench.worker.child.tracebacks import MAX_CHARACTERS
from framejudge.detectors.opened import MAX_TEXT, one_line

_DIGEST = re.compile(r"[ -~]{1,100}")
_MAX_NS = 2**62


def check_answer(command: commands.Command[Any], answer: commands.Answer) -> None:
    """Refuse an answer to another command, or one with values that cannot be.

    Raises
    ------
    ValueError
        It says which field it is.
    """
    if isinstance(answer, commands.Failed):
        _require(
            _is_text(answer.reason, 3 * MAX_TEXT)
            and _is_text_or_none(answer.traceback, MAX_CHARACTERS + 100),
            "reason",
        )
        return
    kind, check = _CHECKS[type(command)]
    _require(isinstance(answer, kind), f"{type(answer).__name__} for {type(command).__name__}")
    if check is not None:
        check(command, answer)


def _check_loaded(command: commands.Load, answer: commands.Loaded) -> None:
    _require(_is_count(answer.nanoseconds), "nanoseconds")
    threshold = answer.threshold
    _require(threshold is None or (isinstance(threshold, int | float) and 0 <= threshold <= 1), "threshold")
    _require(isinstance(answer.locates, bool) and isinstance(answer.explains, bool), "what it offers")


def _check_scored(command: commands.Score, answer: commands.Scored) -> None:
    images = len(command.paths)
    _check_decoded(images, answer.unreadable, answer.digests, answer.sizes)
    _require(_is_array(answer.scores, (images,), np.float64), "scores")
    given = answer.scores[~np.isnan(answer.scores)]
    _require(bool(((given >= 0) & (given <= 1)).all()), "scores")
    _require(_are_texts(answer.errors, images), "errors")
    _require(_is_array(answer.boxes, (images, 4), np.int32), "boxes")
    boxes, sizes = answer.boxes, answer.sizes
    found = boxes[:, 0] >= 0
    inside = (boxes[:, :2] >= 0) & (boxes[:, :2] < boxes[:, 2:]) & (boxes[:, 2:] <= sizes)
    _require(bool(inside[found].all()), "boxes")
    _require(_is_count(answer.nanoseconds), "nanoseconds")
    _require(_is_text_or_none(answer.batch_failure) and _is_text_or_none(answer.locate_failure), "failures")
    _check_positions(answer.starved, images)
    _check_tracebacks(answer.tracebacks, images)


def _check_explained(command: commands.Explain, answer: commands.Explained) -> None:
    images = len(command.paths)
    _require(_are_texts(answer.explanations, images, MAX_EXPLANATION), "explanations")
    _require(_are_texts(answer.errors, images), "errors")
    _check_tracebacks(answer.tracebacks, images)


def _check_block(command: commands.Decode, answer: commands.DecodedBlock) -> None:
    images = len(answer.unreadable) if isinstance(answer.unreadable, list) else -1
    _require(1 <= images <= len(command.paths), "unreadable")
    _check_decoded(images, answer.unreadable, answer.digests, answer.sizes)
    _require(_is_array(answer.starts, (images,), np.int64), "starts")
    _require(_is_array(answer.files, (images, 2), np.int64), "files")
    _check_positions(answer.starved, images)


def _check_warmed_up(command: commands.WarmUp, answer: commands.WarmedUp) -> None:
    _require(answer.first_call_ns is None or _is_count(answer.first_call_ns), "first_call_ns")
    _require(_is_count(answer.calls), "calls")


def _check_times(command: commands.Time, answer: commands.CallTimes) -> None:
    _require(_is_count(answer.loop_ns), "loop_ns")
    for name, times in answer.stages().items():
        _require(_are_times(times, (len(command.paths) - command.untimed,)), name)


def _check_served(command: commands.Serve, answer: commands.Served) -> None:
    for times in (answer.response_ns, answer.service_ns):
        _require(_are_times(times, (command.calls,)), "times")


def _check_trials(command: commands.Repeat, answer: commands.RepeatTrials) -> None:
    spread = answer.score_spread
    _require(spread is None or (isinstance(spread, int | float) and spread >= 0), "score_spread")
    for times in (answer.nanoseconds, answer.cpu_nanoseconds):
        _require(_are_times(times, (len(times), 4)), "times")


def _check_memory(command: commands.MeasureMemory, answer: commands.PeakMemory) -> None:
    _require(_is_count(answer.kib), "kib")


def _check_tried(command: commands.TryRule, answer: commands.Tried) -> None:
    _require(isinstance(answer.findings, list), "findings")
    for rule, text, kept in answer.findings:
        _require(_is_text(rule) and _is_text(text, 2 * MAX_TEXT) and isinstance(kept, bool), "findings")


_CHECKS: Mapping[
    type[commands.Command[Any]], tuple[type[commands.Answer], Callable[[Any, Any], None] | None]
] = {
    commands.Load: (commands.Loaded, _check_loaded),
    commands.Score: (commands.Scored, _check_scored),
    commands.Explain: (commands.Explained, _check_explained),
    commands.Decode: (commands.DecodedBlock, _check_block),
    commands.WarmUp: (commands.WarmedUp, _check_warmed_up),
    commands.Time: (commands.CallTimes, _check_times),
    commands.Serve: (commands.Served, _check_served),
    commands.Repeat: (commands.RepeatTrials, _check_trials),
    commands.MeasureMemory: (commands.PeakMemory, _check_memory),
    commands.Make: (commands.Made, None),
    commands.TryRule: (commands.Tried, _check_tried),
    commands.Close: (commands.Closed, None),
}


def _check_decoded(images: int, unreadable: Any, digests: Any, sizes: Any) -> None:
    _require(_are_texts(unreadable, images), "unreadable")
    _require(
        digests is None
        or (
            _is_list(digests, images)
            and all(one is None or (isinstance(one, str) and _DIGEST.fullmatch(one)) for one in digests)
        ),
        "digests",
    )
    _require(_is_array(sizes, (images, 2), np.int32), "sizes")
    _require(bool(((sizes > 0).all(axis=1) | (sizes == -1).all(axis=1)).all()), "sizes")


def _check_positions(positions: Any, images: int) -> None:
    _require(isinstance(positions, list) and all(_is_count(k) and k < images for k in positions), "positions")


def _check_tracebacks(tracebacks: Any, images: int) -> None:
    _require(isinstance(tracebacks, list) and len(tracebacks) <= images + 1, "tracebacks")
    for position, text in tracebacks:
        _require(isinstance(position, int) and -1 <= position < images, "tracebacks")
        _require(isinstance(text, str) and len(text) <= MAX_CHARACTERS + 100, "tracebacks")


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise ValueError(f"an answer whose {one_line(name)} cannot be")


def _is_list(values: Any, length: int) -> bool:
    return isinstance(values, list) and len(values) == length


def _are_texts(values: Any, length: int, longest: int = MAX_TEXT) -> bool:
    return _is_list(values, length) and all(_is_text_or_none(one, longest) for one in values)


def _is_text_or_none(value: Any, longest: int = MAX_TEXT) -> bool:
    return value is None or _is_text(value, longest)


def _is_text(value: Any, longest: int = MAX_TEXT) -> bool:
    return isinstance(value, str) and len(value) <= longest


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= _MAX_NS


def _is_array(value: Any, shape: tuple[int, ...], kind: type[np.generic]) -> bool:
    return isinstance(value, np.ndarray) and value.shape == shape and value.dtype == kind


def _are_times(value: Any, shape: tuple[int, ...]) -> bool:
    return _is_array(value, shape, np.int64) and bool((value >= -1).all())
