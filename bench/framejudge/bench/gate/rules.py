"""The rules of a gate, from a short TOML file."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framejudge.bench.gate.accuracy import drop
from framejudge.bench.gate.latency import slowdown
from framejudge.bench.run.metrics import (
    LATENCY,
    LATENCY_RATIO,
    LATENCY_TAIL,
    PERCENTILES_MS,
    QUALITY,
    THROUGHPUT,
)
from framejudge.bench.run.verdicts import Condition, GateRule
from framejudge.datasets.codes.muting import CONFIG_FILE
from framejudge.datasets.codes.refusals import RULES_MISPLACED
from framejudge.datasets.errors import InputError
from framejudge.datasets.text_files import read_toml

RULES_FILE = "framejudge-gate.toml"
PROJECT_FILE = "pyproject.toml"
PROJECT_TABLE = "[tool.framejudge.gate]"
OUR_TABLES = ("gate", "warnings", "decision", "run")
"""What [tool.framejudge] may hold."""

NEARLY = 0.75
"""Names as alike as this are taken for a misspelling: ``gates`` and ``gate`` are 0.89."""

DEFAULT_RULES = "the default rules"

SHARES_OF_RIGHT = ("accuracy", "recall", "specificity")

METRICS_BY_CONDITION: Mapping[str, tuple[str, ...]] = {
    "min": (*QUALITY, THROUGHPUT, LATENCY_RATIO),
    "max": (*QUALITY, *PERCENTILES_MS, LATENCY_RATIO),
    "max_drop": (*SHARES_OF_RIGHT, "auc"),
    "max_growth": (LATENCY, LATENCY_TAIL),
}
ON_ONE_MACHINE = (*PERCENTILES_MS, THROUGHPUT)
MINIMUM_DETECTABLE_EFFECT = {
    LATENCY: slowdown.MINIMUM_DETECTABLE_EFFECT,
    LATENCY_TAIL: slowdown.TAIL_MINIMUM_DETECTABLE_EFFECT,
}
EFFECT, EFFECT_BEFORE = "minimum_detectable_effect", "must_see"
KEYS = ("detector", "metric", "slice", *METRICS_BY_CONDITION, "to", "machine", EFFECT)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules and where they are from."""

    rules: tuple[GateRule, ...]
    source: str

    @property
    def is_default(self) -> bool:
        """Whether nobody wrote these rules."""
        return self.source == DEFAULT_RULES


def find_rules(folder: Path, given: Path | None = None) -> RuleSet | None:
    """Read the rules of a project: from the file given, else from `RULES_FILE`, else from pyproject.toml.

    Returns None where there is no such file.

    Raises
    ------
    InputError
        For a file that is missing or not TOML, for the first thing in it that is no rule, and for a table or
        file that is named nearly as the one that holds rules: the default ones would be judged in their
        place.
    """
    if given is not None:
        return read_rules(given)
    if os.path.lexists(folder / RULES_FILE):  # a link that leads nowhere is refused, and not passed over
        return read_rules(folder / RULES_FILE)
    project = folder / PROJECT_FILE
    if os.path.lexists(project) and _project_table(_read_toml(project), project) is not None:
        return read_rules(project)
    _check_names(folder)
    return None


def read_rules(path: Path) -> RuleSet:
    """Read the rules of one file; pyproject.toml holds them below `PROJECT_TABLE`."""
    content = _read_toml(path)
    table: Any = content
    where = str(path)
    if path.name == PROJECT_FILE:
        table, where = _project_table(content, path), f"{path} {PROJECT_TABLE}"
        if table is None:
            raise InputError(
                f"there is no {PROJECT_TABLE}", where=path, fix="add [[tool.framejudge.gate.rule]]"
            )
    return RuleSet(parse_rules(table, where), str(path))


def parse_rules(table: Any, where: str) -> tuple[GateRule, ...]:
    """Return the rules of a parsed TOML table.

    Raises
    ------
    InputError
        For the first thing that is no rule, with its number.
    """
    if not isinstance(table, Mapping):
        raise InputError("not a table", where=where, fix="write [[rule]] tables")
    for key in table:
        if key != "rule":
            raise InputError(f"unknown key {key!r}", where=where, fix="a gate has [[rule]] tables only")
    entries = table.get("rule", [])
    if not isinstance(entries, list) or not entries:
        raise InputError("there is no rule", where=where, fix="write at least one [[rule]] table")
    rules = [_rule(entry, f"{where}, rule {number}") for number, entry in enumerate(entries, start=1)]
    for number, rule in enumerate(rules, start=1):
        if rule in rules[: number - 1]:
            raise InputError(
                f"the same as rule {rules.index(rule) + 1}",
                where=f"{where}, rule {number}",
                fix="leave one of them out",
            )
    return tuple(rules)


