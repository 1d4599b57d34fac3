"""Numbers as text: the same in the terminal, in Markdown and in the report."""

from __future__ import annotations

import doctest

import pytest

from framejudge.bench.run import Figure, wording
from framejudge.bench.run.wording import (
    bracketed,
    decimals,
    fraction,
    interval,
    listed,
    milliseconds,
    optional,
    p_equals,
    p_value,
    percent,
    pixels,
    shortened,
    signed,
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (percent(0.9999), "99.99 %"),
        (percent(1.0), "100 %"),
        (percent(0.0004), "0.04 %"),
        (fraction(0.99996), "0.99996"),
        (milliseconds(0.99996), "1.00 ms"),
        (milliseconds(0.0), "0 µs"),
        (optional(None, milliseconds), "-"),
        (optional(0.0, decimals(2)), "0.00"),
        (signed(decimals(3))(-0.0123), "-0.012"),
        (signed(percent)(0.5), "+50.0 %"),
        (listed([]), ""),
        (listed(["a", "b", "c"]), "a, b and c"),
        (interval(Figure(value=1.0, low=0.5, high=2.0), milliseconds), "500 µs to 2.00 ms"),
        (interval(Figure(value=0.9, low=0.8, high=0.95), percent), "80.0 to 95.0 %"),
        (interval(Figure(value=0.9), percent), ""),
        (interval(Figure(value=0.5, low=0.008, high=0.9999999), percent), "0.8 to 100 %"),
        (interval(Figure(value=0.5, low=1e-9, high=0.75), percent), "0 to 75.0 %"),
        (interval(Figure(value=0.9740, low=0.97396, high=0.97404), percent), "97.396 to 97.404 %"),
        (interval(Figure(value=1.0, low=0.9998, high=1.0), percent), "99.98 to 100 %"),
        (interval(Figure(value=0.0, low=0.0, high=0.0), pixels), ""),
        (interval(Figure(value=0.9999, low=0.99982, high=0.99996), fraction), "0.9998 to 1.0000"),
        (bracketed(Figure(value=0.9, low=0.8, high=0.95), decimals(2)), "0.90 [0.80, 0.95]"),
        (bracketed(Figure(value=0.9), decimals(2)), "0.90"),
        (bracketed(Figure(value=None, high=0.3), decimals(2)), "at most 0.30"),
        (bracketed(Figure(value=None), decimals(2)), "-"),
        (p_value(None), "-"),
        (p_value(0.00001), "<0.0001"),
        (p_equals(0.00001), "p < 0.0001"),
        (p_equals(0.0312), "p = 0.031"),
    ],
)
def test_figures_as_text(said: str, expected: str) -> None:
    assert said == expected


def test_the_examples_of_the_docstrings() -> None:
    assert doctest.testmod(wording).failed == 0


def test_long_names_keep_both_ends() -> None:
    name = shortened("my_company.vision.detectors:EdgeDetector", 20)
    assert len(name) == 20
    assert name.startswith("my_com") and name.endswith(":EdgeDetector"[-13:])
