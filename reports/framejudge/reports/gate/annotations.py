"""A gate's verdicts where GitHub shows them: as annotations of a job, and in its step summary."""

from __future__ import annotations

from framejudge.bench.run.gate_wording import sentence
from framejudge.bench.run.verdicts import GateResults, RuleVerdict
from framejudge.datasets.codes import Severity, find_code
from framejudge.datasets.codes.muting import shown


def github_annotations(record: GateResults) -> list[str]:
    """Return workflow commands, a line per rule that did not pass, per stale baseline and per warning.

    A soft gate warns and does not raise errors.

    References
    ----------
    GitHub, "Workflow commands for GitHub Actions": setting an error, warning or notice message.
    """
    lines = [_line(one, soft=record.soft) for one in record.rules if one.verdict != "pass"]
    lines += [
        _command("notice", f"{one.rule.name}: stale baseline", "; ".join(map(str, one.notices)))
        for one in record.rules
        if one.stale
    ]
    return lines + [
        _command("warning", f"{one.code} {one.name}".strip() or "warning", one.text)
        for one in shown(record.notices)
        if one.severity is Severity.WARNING
    ]


def _line(one: RuleVerdict, *, soft: bool) -> str:
    level = "warning" if soft else "error"
    code = f" {find_code(one.code)}" if one.code else ""
    return _command(level, f"{one.verdict}{code}: {one.rule.name}", sentence(one))


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
