"""What `duo` weighs its two opinions by, from its JSON file."""

from __future__ import annotations

from pathlib import Path

import pydantic

from framejudge.datasets.errors import InputError

DEFAULT_FILE = Path(__file__).with_name("duo.json")


class Weights(pydantic.BaseModel):
    """A logistic regression on log-odds: ``network`` and ``ruleset`` weigh them, ``shift`` is added."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    network: float
    ruleset: float = 0.0
    shift: float


class FittedOn(pydantic.BaseModel):
    """A set that the weights were fitted on, and the share of it that each opinion gets right."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    dataset: str
    labels_fingerprint: str
    images: int
    network: float
    ruleset: float
    duo: float
    asked: float


class Parameters(pydantic.BaseModel):
    """How the cascade decides.

    Attributes
    ----------
    sure
        Log-odds of the network beyond which, either way, the ruleset is not asked.
    alone, together
        What the score is made of where only the network was asked, and where both were.
    threshold
        The score at and above which it means framed.
    network_sha256, ruleset_sha256
        Of the files whose scores the weights were fitted to.
    fitted_on
        The sets, with figures.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    sure: pydantic.PositiveFloat
    alone: Weights
    together: Weights
    threshold: float = pydantic.Field(default=0.5, ge=0, le=1)
    network_sha256: str
    ruleset_sha256: str
    fitted_on: tuple[FittedOn, ...] = ()


def read_parameters(path: Path = DEFAULT_FILE) -> Parameters:
    """Read the file that `fitting` writes.

    Raises
    ------
    InputError
        When it is missing or holds something else.
    """
    try:
        return Parameters.model_validate_json(path.read_bytes())
    except (OSError, pydantic.ValidationError) as problem:
        first = problem.errors()[0]["msg"] if isinstance(problem, pydantic.ValidationError) else problem
        raise InputError(
            f"no parameters of duo can be read ({first})",
            where=path,
            fix="fit them with `python -m framejudge.detectors.duo.fitting`",
        ) from problem
