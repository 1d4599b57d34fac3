"""Whether a detector keeps to the interface: what its author runs before anyone measures it.

Every rule is tried on the same few made pictures, small and long ones among them, in this process. `bench
check` has them tried in a worker: a rule on which a detector ends the process is named, too.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from framejudge.detectors.behaviour import ALONE, RuleBrokenError
from framejudge.detectors.opened import OpenedDetector, WrongAnswerError, describe_with_place
from framejudge.detectors.protocol import Explanation, Image

OPTIONAL = ("threshold", "load", "close", "predict_batch", "prepare", "infer", "locate", "explain")
"""Members that a detector may have beside ``predict``; see `framejudge.detectors.protocol.Detector`."""

SIZES = ((300, 300), (200, 320), (320, 150), (96, 96), (31, 400), (1, 1))
"""Height and width of the made pictures in pixels."""

SAME_SCORE = 1e-3
"""Scores of one picture by two ways may differ so much: batches are rounded differently."""

LIKELY_SLIP = 0.75
"""Likeness of a member's name to that of an optional one from which on it is taken for a slip."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying one rule showed.

    Attributes
    ----------
    rule
        The member or the property that it is about.
    text
        What was seen, and where something is wrong, how to mend it.
    kept
        Whether the detector keeps to the rule.
    """

    rule: str
    text: str
    kept: bool = True


MEMBERS, LOAD = "members", "load"

RULES = (
    MEMBERS,
    LOAD,
    "threshold",
    "predict",
    "same picture, same score",
    "pictures stay as they are",
    "predict_batch",
    "infer",
    "locate",
    "explain",
    "close",
)
"""In the order in which they are tried; of a detector that cannot be loaded only the first two are."""


def check(detector: OpenedDetector) -> list[Finding]:
    """Try every rule of the interface that applies to a detector that is not loaded yet.

    What the detector raises is a finding; where it cannot be loaded the other rules are not tried.
    """
    findings: list[Finding] = []
    for rule in RULES:
        findings += try_rule(detector, rule)
        if rule == LOAD and not all(finding.kept for finding in findings if finding.rule == LOAD):
            break
    return findings


def try_rule(detector: OpenedDetector, rule: str) -> list[Finding]:
    """Try one of `RULES`, or of those that mean something only in a process that does nothing else (`ALONE`).

    An optional member that the detector does not have gives no finding.
    """
    if rule == MEMBERS:
        return [*_members(detector)]
    tries: Mapping[str, Callable[[OpenedDetector, Sequence[Image]], str]] = {
        LOAD: _load,
        "threshold": _threshold,
        "predict": _predict,
        "same picture, same score": _same_score,
        "pictures stay as they are": _leaves_pictures,
        "predict_batch": _batch,
        "infer": _stages,
        "locate": _locate,
        "explain": _explain,
        "close": _close,
        **ALONE,
    }
    if rule in OPTIONAL and rule != "threshold" and not detector.has(rule):
        return []
    return [_tried(rule, partial(tries[rule], detector, made_pictures()))]


def made_pictures() -> list[Image]:
    """Return the pictures: noise under a soft gradient, each second one with a band around it."""
    pictures = []
    for number, (height, width) in enumerate(SIZES):
        rng = np.random.default_rng(number)
        slope = np.linspace(0, 120, width)[None, :, None] + np.linspace(0, 60, height)[:, None, None]
        picture = np.asarray(slope + rng.integers(0, 60, (height, width, 3)), np.uint8)
        if number % 2 == 0:
            band = max(1, min(height, width) // 12)
            content = picture[band:-band, band:-band].copy()
            picture[:] = (190, 40, 60)
            picture[band : band + content.shape[0], band : band + content.shape[1]] = content
        pictures.append(picture)
    return pictures


def _tried(rule: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(rule, attempt())
    except (RuleBrokenError, WrongAnswerError) as problem:
        return Finding(rule, str(problem), kept=False)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # whatever a detector raises is what the check is to tell
        return Finding(rule, f"raised {describe_with_place(problem)}", kept=False)


def _members(detector: OpenedDetector) -> Iterator[Finding]:
    """Yield a finding for each public member that looks like a slip of the pen, and for half of a pair."""
    names = [name for name in dir(detector.raw) if not name.startswith("_")]
    missing = [name for name in OPTIONAL if name not in names]
    for name in names:
        near = difflib.get_close_matches(name, missing, n=1, cutoff=LIKELY_SLIP)
        if name not in (*OPTIONAL, "predict") and near:
            yield Finding(name, f"is never used: did you mean {near[0]}?", kept=False)
    for one, other in (("prepare", "infer"), ("infer", "prepare")):
        if one in names and other not in names:
            yield Finding(one, f"is never used without {other}: predict is their composition", kept=False)


def _load(detector: OpenedDetector, _: Sequence[Image]) -> str:
    detector.load()
    return "loads"


def _threshold(detector: OpenedDetector, _: Sequence[Image]) -> str:
    threshold = getattr(detector.raw, "threshold", None)
    if threshold is None:
        return "none: 0.5 is used, and marked as a default; fix one on tuning data"
    if not (isinstance(threshold, int | float | np.number) and 0 <= threshold <= 1):
        raise RuleBrokenError(f"is {threshold!r}; it has to be a number in [0, 1]")
    return f"{float(threshold):g}"


def _predict(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    scores = [_score(detector.raw.predict(picture.copy()), picture) for picture in pictures]
    return f"{len(scores)} pictures, 1x1 to 400 pixels a side: {min(scores):.3f} to {max(scores):.3f}"


def _score(score: Any, picture: Image) -> float:
    """Return a score as a number; refuse what `bench run` would count as an error of the image."""
    height, width = picture.shape[:2]
    if isinstance(score, bool | str) or np.ndim(score) != 0:
        raise RuleBrokenError(
            f"gives {_shortly(score)} for a picture of {width}x{height}; it has to give a float"
        )
    number = float(score)
    if math.isnan(number) or not 0 <= number <= 1:
        raise RuleBrokenError(f"gives {number} for a picture of {width}x{height}; it has to be in [0, 1]")
    return number


def _shortly(value: Any) -> str:
    return f"{type(value).__name__} of shape {np.shape(value)}" if np.ndim(value) else repr(value)


def _same_score(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    first = [float(detector.raw.predict(picture.copy())) for picture in pictures]
    again = [float(detector.raw.predict(picture.copy())) for picture in reversed(pictures)][::-1]
    apart = max(abs(one - other) for one, other in zip(first, again, strict=True))
    if not apart <= SAME_SCORE:
        raise RuleBrokenError(
            f"scores of one picture lie {apart:.3g} apart: the order of calls must not matter"
        )
    return "in any order"


def _leaves_pictures(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    for picture in pictures:
        given = picture.copy()
        detector.raw.predict(given)
        if not np.array_equal(given, picture):
            raise RuleBrokenError(
                "predict writes into its picture, which other calls get too: work on a copy"
            )
    return "predict does not write into them"


def _batch(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    scores = detector.predict_batch([picture.copy() for picture in pictures]).tolist()
    alone = [float(detector.raw.predict(picture.copy())) for picture in pictures]
    if _apart(scores, alone) > SAME_SCORE and _apart(sorted(scores), sorted(alone)) <= SAME_SCORE:
        raise RuleBrokenError("gives the scores of predict in another order than that of the pictures")
    return _like_predict(detector, pictures, scores)


def _apart(some: Sequence[float], others: Sequence[float]) -> float:
    return max(abs(one - other) for one, other in zip(some, others, strict=True))


def _stages(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    if not detector.has_stages:
        raise RuleBrokenError("there is no prepare(image) to go before it")
    scores = [float(detector.predict_staged(picture.copy())) for picture in pictures]
    return _like_predict(detector, pictures, scores)


def _like_predict(detector: OpenedDetector, pictures: Sequence[Image], scores: Sequence[float]) -> str:
    for picture, score in zip(pictures, scores, strict=True):
        alone = float(detector.raw.predict(picture.copy()))
        if not abs(score - alone) <= SAME_SCORE:
            height, width = picture.shape[:2]
            raise RuleBrokenError(
                f"gives {score:.4f} where predict gives {alone:.4f}, for a picture of {width}x{height}"
            )
    return "as predict"


def _locate(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    found = sum(detector.locate(picture.copy()) is not None for picture in pictures)
    return f"a box inside {found} of {len(pictures)} pictures, None for the others"


def _explain(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    for picture in pictures:
        why = detector.explain(picture.copy())
        if not isinstance(why, Explanation) or not isinstance(why.text, str):
            raise RuleBrokenError(
                f"gives {type(why).__name__}; it has to be framejudge.detectors.protocol.Explanation"
            )
        for line in why.lines:
            if not all(math.isfinite(at) for at in (line.x0, line.y0, line.x1, line.y1)):
                raise RuleBrokenError("gives a line whose ends are no numbers")
    return "a text, and lines in pixels"


def _close(detector: OpenedDetector, pictures: Sequence[Image]) -> str:
    detector.close()
    if detector.has("load"):
        detector.load()
        _score(detector.raw.predict(pictures[0].copy()), pictures[0])
        detector.close()
        return "closes, and can be loaded again"
    return "closes"
