"""A gate's verdicts as JUnit XML: a test case per rule, so that a regression has a name of its own."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from framejudge.bench.run import gate_wording as wording
from framejudge.bench.run.verdicts import GateResults, RuleVerdict
from framejudge.datasets.codes import find_code
from framejudge.datasets.codes.muting import shown

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gate_junit(record: GateResults) -> str:
    """Return the XML: fail is a ``failure``, cannot judge an ``error``; a soft gate's are ``skipped``.

    An error and not a skip, because a skipped test looks like one that passed.
    """
    counts = record.counts()
    suite = ET.Element(
        "testsuite",
        name="framejudge gate",
        tests=str(len(record.rules)),
        failures=str(0 if record.soft else counts["fail"]),
        errors=str(0 if record.soft else counts["cannot judge"]),
        skipped=str(counts["fail"] + counts["cannot judge"] if record.soft else 0),
        timestamp=record.started,
    )
    for one in record.rules:
        suite.append(_case(one, soft=record.soft))
    if notices := shown(record.notices):
        ET.SubElement(suite, "system-out").text = _text("\n".join(map(str, notices)))
    root = ET.Element("testsuites", name="framejudge")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(one: RuleVerdict, *, soft: bool) -> ET.Element:
    case = ET.Element("testcase", classname=f"gate.{_text(one.rule.detector)}", name=_text(one.rule.name))
    if one.verdict != "pass":
        kind = "failure" if one.verdict == "fail" else "error"
        problem = ET.SubElement(case, "skipped" if soft else kind, message=_text(wording.sentence(one)))
        if not soft:
            problem.set("type", f"{find_code(one.code)}" if one.code else one.verdict)
    said = [*([wording.sentence(one)] if one.verdict == "pass" else []), *map(str, one.notices)]
    if said:
        ET.SubElement(case, "system-out").text = _text("\n".join(said))
    return case


def _text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