def default_rules(detectors: Iterable[str], *, measured: bool) -> RuleSet:
    """Return what a gate without a file asks: no loss of accuracy and, where it is measured, no slowdown."""
    rules: list[GateRule] = []
    for name in detectors:
        rules.append(
            _with_defaults(detector=name, metric="accuracy", condition="max_drop", limit=drop.MAX_DROP)
        )
        if measured:
            rules += [
                _with_defaults(detector=name, metric=metric, condition="max_growth", limit=tolerance)
                for metric, tolerance in (
                    (LATENCY, slowdown.TOLERANCE),
                    (LATENCY_TAIL, slowdown.TAIL_TOLERANCE),
                )
            ]
    return RuleSet(tuple(rules), DEFAULT_RULES)


def check_machines(rules: Sequence[GateRule], source: str, machine: str) -> None:
    """Refuse absolute times that do not say on which machine they hold.

    Raises
    ------
    InputError
        It names the machine that the run was made on.
    """
    for rule in rules:
        if rule.metric in ON_ONE_MACHINE and rule.machine is None:
            raise InputError(
                f"{rule.name!r}: an absolute time holds on one machine only",
                where=source,
                fix=f'add machine = "{machine}", or use {LATENCY_RATIO} with to = "DETECTOR"',
            )


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        return read_toml(path)
    except OSError as problem:
        raise InputError(
            f"cannot be read: {problem.strerror}", where=path, fix="give a file of rules with --rules"
        ) from problem
    except ValueError as problem:
        raise InputError(f"not TOML: {problem}", where=path, fix="mend that line") from problem


def _project_table(content: Mapping[str, Any], path: Path) -> Any:
    """Return what lies below `PROJECT_TABLE`, None where there is no such table."""
    tool = content.get("tool")
    ours = tool.get("framejudge") if isinstance(tool, dict) else None
    if ours is None:
        return None
    if not isinstance(ours, dict):
        raise InputError("[tool.framejudge] is not a table", where=path, fix=f"write {PROJECT_TABLE}")
    for key in ours:
        if key not in OUR_TABLES and _nearly(key, "gate"):
            raise InputError(
                f"[tool.framejudge.{key}] would not be read",
                where=path,
                fix=f"rules are in {PROJECT_TABLE}",
                code=RULES_MISPLACED,
            )
    return ours.get("gate")


def _check_names(folder: Path) -> None:
    """Refuse a file that was surely meant to hold the rules."""
    for file in sorted(folder.glob("*.toml")):
        if file.name not in (PROJECT_FILE, CONFIG_FILE) and _nearly(file.stem, Path(RULES_FILE).stem):
            raise InputError(
                "would not be read",
                where=file,
                fix=f"rules are in {RULES_FILE}: rename it",
                code=RULES_MISPLACED,
            )


def _nearly(word: str, meant: str) -> bool:
    word = word.lower().replace("_", "-")
    return word == meant or difflib.SequenceMatcher(None, word, meant).ratio() > NEARLY


