"""The exam's split of photos: a bucket by hash, near-duplicates together."""

from __future__ import annotations

from collections.abc import Mapping

from framejudge.datasets.images.perceptual_hash import NEAR_DUPLICATE_BITS, near_duplicates

BUCKETS = 10
TRAIN = frozenset(range(7))
VALIDATION = frozenset({7})


def bucket(sha256: str) -> int:
    """Return the bucket, 0 to 9, of a file by the hexadecimal SHA-256 of its bytes.

    >>> bucket("b855cd5c8be02e14cd02f6ad9c1972b2f8c0597bd63fcdd5a191354463a035b0")
    2
    """
    return int(sha256[:8], 16) % BUCKETS


def parse_buckets(text: str) -> frozenset[int]:
    """Return the buckets that a text such as ``"9"``, ``"0-6"`` or ``"0-2,8"`` names.

    Raises
    ------
    ValueError
        When the text is anything else.

    >>> sorted(parse_buckets("0-2,8"))
    [0, 1, 2, 8]
    """
    chosen: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        chosen.update(range(int(first), int(last or first) + 1))
    if not chosen or not chosen <= set(range(BUCKETS)):
        raise ValueError(f"buckets are 0 to {BUCKETS - 1}, not {text!r}")
    return frozenset(chosen)


def representatives(
    perceptual_hashes: Mapping[str, int], max_bits: int = NEAR_DUPLICATE_BITS
) -> dict[str, str]:
    """Return for each SHA-256 the smallest SHA-256 of its cluster of near-duplicates.

    The bucket of a photo is the bucket of that one, so that no two near-duplicates land on different
    sides of the split.
    """
    ordered = sorted(perceptual_hashes)
    first = near_duplicates([perceptual_hashes[digest] for digest in ordered], max_bits)
    return {digest: ordered[index] for digest, index in zip(ordered, first, strict=True)}
