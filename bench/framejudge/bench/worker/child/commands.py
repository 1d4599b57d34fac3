"""What a worker can be asked, and what it answers: one dataclass for each.

Everything in a message is JSON, or an array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Nanoseconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back of a command."""


A_co = TypeVar("A_co", bound=Answer, covariant=True)


@dataclass(frozen=True, slots=True)
class Command(Generic[A_co]):
    """What a worker is asked to do; the parameter is the class of its answer."""


@dataclass(frozen=True, slots=True)
class Failed(Answer):
    """The answer to any command on which the detector raised where it may not, why, and where."""

    reason: str
    traceback: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded(Answer):
    """What a detector offers; ``threshold`` is None where it brings none."""

    nanoseconds: int
    threshold: float | None
    locates: bool
    explains: bool


@dataclass(frozen=True, slots=True)
class Load(Command[Loaded]):
    """Pin the process where asked; then import, make and load the detector, timed together."""

    name: str
    target: str
    extra: str | None
    extra_module: str | None
    cores: Sequence[int] | None
    given: Sequence[str] = ()
    calibrations: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Scored(Answer):
    """The scores of a block of n images, and what decoding them showed.

    Attributes
    ----------
    unreadable
        Why an image could not be decoded, (n,); None where it could.
    errors
        Why a decoded image has no score, (n,); None where it has one.
    starved
        Positions of images on which memory ran out, while they were decoded or scored.
    tracebacks
        Of the detector's first exceptions in this process, by position.
    digests
        Of the decoded pixels, (n,), None for an unreadable image; None as a whole where not asked for.
    nanoseconds
        What the detector took for the whole block, without decoding.
    batch_failure, locate_failure
        Why ``predict_batch`` was not used, and why the first failed call of ``locate`` did; None without one.
    scores
        Shape (n,); NaN where there is none.
    sizes
        Shape (n, 2): width and height in pixels, -1 for an unreadable image.
    boxes
        Shape (n, 4): content boxes in pixels, -1 where there is none.
    """

    unreadable: Sequence[str | None]
    errors: Sequence[str | None]
    digests: Sequence[str | None] | None
    nanoseconds: int
    batch_failure: str | None
    locate_failure: str | None
    scores: npt.NDArray[np.float64]
    sizes: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.int32]
    starved: Sequence[int] = ()
    tracebacks: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Score(Command[Scored]):
    """Decode a block of images, score each once; a batch where the detector takes one, and ``batch`` is true.

    The images at the positions ``locate`` are located too where they are judged framed: decoded already,
    they cost a call and no second pass. Where another worker has decoded them, ``slot`` is the descriptor of
    the memory that they lie in, and ``places`` says where: first byte, height and width of each.
    """

    paths: Sequence[str]
    decode_threads: int
    digests: bool
    locate: Sequence[int] = ()
    slot: int | None = None
    places: Sequence[Sequence[int]] = ()
    batch: bool = True

    def select(self, positions: Sequence[int]) -> Score:
        """Return the command for some of the images."""
        wanted = set(self.locate)
        return replace(
            self,
            paths=[self.paths[k] for k in positions],
            locate=[new for new, k in enumerate(positions) if k in wanted],
            places=[self.places[k] for k in positions] if self.places else (),
        )


@dataclass(frozen=True, slots=True)
class DecodedBlock(Answer):
    """What decoding the first n images of a block showed; fields called as in `Scored` are the same.

    Attributes
    ----------
    starts
        Shape (n,): the first byte of each image in the slot, -1 for one that is not there.
    files
        Shape (n, 2): bytes of each file, and when it was last changed in nanoseconds; -1 without a file.
    """

    unreadable: Sequence[str | None]
    digests: Sequence[str | None] | None
    sizes: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    files: npt.NDArray[np.int64]
    starved: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Decode(Command[DecodedBlock]):
    """Decode images into a slot, as many as have room, and one at least; no detector is needed.

    The first image that has no room is kept for the next command, which begins with it. An image that memory
    runs out on comes first in an answer of its own. Without a slot the pixels go at once, and all images
    have room. Without ``digests`` none are computed.
    """

    paths: Sequence[str]
    slot: int | None = None
    room_bytes: int = 0
    digests: bool = True

    def select(self, positions: Sequence[int]) -> Decode:
        """Return the command for some of the images."""
        return replace(self, paths=[self.paths[k] for k in positions])


@dataclass(frozen=True, slots=True)
class Explained(Answer):
    """JSON as the report reads it, for each image; None where the detector had nothing to say.

    Attributes
    ----------
    errors
        Why an image has no explanation, (n,); None where the detector did not fail.
    tracebacks
        As in `Scored`.
    """

    explanations: Sequence[str | None]
    errors: Sequence[str | None]
    tracebacks: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Explain(Command[Explained]):
    """Have a block of images explained."""

    paths: Sequence[str]
    decode_threads: int

    def select(self, positions: Sequence[int]) -> Explain:
        """Return the command for some of the images."""
        return replace(self, paths=[self.paths[k] for k in positions])


