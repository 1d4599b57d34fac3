"""A gate's verdicts where GitHub shows them: as annotations of a job, and in its step summary."""

from __future__ import annotations

from framejudge.bench.run.verdicts import GateResults, RuleVerdict


def github_annotations(record: GateResults) -> list[str]:
    """Return workflow commands, a line per rule that did not pass and per stale baseline.

    A soft gate warns and does not raise errors.

    References
    ----------
    GitHub, "Workflow commands for GitHub Actions": setting an error, warning or notice message.
    """
    lines = [_line(one, soft=record.soft) for one in record.rules if one.verdict != "pass"]
    lines += [
        _command("notice", f"{one.rule.name}: stale baseline", "; ".join(one.advice))
        for one in record.rules
        if one.stale
    ]
    return lines


def _line(one: RuleVerdict, *, soft: bool) -> str:
    level = "error" if one.verdict == "fail" and not soft else "warning"
    return _command(level, f"{one.verdict}: {one.rule.name}", one.reason)


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
