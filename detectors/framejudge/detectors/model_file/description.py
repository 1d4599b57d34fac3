"""How a model file wants its pictures and what its outputs mean: the small JSON that stands beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from framejudge.datasets.errors import InputError

Side = Annotated[int, Field(ge=1, le=4096)]
Positive = Annotated[float, Field(gt=0)]
Three = tuple[float, float, float]


class ModelDescription(BaseModel):
    """What a model file cannot say itself. Everything has a default but ``scale`` of a float input.

    Attributes
    ----------
    threshold
        Scores at or above it mean framed; 0.5, marked as a default, where it is left out.
    scale
        What the values 0 to 255 of a pixel become before the model gets them.
    mean, std
        Of each channel, in the model's order, subtracted and divided by after ``scale``.
    channels
        The order that the model was trained with.
    layout
        Where the channels are in the input; found out where it is left out.
    size_px
        Side of the input, or height and width, for files that take any size.
    output
        What the model gives; found out where it is left out.
    framed_class
        Which of two outputs is framed; of a single output, 0 says that it is the probability of plain.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal["framejudge/model/1"] = Field(default="framejudge/model/1", alias="schema")
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    scale: Literal["0..255", "0..1", "-1..1"] | None = None
    mean: Three | None = None
    std: tuple[Positive, Positive, Positive] | None = None
    channels: Literal["RGB", "BGR"] = "RGB"
    layout: Literal["NHWC", "NCHW"] | None = None
    size_px: Side | tuple[Side, Side] | None = None
    output: Literal["probability", "logit"] | None = None
    framed_class: Literal[0, 1] = 1


def read_facts(file: Path) -> dict[str, Any]:
    """Read the JSON object beside a model file.

    Raises
    ------
    InputError
        Where it cannot be read or is none.
    """
    try:
        facts = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise InputError(
            f"not readable as JSON: {problem}", where=file, fix="see its schema in the docs"
        ) from None
    if not isinstance(facts, dict):
        raise InputError("not a JSON object", where=file, fix='for example {"scale": "0..1"}')
    return facts


def describe_model(facts: Mapping[str, Any], file: Path) -> ModelDescription:
    """Check what a JSON says.

    Raises
    ------
    InputError
        For the first field that is unknown or out of its range.
    """
    try:
        return ModelDescription.model_validate(dict(facts))
    except ValidationError as problem:
        first = problem.errors()[0]
        name = ".".join(map(str, first["loc"])) or "description"
        known = ", ".join("schema" if one == "schema_" else one for one in ModelDescription.model_fields)
        raise InputError(f"{name}: {first['msg']}", where=file, fix=f"there are {known}") from problem


def is_ours(facts: Mapping[str, Any]) -> bool:
    """Whether `bench train` or `bench export` wrote it: such a file needs no description."""
    return {"sha256", "size_px", "threshold"} <= facts.keys()
