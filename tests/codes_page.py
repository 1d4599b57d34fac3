"""Write docs/warnings.md from the catalogue of codes: ``python tests/codes_page.py > docs/warnings.md``."""

from __future__ import annotations

from framejudge.datasets.codes import CATALOGUE, RETIRED, Code

HEAD = """# Warnings, findings and refusals

Whatever warns, judges or refuses has a code: a number that stays for ever, and a name. The terminal, the
report, results.json (`notices`), JUnit, annotations and SARIF show both. The code itself, not the wording
of the message, is what a script should look for.

A **warning** or **note** that you know of can be muted, by number or name:

```
bench run --detectors canny --mute FJ301,clock-governor
```

or once for the project, in `framejudge.toml` or pyproject.toml beside you:

```toml
[warnings]                  # [tool.framejudge.warnings] in pyproject.toml
mute = ["FJ301"]
```

`run`, `report`, `gate` and `dataset audit` obey it. What is muted stays in results.json and findings.csv,
and a line counts it. An **error** cannot be muted.
"""

SECTIONS = {
    "1": "While detectors are timed",
    "2": "Detectors",
    "3": "The labelled set of a run",
    "4": "Findings of an audit",
    "5": "Gates",
    "6": "Comparing runs",
    "9": "Refusals (exit code 2)",
}
"""Headings by the first digit of a number."""


def codes_page() -> str:
    """Return the page: a section for each code, in the order of the numbers."""
    parts = [HEAD]
    for digit, heading in SECTIONS.items():
        parts.append(f"## {heading}\n")
        parts += [_section(code) for code in CATALOGUE if code.number[2] == digit]
    if RETIRED:
        parts.append(f"Numbers that are not used any more: {', '.join(sorted(RETIRED))}.\n")
    return "\n".join(parts)


def _section(code: Code) -> str:
    rows = (
        ("severity", code.severity.value),
        ("how it is found", code.found),
        ("why it matters", code.matters),
        ("what to do", code.action),
    )
    table = "\n".join(f"| {name} | {_cell(text)} |" for name, text in rows)
    return f"### {code}\n\n{code.title}.\n\n| | |\n| --- | --- |\n{table}\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(codes_page(), end="")
