from __future__ import annotations

import re
from pathlib import Path

import pytest
from codes_page import SECTIONS, codes_page

from framejudge.datasets.codes import CATALOGUE, RETIRED, Severity, code_of, find_code
from framejudge.datasets.errors import InputError

REPOSITORY = Path(__file__).parents[3]
PAGE = REPOSITORY / "docs" / "warnings.md"


def test_no_number_and_no_name_is_used_twice() -> None:
    numbers = [code.number for code in CATALOGUE]
    names = [code.name for code in CATALOGUE]
    assert len(set(numbers)) == len(numbers) and len(set(names)) == len(names)
    assert not RETIRED & set(numbers)


def test_every_code_reads_like_one() -> None:
    for code in CATALOGUE:
        assert re.fullmatch(r"FJ\d{3}", code.number) and code.number[2] in SECTIONS
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.name)
        assert not code.title.endswith(".")
        for text in (code.found, code.matters, code.action):
            assert (text.endswith(".") and text[0].isupper()) or text[0] == "`", code


def test_every_code_is_documented_and_every_documented_one_exists() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == codes_page(), "bring it up to date: python tests/codes_page.py > docs/warnings.md"
    headings = re.findall(r"^### (FJ\d{3}) ", written, flags=re.MULTILINE)
    assert headings == [code.number for code in CATALOGUE]


def test_a_code_leads_to_its_heading() -> None:
    headings = re.findall(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    anchors = {f"docs/warnings.md#{heading.lower().replace(' ', '-')}" for heading in headings}
    assert {code.anchor for code in CATALOGUE} == anchors


def test_numbers_that_were_given_out_keep_their_meaning() -> None:
    given = {
        "FJ101": "machine-busy",
        "FJ301": "generated-set",
        "FJ403": "contradiction",
        "FJ902": "baseline-missing",
    }
    assert {number: find_code(number).name for number in given} == given


def test_a_code_is_found_by_number_or_name() -> None:
    assert find_code("fj101") is find_code(" machine-busy ") is code_of("machine-busy")
    with pytest.raises(InputError, match=r"--mute: there is no code 'machine-bussy'; did you mean FJ101"):
        find_code("machine-bussy", "--mute")


def test_what_is_said_carries_code_name_and_severity() -> None:
    said = code_of("machine-busy").says("load 3.0", about="canny")
    assert (said.code, said.name, said.severity) == ("FJ101", "machine-busy", Severity.WARNING)
    assert (said.about, str(said)) == ("canny", "FJ101 machine-busy: load 3.0")
