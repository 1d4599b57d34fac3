"""Experiments by name: ``128_32-32-32-32_conv3_fc16_sgd_lr_0_01_decay_0_00005`` and back.

The published part of a name gives input size, filters of each layer, kernel, dense size, optimiser,
learning rate and decay. Pooling was max pooling; the dropout rate was not published, ours is 0.5. A name
that deviates says so: ``_avgpool``, ``_stride``, ``_globalpool``, ``_nofc``, ``_dropout_0_3``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from framejudge.datasets.errors import InputError

Pooling = Literal["max", "avg", "stride", "global"]
Optimiser = Literal["sgd", "adam", "rmsprop", "muon"]

OUR_DROPOUT = 0.5
"""Not published."""

PUBLISHED = "128_32-32-32-32_conv3_fc16_sgd_lr_0_01_decay_0_00005"
"""The best published row: 0.985 train accuracy, 0.964 validation accuracy."""

_EXAMPLE = f"for example {PUBLISHED}"
_POOLING_WORDS: dict[str, Pooling] = {"avgpool": "avg", "stride": "stride", "globalpool": "global"}
_MAX_SIZE_PX = 1024


@dataclass(frozen=True, slots=True)
class Experiment:
    """An architecture and how it is trained.

    Attributes
    ----------
    size_px
        Side of the square input.
    depths
        Filters of each convolution.
    kernel_px
        Side of each convolution's kernel, odd.
    pooling
        What follows each convolution: 2x2 max or average pooling, a stride of 2 in the convolution itself, or
        max pooling with one global average at the end instead of flattening.
    dense
        Units of the dense layer; None for none.
    dropout
        Share of units dropped before the dense layer, in [0, 1).
    optimiser, learning_rate, decay
        ``decay`` is Keras 1's: the rate of update ``u`` is ``learning_rate / (1 + decay * u)``.
    """

    size_px: int
    depths: tuple[int, ...]
    kernel_px: int
    optimiser: Optimiser
    learning_rate: float
    decay: float
    pooling: Pooling = "max"
    dense: int | None = 16
    dropout: float = OUR_DROPOUT

    @classmethod
    def from_name(cls, name: str) -> Experiment:
        """Parse a name.

        Raises
        ------
        InputError
            That names the part which is unknown, missing or out of range.

        >>> Experiment.from_name(PUBLISHED).depths
        (32, 32, 32, 32)
        """
        return _Parser(name).parse()

    @property
    def name(self) -> str:
        """The name that parses to this experiment."""
        parts = [str(self.size_px), "-".join(map(str, self.depths)), f"conv{self.kernel_px}"]
        parts += [word for word, kind in _POOLING_WORDS.items() if kind == self.pooling]
        parts.append("nofc" if self.dense is None else f"fc{self.dense}")
        if self.dropout != OUR_DROPOUT:
            parts.append(f"dropout_{_format_number(self.dropout)}")
        parts += [self.optimiser, f"lr_{_format_number(self.learning_rate)}"]
        parts.append(f"decay_{_format_number(self.decay)}")
        return "_".join(parts)


class _Parser:
    """Reads a name from left to right; every complaint says which part it is about."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rest = name.split("_")

    def parse(self) -> Experiment:
        size = self._integer("input size", r"(\d+)", low=16, high=_MAX_SIZE_PX)
        depths = self._depths()
        kernel = self._integer("kernel", r"conv(\d+)", low=1, high=15)
        if kernel % 2 == 0:
            raise self._problem(f"kernel conv{kernel} is even", "use an odd one")
        pooling = (
            _POOLING_WORDS[self.rest.pop(0)] if self.rest[:1] and self.rest[0] in _POOLING_WORDS else "max"
        )
        dense = None if self._take("nofc") else self._integer("dense size", r"fc(\d+)", low=1, high=4096)
        dropout = self._number("dropout rate") if self._take("dropout") else OUR_DROPOUT
        if not 0 <= dropout < 1:
            raise self._problem(f"dropout {dropout} is not in [0, 1)", "use for example dropout_0_3")
        optimiser = self._optimiser()
        learning_rate = self._keyword_number("lr", "learning rate")
        decay = self._keyword_number("decay", "decay")
        if self.rest:
            raise self._problem(f"unknown part {'_'.join(self.rest)!r}", _EXAMPLE)
        if learning_rate <= 0:
            raise self._problem("the learning rate is 0", "use for example lr_0_01")
        if size // 2 ** len(depths) < 1:
            raise self._problem(f"{len(depths)} poolings leave nothing of {size} pixels", "use fewer layers")
        return Experiment(size, depths, kernel, optimiser, learning_rate, decay, pooling, dense, dropout)

    def _depths(self) -> tuple[int, ...]:
        part = self._next("filters of each layer")
        if not re.fullmatch(r"[1-9]\d{0,3}(-[1-9]\d{0,3})*", part):
            raise self._problem(
                f"unknown part {part!r} where the filters stand", "use for example 32-32-32-32"
            )
        return tuple(int(depth) for depth in part.split("-"))

    def _optimiser(self) -> Optimiser:
        part = self._next("optimiser")
        for known in get_args(Optimiser):
            if part == known:
                return known  # type: ignore[no-any-return]  # one of the Literal's own values
        raise self._problem(
            f"unknown part {part!r} where the optimiser stands", "use sgd, adam, rmsprop or muon"
        )

    def _integer(self, what: str, pattern: str, *, low: int, high: int) -> int:
        part = self._next(what)
        match = re.fullmatch(pattern, part)
        if match is None:
            raise self._problem(f"unknown part {part!r} where the {what} stands", _EXAMPLE)
        value = int(match.group(1))
        if not low <= value <= high:
            raise self._problem(f"{what} {value} is out of range", f"use {low} to {high}")
        return value

    def _keyword_number(self, keyword: str, what: str) -> float:
        part = self._next(what)
        if part != keyword:
            raise self._problem(f"unknown part {part!r} where the {what} stands", f"use {keyword}_0_01")
        return self._number(what)

    def _number(self, what: str) -> float:
        whole = self._next(what)
        fraction = self.rest.pop(0) if self.rest and _is_number(self.rest[0]) else ""
        if not _is_number(whole):
            raise self._problem(f"{whole!r} is not a {what}", "write 0.01 as 0_01")
        return float(f"{whole}.{fraction or 0}")

    def _take(self, word: str) -> bool:
        if self.rest[:1] == [word]:
            self.rest.pop(0)
            return True
        return False

    def _next(self, what: str) -> str:
        if not self.rest:
            raise self._problem(f"the {what} is missing", _EXAMPLE)
        return self.rest.pop(0)

    def _problem(self, what: str, fix: str) -> InputError:
        return InputError(what, where=f"experiment {self.name!r}", fix=fix)


LONGEST_NUMBER = 12
"""Digits before, or after, the point: as many as a name is written with."""


def _is_number(text: str) -> bool:
    """Return whether a text is a few of the digits 0 to 9: other scripts have digits that are no numbers."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def _format_number(value: float) -> str:
    text = f"{value:.12f}".rstrip("0")
    whole, _, fraction = text.partition(".")
    return f"{whole}_{fraction}" if fraction else whole