def _rule(entry: Any, where: str) -> GateRule:
    if not isinstance(entry, Mapping):
        raise InputError("not a table", where=where, fix="write [[rule]] with double brackets")
    for key in entry:
        if key not in (*KEYS, EFFECT_BEFORE):
            raise InputError(f"unknown key {key!r}", where=where, fix=_nearest(key, KEYS))
    condition = _condition(entry, where)
    metric = _metric(entry, condition, where)
    for key, metrics in (("to", (LATENCY_RATIO,)), ("machine", ON_ONE_MACHINE)):
        if key in entry and metric not in metrics:
            raise InputError(f"{key} has no meaning for {metric!r}", where=where, fix=f"leave {key} out")
    if metric == LATENCY_RATIO and "to" not in entry:
        raise InputError(
            "to is missing: the detector that the time is divided by", where=where, fix='add to = "canny"'
        )
    if "slice" in entry and metric not in QUALITY:
        raise InputError(f"slice has no meaning for {metric!r}", where=where, fix="leave slice out")
    effect = _minimum_detectable_effect(entry, condition, where)
    rule = _with_defaults(
        detector=_text(entry, "detector", where),
        metric=metric,
        condition=condition,
        limit=_number(entry, condition, where),
        slice=_slice(entry, where),
        to=_text(entry, "to", where) if "to" in entry else None,
        machine=_text(entry, "machine", where) if "machine" in entry else None,
        minimum_detectable_effect=effect,
    )
    if effect is not None and effect <= rule.limit:
        raise InputError(
            f"{EFFECT} is {effect:g}, and {condition} accepts {rule.limit:g}",
            where=where,
            fix=f"give a {EFFECT} above it: the change that you care about",
        )
    return rule


def _minimum_detectable_effect(entry: Mapping[str, Any], condition: Condition, where: str) -> float | None:
    """Read the change that a gate must be able to detect, under its name or the one of before."""
    given = [key for key in (EFFECT, EFFECT_BEFORE) if key in entry]
    if not given:
        return None
    if len(given) > 1:
        raise InputError(f"{EFFECT_BEFORE} is the old name of {EFFECT}", where=where, fix="give one of them")
    if condition not in ("max_drop", "max_growth"):
        raise InputError(
            f"{given[0]} has no meaning beside {condition}",
            where=where,
            fix="it goes with max_drop and max_growth",
        )
    return _number(entry, given[0], where)


def _with_defaults(
    *,
    detector: str,
    metric: str,
    condition: Condition,
    limit: float,
    minimum_detectable_effect: float | None = None,
    **rest: Any,
) -> GateRule:
    """Return a rule; a rule about a change gets a minimum detectable effect where it names none."""
    if minimum_detectable_effect is None and condition in ("max_drop", "max_growth"):
        # Far enough above the limit that a set or a machine of ordinary size can tell the two apart.
        minimum_detectable_effect = max(
            MINIMUM_DETECTABLE_EFFECT.get(metric, drop.MINIMUM_DETECTABLE_EFFECT), 2 * limit
        )
    return GateRule(
        detector=detector,
        metric=metric,
        condition=condition,
        limit=limit,
        minimum_detectable_effect=minimum_detectable_effect,
        **rest,
    )


def _condition(entry: Mapping[str, Any], where: str) -> Condition:
    given = [key for key in METRICS_BY_CONDITION if key in entry]
    names = ", ".join(METRICS_BY_CONDITION)
    if len(given) != 1:
        what = f"{' and '.join(given)} at once" if given else "no condition"
        raise InputError(what, where=where, fix=f"give exactly one of {names}; two rules for two of them")
    return given[0]  # type: ignore[return-value]  # one of the four


def _metric(entry: Mapping[str, Any], condition: str, where: str) -> str:
    metric = _text(entry, "metric", where)
    known = tuple(dict.fromkeys(name for names in METRICS_BY_CONDITION.values() for name in names))
    if metric not in known:
        raise InputError(f"unknown metric {metric!r}", where=where, fix=_nearest(metric, known))
    if metric not in METRICS_BY_CONDITION[condition]:
        able = [name for name, metrics in METRICS_BY_CONDITION.items() if metric in metrics]
        raise InputError(f"{metric} has no {condition}", where=where, fix=f"use {' or '.join(able)}")
    return metric


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(
            f"{key} is missing" if value is None else f"{key} is not a text: {value!r}",
            where=where,
            fix=f'add {key} = "..."',
        )
    return value.strip()


def _number(entry: Mapping[str, Any], key: str, where: str) -> float:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise InputError(
            f"{key} is {value!r}", where=where, fix="give a number of 0 or more, for example 0.03 for 3 %"
        )
    return float(value)


def _slice(entry: Mapping[str, Any], where: str) -> str | None:
    if "slice" not in entry:
        return None
    value = _text(entry, "slice", where)
    name, equals, wanted = value.partition("=")
    if not equals or not name.strip() or not wanted.strip():
        raise InputError(f"slice is {value!r}", where=where, fix='write slice = "attribute=value"')
    return f"{name.strip()}={wanted.strip()}"


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}there are: {', '.join(known)}"
