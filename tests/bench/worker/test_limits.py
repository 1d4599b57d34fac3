"""Amounts of memory as people write them."""

from __future__ import annotations

import pytest

from framejudge.bench.worker.limits import parse_size, size_text
from framejudge.datasets.errors import InputError


@pytest.mark.parametrize(
    ("text", "size", "told"),
    [
        ("2GB", 2 * 10**9, "2 GB"),
        ("2 GiB", 2 * 2**30, "2 GiB"),
        ("1.5g", 1_500_000_000, "1500 MB"),
        ("700MB", 700_000_000, "700 MB"),
        ("200000000", 200_000_000, "200 MB"),
    ],
)
def test_a_size_means_what_it_says(text: str, size: int, told: str) -> None:
    assert parse_size(text) == size and size_text(size) == told


@pytest.mark.parametrize("text", ["", "much", "-1GB", "2TB", "1e9", "10MB", "0"])
def test_no_size_and_too_little_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--max-memory"):
        parse_size(text)


def test_no_limit_is_none() -> None:
    assert parse_size(None) is None