@dataclass(frozen=True, slots=True)
class WarmedUp(Answer):
    """How many calls it took, and how long the first was; None where it failed."""

    first_call_ns: int | None
    calls: int


@dataclass(frozen=True, slots=True)
class WarmUp(Command[WarmedUp]):
    """Call the detector until it no longer gets faster."""

    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class CallTimes(Answer):
    """Nanoseconds of the calls on n images, -1 where the call or the decoder failed; arrays have shape (n,).

    ``prepare`` and ``infer`` are None for a detector without these two stages. ``loop_ns`` is the whole loop.
    """

    loop_ns: int
    predict: Nanoseconds
    decode: Nanoseconds
    prepare: Nanoseconds | None = None
    infer: Nanoseconds | None = None

    def stages(self) -> Mapping[str, Nanoseconds]:
        """Return the times by stage, of the stages that there are."""
        found = {
            "predict": self.predict,
            "decode": self.decode,
            "prepare": self.prepare,
            "infer": self.infer,
        }
        return {name: times for name, times in found.items() if times is not None}


@dataclass(frozen=True, slots=True)
class Time(Command[CallTimes]):
    """Time one call per image; the first ``untimed`` of them only bring the caches back."""

    paths: Sequence[str]
    untimed: int


@dataclass(frozen=True, slots=True)
class Served(Answer):
    """Calls that came by a schedule, nanoseconds, shape (calls,); -1 where a call failed.

    ``response_ns`` counts from the scheduled arrival to the answer, ``service_ns`` is the call alone.
    """

    response_ns: Nanoseconds
    service_ns: Nanoseconds


@dataclass(frozen=True, slots=True)
class Serve(Command[Served]):
    """Serve images as they arrive, one at a time, whether or not the one before is done."""

    paths: Sequence[str]
    calls: int
    per_second: float
    seed: Sequence[int]


@dataclass(frozen=True, slots=True)
class RepeatTrials(Answer):
    """Calls on images that the detector has seen, against calls on images that it has not.

    Attributes
    ----------
    score_spread
        The most that two scores of the same pixels differ; None where no pixels were scored twice.
    nanoseconds
        Shape (trials, 4): a call on new pixels, one on the same pixels at once again, one on pixels seen long
        before, and another one on new pixels; -1 where a call failed.
    cpu_nanoseconds
        The same calls by the work that all threads of the process did, which other programs add little to.
    """

    score_spread: float | None
    nanoseconds: Nanoseconds
    cpu_nanoseconds: Nanoseconds


@dataclass(frozen=True, slots=True)
class Repeat(Command[RepeatTrials]):
    """Time images that the detector has seen against images that it has not."""

    paths: Sequence[str]
    trials: int
    seed: Sequence[int]


@dataclass(frozen=True, slots=True)
class Tried(Answer):
    """What trying a rule of the interface showed: the rule, what was seen, and whether it is kept."""

    findings: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class TryRule(Command[Tried]):
    """Try a rule of the interface on a detector that is made, and not loaded."""

    rule: str


@dataclass(frozen=True, slots=True)
class Made(Answer):
    """The detector is made."""


@dataclass(frozen=True, slots=True)
class Make(Command[Made]):
    """Import and make the detector, and load nothing yet; the fields are those of `Load`."""

    name: str
    target: str
    extra: str | None
    extra_module: str | None
    given: Sequence[str] = ()
    calibrations: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PeakMemory(Answer):
    """The largest resident size that the process ever had."""

    kib: int


@dataclass(frozen=True, slots=True)
class MeasureMemory(Command[PeakMemory]):
    """Report the largest resident size that the process ever had."""


@dataclass(frozen=True, slots=True)
class Closed(Answer):
    """The detector gave back what it held; the process ends next."""


@dataclass(frozen=True, slots=True)
class Close(Command[Closed]):
    """Let the detector give back what it holds, and end."""


COMMANDS: Mapping[str, type[Command[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(Load, Decode, Score, Explain, WarmUp, Time, Serve, Repeat, MeasureMemory, Make, TryRule),
        Close,
    )
}
ANSWERS: Mapping[str, type[Answer]] = {
    kind.__name__: kind
    for kind in (
        Failed,
        Loaded,
        DecodedBlock,
        Scored,
        Explained,
        WarmedUp,
        CallTimes,
        Served,
        RepeatTrials,
        PeakMemory,
        Made,
        Tried,
        Closed,
    )
}
"""What may come through the pipe, by name."""
