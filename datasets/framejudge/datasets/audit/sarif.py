"""An audit's findings as SARIF, which code hosts and editors show beside the files.

References
----------
OASIS, "Static Analysis Results Interchange Format (SARIF) version 2.1.0", 2020.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from framejudge.datasets.audit.findings import Finding
from framejudge.datasets.codes import Code, Severity, code_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(findings: Sequence[Finding], root: Path, version: str) -> str:
    """Return findings as a SARIF log with one run: a rule for each code, a result for each finding.

    Parameters
    ----------
    root
        The set's folder, relative to which files are named (``SRCROOT``). A finding about the whole set is
        about the folder.
    version
        Of this program.
    """
    codes = sorted({code_of(one.check) for one in findings}, key=lambda code: code.number)
    index = {code.name: k for k, code in enumerate(codes)}
    run = {
        "tool": {
            "driver": {
                "name": "framejudge",
                "version": version,
                "rules": [_rule(code) for code in codes],
            }
        },
        "originalUriBaseIds": {"SRCROOT": {"uri": root.absolute().as_uri() + "/"}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, index[one.check]) for one in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.number,
        "name": "".join(part.capitalize() for part in code.name.split("-")),
        "shortDescription": {"text": f"{code.title}."},
        "fullDescription": {"text": f"{code.found} {code.matters}"},
        "help": {"text": code.action},
        "defaultConfiguration": {"level": LEVELS[code.severity]},
    }


def _result(one: Finding, rule: int) -> dict[str, Any]:
    message = f"{one.message}; {one.suggestion}" if one.suggestion else one.message
    found: dict[str, Any] = {
        "ruleId": code_of(one.check).number,
        "ruleIndex": rule,
        "level": LEVELS[one.severity],
        "message": {"text": message},
        "locations": [_location(one.path or ".")],
    }
    if one.other:
        found["relatedLocations"] = [{"id": 1, **_location(one.other)}]
    return found


def _location(path: str) -> dict[str, Any]:
    uri = quote(path, errors="surrogateescape")
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}}}
