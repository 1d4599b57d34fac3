from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets.errors import InputError
from framejudge.datasets.printable import in_ascii, printable, printable_lines, shortened

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=50)
"""Lone surrogates and control characters, too."""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("caf\u00e9 \U0001f5bc", "caf\u00e9 \U0001f5bc"),
        ("\udcff.jpg", r"\udcff.jpg"),
        ("\x9b31m", r"\x9b31m"),
        ("\u2028\ufeff", r"\u2028\ufeff"),
    ],
)
def test_what_steers_a_terminal_is_shown_as_its_code(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(ANY_TEXT)
def test_any_text_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1 and shown.isprintable() <= True
    shown.encode("utf-8")
    assert printable(shown) == shown
    assert not any(sign in shown for sign in "\x1b\x07\x9b\u202e\u2066")


@given(ANY_TEXT)
def test_lines_stay_lines(text: str) -> None:
    assert printable_lines(text).count("\n") == text.count("\n")


@given(ANY_TEXT)
def test_an_ascii_terminal_can_show_anything(text: str) -> None:
    in_ascii(text).encode("ascii")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_an_input_error_is_one_line(what: str, where: str, fix: str) -> None:
    message = str(InputError(what, where=where, fix=fix))
    assert len(message.splitlines()) <= 1
    message.encode("utf-8")


def test_a_long_place_loses_its_middle() -> None:
    said = str(InputError("no such file", where="/" + "x" * 5_000))
    assert len(said) < 500 and "(5,001 characters)" in said
    assert shortened("short") == "short"
