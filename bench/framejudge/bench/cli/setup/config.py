"""``--config FILE``: options of ``bench run`` from a TOML that people write, or an earlier run's run.json.

The file gives defaults: what is typed goes before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

if TYPE_CHECKING:
    from framejudge.bench.run import Manifest

OF_A_RUN = ("out", "force", "resume", "shard", "config", "export_pytest_benchmark")
"""Options that say where this run goes; the file does not have them."""

TABLES = ("decision", "warnings")
"""Tables of the file; their fields are options, too."""


def use(context: typer.Context, file: Path | None) -> Path | None:
    """Make a file's options the defaults of a command.

    Raises
    ------
    InputError
        Where the file cannot be read, or has a field that is no option of the command.
    """
    if file is not None:
        known = {one.name for one in context.command.params if one.name} - {*OF_A_RUN, "help"}
        context.default_map = {**(context.default_map or {}), **options_in(file, known)}
    return file


Config: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        is_eager=True,
        callback=use,
        help="Take options from this TOML file, or from an earlier run's run.json; typed ones go before it.",
    ),
]


def options_in(file: Path, known: set[str]) -> dict[str, Any]:
    """Return the options in a file, by the names of the command's parameters.

    Raises
    ------
    InputError
        As in `use`.
    """
    from framejudge.datasets.errors import InputError

    if file.suffix == ".json":
        from framejudge.bench.run.folder import read_manifest

        return _options_of(read_manifest(file.parent))
    found = _flat(_parsed(file), file)
    unknown = sorted(set(found) - known)
    if unknown:
        fix = f"there are {', '.join(sorted(known))}"
        raise InputError(f"no option is called {unknown[0]!r}", where=file, fix=fix)
    return {name: _value(name, value) for name, value in found.items()}


def _parsed(file: Path) -> Mapping[str, Any]:
    import tomllib

    from framejudge.datasets.errors import InputError

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        what = f"cannot be read: {problem.strerror or problem}"
        raise InputError(what, where=file, fix="give a TOML file, or a run.json") from problem
    except (ValueError, RecursionError) as problem:
        raise InputError(f"not TOML: {problem}", where=file, fix="mend the file at that place") from problem


def _flat(content: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return options and those in tables side by side, with underscores in their names."""
    from framejudge.datasets.errors import InputError

    found: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict) and name not in TABLES:
            tables = " and ".join(f"[{table}]" for table in TABLES)
            raise InputError(f"there is no table [{name}]", where=file, fix=f"tables are {tables}")
        found |= value if isinstance(value, dict) else {name: value}
    return {name.replace("-", "_"): value for name, value in found.items()}


def _value(name: str, value: Any) -> Any:
    """Return a value as the command line would have it: lists of names have commas between them."""
    if isinstance(value, list) and name in ("detectors", "columns", "labels"):
        return ",".join(map(str, value))
    return value


def _options_of(record: Manifest) -> dict[str, Any]:
    """Return the options that an earlier run was asked with."""
    asked, decision = record.request, record.request.decision
    found: dict[str, Any] = {
        "detectors": ",".join(asked.detectors),
        "dataset": None if asked.dataset is None else record.dataset_root,
        "where": asked.where,
        "columns": asked.columns,
        "labels": asked.labels,
        "prevalence": asked.prevalence,
        "calls": asked.calls or None,
        "no_timing": not asked.calls,
        "threads": asked.threads,
        "seed": asked.seed,
        "timeout": asked.timeout_s,
        "min_seconds": asked.min_seconds,
        "arrivals": asked.arrivals,
        "p99_under": asked.p99_under_ms,
        "max_crashes": asked.max_crashes,
        "max_memory": None if asked.max_memory_bytes is None else f"{asked.max_memory_bytes}",
        "mute": asked.mute,
    }
    if decision is not None:
        found |= {
            "cost_miss": decision.cost_miss,
            "cost_false_alarm": decision.cost_false_alarm,
            "latency_budget": decision.latency_budget_ms,
            "latency_percentile": decision.latency_budget_ms and decision.latency_percentile,
        }
    return {name: value for name, value in found.items() if value is not None and value != []}
