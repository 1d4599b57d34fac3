"""What exam 2 is drawn by: hands, sources and quotas, from a TOML file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

import pydantic

from framejudge.datasets.drawing.hands import HANDS
from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import parse_toml, read_toml, read_utf8

BUILT_IN = ("exam-2", "training-2")

GroundKind = Literal["photo", "packshot", "scene", "cutout", "hard_negative"]
PlainKind = Literal["twin", "inside", "reported", "other"]
SealedPart = Literal["neither", "hand", "source", "both"]
Weight = Annotated[int, pydantic.Field(gt=0, strict=True)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)]


class ManyHands(pydantic.BaseModel):
    """How pictures by many hands are drawn.

    Attributes
    ----------
    name
        Of the recipe.
    seed
        What chance starts from.
    sealed_hands
        Hands that no training, tuning or choosing may meet.
    hands, sealed
        Weights of the hands; of the sealed ones where one of them is asked for.
    sealed_parts
        Weights of what is sealed in a picture of the sealed part.
    grounds, others
        Weights of what is framed, and of plain pictures that are nothing but themselves.
    plain
        Weights of what the plain picture of a pair is.
    tiny_share, large_share
        Of the pictures: those finished at 20 to 60 pixels, and at 1,200 to 3,000.
    share_of_training_1
        Of a training's pictures: those drawn by the recipe ``training``.
    left_out_hands, left_out_sources
        For leave-one-out: what is never drawn, by name.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    name: str
    seed: Annotated[int, pydantic.Field(ge=0, strict=True)]
    sealed_hands: frozenset[str] = frozenset()
    hands: dict[str, Weight]
    sealed: dict[str, Weight] = {}
    sealed_parts: dict[SealedPart, Weight] = {}
    grounds: dict[GroundKind, Weight]
    others: dict[GroundKind, Weight]
    plain: dict[PlainKind, Weight]
    tiny_share: Share = 0.0
    large_share: Share = 0.0
    share_of_training_1: Share = 0.0
    left_out_hands: frozenset[str] = frozenset()
    left_out_sources: frozenset[str] = frozenset()

    @pydantic.model_validator(mode="after")
    def _hands_are_known(self) -> Self:
        named = {*self.hands, *self.sealed, *self.sealed_hands, *self.left_out_hands}
        if unknown := sorted(named - set(HANDS)):
            raise ValueError(f"unknown hand {unknown[0]!r}; use {', '.join(HANDS)}")
        if broken := sorted(self.sealed_hands & set(self.hands)):
            raise ValueError(f"{broken[0]!r} is sealed and may not stand in [hands]")
        if strange := sorted(set(self.sealed) - self.sealed_hands):
            raise ValueError(f"{strange[0]!r} stands in [sealed] and is not in sealed_hands")
        if not self.hands.keys() - self.left_out_hands:
            raise ValueError("every hand is left out")
        return self

    def as_table(self) -> dict[str, object]:
        """Return the recipe as JSON can hold it."""
        table = self.model_dump()
        return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in table.items()}


def load_many_hands(name: str) -> ManyHands:
    """Return a built-in recipe by its name, or one from a TOML file by its path.

    Raises
    ------
    InputError
        When there is no such recipe, or the file does not hold one.
    """
    if name in BUILT_IN:
        source = resources.files("framejudge.datasets.drawing.exam2").joinpath(f"{name}.toml")
        return _parse(source.read_text(encoding="utf-8"), name, f"{name}.toml")
    path = Path(name)
    try:
        text = read_utf8(path)
    except (OSError, ValueError) as problem:
        raise InputError(
            f"no recipe {name!r} can be read ({problem})", fix=f"use {' or '.join(BUILT_IN)}, or a TOML file"
        ) from None
    return _parse(text, path.stem, str(path))


def is_many_hands(name: str) -> bool:
    """Return whether a recipe's name, or the file that it names, is one of many hands."""
    if name in BUILT_IN:
        return True
    path = Path(name)
    try:
        return path.is_file() and "hands" in read_toml(path)
    except (OSError, ValueError):
        return False  # the other reader says what is wrong


def _parse(text: str, name: str, place: str) -> ManyHands:
    try:
        return ManyHands(name=name, **parse_toml(text))
    except pydantic.ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else str(first["msg"])
        raise InputError(what, where=place, fix="compare it with exam-2.toml") from None
    except (ValueError, TypeError) as problem:
        raise InputError(f"is no recipe: {problem}", where=place, fix="compare it with exam-2.toml") from None
