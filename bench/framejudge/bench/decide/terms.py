"""What people write of a decision: options of the command line, or the ``[decision]`` table of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from framejudge.bench import limits
from framejudge.bench.run import Request
from framejudge.bench.run.decision.terms import DecisionTerms, Percentile
from framejudge.datasets.codes.muting import CONFIG_FILE, PROJECT_FILE
from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_toml

Cost = Annotated[float, Field(ge=0, le=limits.COST)]


class DecisionTable(BaseModel):
    """What a shop decides by; a field that is left out was not given.

    >>> DecisionTable(cost_miss=5, cost_false_alarm=1, latency_budget=5).terms()
    DecisionTerms(cost_miss=5.0, cost_false_alarm=1.0, latency_budget_ms=5.0, latency_percentile='p99')

    Attributes
    ----------
    cost_miss, cost_false_alarm
        Of one missed frame and of one false alarm, in one unit of any kind. Both or none.
    prevalence
        The shop's share of framed images, between 0 and 1.
    latency_budget
        Milliseconds for an image.
    latency_percentile
        Which percentile must keep the budget; p99 where it is left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cost_miss: Cost | None = None
    cost_false_alarm: Cost | None = None
    prevalence: Annotated[float, Field(gt=0, lt=1)] | None = None
    latency_budget: Annotated[float, Field(gt=0, le=limits.P99_MS)] | None = None
    latency_percentile: Percentile | None = None

    @classmethod
    def read(cls, table: Mapping[str, Any], where: str) -> DecisionTable:
        """Read a parsed table of TOML.

        Raises
        ------
        InputError
            For the first field that is unknown or out of its range.
        """
        if not isinstance(table, Mapping):
            raise InputError("not a table", where=where, fix="write cost_miss = 5 and the like below it")
        try:
            return cls.model_validate(dict(table))
        except ValidationError as problem:
            first = problem.errors()[0]
            name = ".".join(map(str, first["loc"])) or "decision"
            known = ", ".join(cls.model_fields)
            raise InputError(f"{name}: {first['msg']}", where=where, fix=f"there are {known}") from problem

    @classmethod
    def of_options(
        cls,
        prevalence: float | None,
        cost_miss: float | None,
        cost_false_alarm: float | None,
        latency_budget: float | None,
        latency_percentile: str | None,
    ) -> DecisionTable:
        """Take it from the options of a command; `check_decision` says what is wrong in their words."""
        return cls.model_construct(
            prevalence=prevalence,
            cost_miss=cost_miss,
            cost_false_alarm=cost_false_alarm,
            latency_budget=latency_budget,
            latency_percentile=latency_percentile,
        )

    def before_configuration(self, folder: Path) -> DecisionTable:
        """Return this, and for what is not given here the project's ``[decision]`` table, if there is one.

        It is read from framejudge.toml in a folder, else from ``[tool.framejudge.decision]`` of
        pyproject.toml.

        Raises
        ------
        InputError
            For a file that is not TOML, and as `read`.
        """
        for file, names in ((CONFIG_FILE, ("decision",)), (PROJECT_FILE, ("tool", "framejudge", "decision"))):
            if (folder / file).is_file():
                found = _read(folder / file)
                for name in names:
                    found = found.get(name) if isinstance(found, Mapping) else None
                if found is not None:
                    where = f"{folder / file} [{'.'.join(names)}]"
                    return self._over(DecisionTable.read(found, where))
        return self

    def _over(self, other: DecisionTable) -> DecisionTable:
        return other.model_copy(update=self.model_dump(exclude_none=True))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return not self.model_dump(exclude_none=True)

    def terms(self) -> DecisionTerms | None:
        """Return what to decide by; None where neither costs nor a budget were given.

        Raises
        ------
        InputError
            Where one cost is given without the other, or a percentile without a budget.
        """
        costs = (self.cost_miss, self.cost_false_alarm)
        if costs.count(None) == 1:
            lacking = "--cost-miss" if self.cost_miss is None else "--cost-false-alarm"
            raise InputError(
                "a miss and a false alarm are weighed against each other, and one cost is missing",
                where=lacking,
                fix="give both, in the same unit: --cost-miss 5 --cost-false-alarm 1",
            )
        if self.latency_percentile is not None and self.latency_budget is None:
            raise InputError(
                "there is no budget that it is the percentile of",
                where="--latency-percentile",
                fix="give --latency-budget too",
            )
        if self.cost_miss is None and self.latency_budget is None:
            return None
        return DecisionTerms(
            cost_miss=1.0 if self.cost_miss is None else self.cost_miss,
            cost_false_alarm=1.0 if self.cost_false_alarm is None else self.cost_false_alarm,
            latency_budget_ms=self.latency_budget,
            latency_percentile=self.latency_percentile or "p99",
        )

    def over(self, request: Request) -> Request:
        """Return a run's request with what is given here in place of what it had."""
        had, prevalence = request.decision, request.prevalence
        if had is not None:
            before = DecisionTable(
                cost_miss=had.cost_miss,
                cost_false_alarm=had.cost_false_alarm,
                latency_budget=had.latency_budget_ms,
                latency_percentile=None if had.latency_budget_ms is None else had.latency_percentile,
            )
            merged = self._over(before)
        else:
            merged = self
        return replace(
            request,
            decision=merged.terms(),
            prevalence=prevalence if self.prevalence is None else self.prevalence,
        )


def _read(file: Path) -> Any:
    try:
        return read_toml(file)
    except (OSError, ValueError) as problem:
        raise InputError(f"cannot be read as TOML: {problem}", where=file, fix="mend that line") from problem


def check_decision(request: Request) -> None:
    """Refuse a prevalence, costs and a budget that make no sense.

    Raises
    ------
    InputError
        For a prevalence outside (0, 1), a negative cost, one that is no number, two costs of 0, or a budget
        that is not positive.
    """
    share, terms = request.prevalence, request.decision
    if share is not None and not 0 < share < 1:
        raise InputError(
            f"{share:g} is no share of framed images",
            where="--prevalence",
            fix="give a number between 0 and 1, for example 0.03",
        )
    if terms is None:
        return
    for cost, option in ((terms.cost_miss, "--cost-miss"), (terms.cost_false_alarm, "--cost-false-alarm")):
        if not 0 <= cost <= limits.COST:
            raise InputError(f"{cost:g} is no cost", where=option, fix=f"give 0 to {limits.COST:,.0f}")
    if terms.cost_miss == terms.cost_false_alarm == 0:
        raise InputError("nothing costs anything", where="--cost-miss", fix="give a cost above 0")
    budget = terms.latency_budget_ms
    if budget is not None and not 0 < budget <= limits.P99_MS:
        raise InputError(
            f"{budget:g} ms is no budget",
            where="--latency-budget",
            fix=f"give more than 0 and at most {limits.P99_MS:,.0f} ms",
        )
