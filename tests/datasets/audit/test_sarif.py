"""SARIF of an audit, against the rules of version 2.1.0 that can be checked without its schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

from framejudge.datasets.audit import Finding, Severity
from framejudge.datasets.audit.sarif import sarif
from framejudge.datasets.codes import code_of

FINDINGS = [
    Finding("a b/ü.jpg", "contradiction", Severity.ERROR, "the same pixels", "mend it", "c\udcff.jpg"),
    Finding("", "class-balance", Severity.NOTE, "1 framed, 1 plain"),
    Finding("d.jpg", "content-box", Severity.WARNING, "the box is the whole picture"),
]


def log(findings: list[Finding], root: Path) -> dict:
    return json.loads(sarif(findings, root, "0.1.0"))


def test_the_log_has_what_the_standard_requires(tmp_path: Path) -> None:
    found = log(FINDINGS, tmp_path)
    assert found["version"] == "2.1.0" and found["$schema"].endswith("sarif-2.1.0.json")
    (run,) = found["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "framejudge"
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)  # 3.19.23: no two with one id
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".") and rule["help"]["text"]
    for result in run["results"]:
        assert result["message"]["text"]  # 3.27.11
        assert result["level"] in ("none", "note", "warning", "error")  # 3.27.10
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # 3.27.7
        for place in [*result["locations"], *result.get("relatedLocations", [])]:
            artifact = place["physicalLocation"]["artifactLocation"]
            assert re.fullmatch(r"[A-Za-z0-9%./~_-]+", artifact["uri"])  # 3.10.1: RFC 3986
            assert artifact["uriBaseId"] in run["originalUriBaseIds"]
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"].endswith("/")  # 3.14.14


def test_a_result_names_its_code_its_level_and_the_other_file(tmp_path: Path) -> None:
    first, second, third = log(FINDINGS, tmp_path)["runs"][0]["results"]
    assert first["ruleId"] == code_of("contradiction").number == "FJ403" and first["level"] == "error"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC.jpg"
    assert len(first["relatedLocations"]) == 1
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "."
    assert (third["ruleId"], third["level"]) == ("FJ405", "warning")


def test_nothing_found_is_a_log_too(tmp_path: Path) -> None:
    assert log([], tmp_path)["runs"][0]["results"] == []


def test_every_check_of_an_audit_has_a_code() -> None:
    sources = Path(__file__).parents[3] / "datasets" / "framejudge" / "datasets" / "audit"
    text = "".join(file.read_text(encoding="utf-8") for file in sources.glob("*.py"))
    checks = set(re.findall(r'Finding\(\s*[^,()]*(?:\.path)?,\s*"([a-z-]+)"', text))
    assert len(checks) >= 15
    for check in checks:
        assert code_of(check).number.startswith("FJ4")
