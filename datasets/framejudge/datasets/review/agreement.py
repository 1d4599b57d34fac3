"""How far two reviewers agree beyond chance: Cohen's kappa with an interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from framejudge.datasets.review.decisions import Decision, Verdict, own_verdict

CATEGORIES: tuple[Verdict, ...] = ("framed", "plain", "unsure")

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa with its interval.

    Attributes
    ----------
    value, low, high
        In [-1, 1]; None, with a ``reason``, where chance alone explains everything.
    observed, expected
        The share of images on which both agree, and what chance would give.
    images, groups
        How many images both judged, and from how many source photos they are.
    """

    value: float | None
    low: float | None
    high: float | None
    observed: float
    expected: float
    images: int
    groups: int
    method: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two reviewers, the table of what each said of the images that both judged, and their kappa.

    ``table[i][j]`` counts images that ``first`` called ``CATEGORIES[i]`` and ``second`` ``CATEGORIES[j]``.
    """

    first: str
    second: str
    table: tuple[tuple[int, ...], ...]
    kappa: Kappa


def agreements(
    standing: Mapping[str, Mapping[str, Decision]], group_of: Mapping[str, str]
) -> list[Agreement]:
    """Compare each two reviewers that judged an image in common.

    Parameters
    ----------
    standing
        Decisions by path and reviewer, as ``Journal.standing`` returns them.
    group_of
        The source photo of each path of the set; decisions about other images do not count.
    """
    reviewers = sorted({name for by_reviewer in standing.values() for name in by_reviewer})
    return [
        found
        for first, second in combinations(reviewers, 2)
        if (found := _compare(first, second, standing, group_of)) is not None
    ]


def _compare(
    first: str,
    second: str,
    standing: Mapping[str, Mapping[str, Decision]],
    group_of: Mapping[str, str],
) -> Agreement | None:
    tables: dict[str, Counts] = {}
    for path, by_reviewer in standing.items():
        one, other = own_verdict(by_reviewer, first), own_verdict(by_reviewer, second)
        if one is None or other is None or path not in group_of:
            continue
        table = tables.setdefault(group_of[path], np.zeros((len(CATEGORIES), len(CATEGORIES))))
        table[CATEGORIES.index(one), CATEGORIES.index(other)] += 1
    if not tables:
        return None
    stacked = np.stack(list(tables.values()))
    total = tuple(tuple(int(count) for count in row) for row in stacked.sum(axis=0))
    return Agreement(first, second, total, cohens_kappa(stacked))


def cohens_kappa(tables: Counts, confidence: float = 0.95) -> Kappa:
    """Compute Cohen's kappa and an interval that respects groups.

    The standard error is the large-sample one of Fleiss, Cohen and Everitt, summed over groups. Symmetric
    around kappa it would leave [-1, 1] and collapse to a point where nobody disagrees, so it is turned into
    an effective number of images, and Wilson's interval for the share of agreements at that size is carried
    over to kappa.

    Parameters
    ----------
    tables
        Shape (groups, k, k): for each group, how often the first reviewer said i and the second j.

    References
    ----------
    J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20,
    1960.
    J. L. Fleiss, J. Cohen, B. S. Everitt, Large sample standard errors of kappa and weighted kappa,
    Psychological Bulletin 72, 1969.
    """
    groups = len(tables)
    images = tables.sum()
    shares = tables.sum(axis=0) / images
    by_first, by_second = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float(np.trace(shares)), float(by_first @ by_second)
    method = "Cohen's kappa, Wilson limits at the effective sample size"
    if groups < images:
        method += ", clustered by group"
    if expected > 1 - 1e-12:
        reason = "both reviewers put every image into the same class"
        return Kappa(None, None, None, observed, expected, int(images), groups, method, reason)
    kappa = (observed - expected) / (1 - expected)
    variance = _clustered_variance(tables, by_first, by_second, observed, expected)
    spread_of_share = observed * (1 - observed) / (1 - expected) ** 2
    effective = spread_of_share / variance if variance > 0 and spread_of_share > 0 else float(groups)
    low, high = _wilson(observed, effective, confidence)
    return Kappa(
        value=kappa,
        low=max(-1.0, (low - expected) / (1 - expected)),
        high=(high - expected) / (1 - expected),
        observed=observed,
        expected=expected,
        images=int(images),
        groups=groups,
        method=method,
    )


def _clustered_variance(
    tables: Counts, by_first: Counts, by_second: Counts, observed: float, expected: float
) -> float:
    """Return the variance of kappa: squares of what each group contributes to its first-order expansion."""
    # One image in cell (i, j) moves kappa by this much (times 1/n); the mean over all images is zero.
    agrees = np.eye(len(by_first)) / (1 - expected)
    chance = (by_second[:, None] + by_first[None, :]) * (1 - observed) / (1 - expected) ** 2
    influence = agrees - chance
    shares = tables.sum(axis=0) / tables.sum()
    influence = influence - (shares * influence).sum()
    contributions = (tables * influence).sum(axis=(1, 2))
    return float((contributions**2).sum() / tables.sum() ** 2)


def _wilson(share: float, size: float, confidence: float) -> tuple[float, float]:
    """Wilson's score interval for a share seen in ``size`` trials, a real number here."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def in_words(agreement: Agreement) -> Sequence[str]:
    """Describe an agreement in lines for a terminal."""
    kappa = agreement.kappa
    counted = f"{kappa.images:,} images judged by both"
    if kappa.groups < kappa.images:
        counted += f" (from {kappa.groups:,} source photos)"
    if kappa.value is None:
        figure = f"Cohen's kappa: none; {kappa.reason}"
    else:
        figure = f"Cohen's kappa {kappa.value:.3f} (95 % interval {kappa.low:.3f} to {kappa.high:.3f})"
    width = max(len(agreement.first), *map(len, CATEGORIES)) + 2
    columns = "".join(f"{category:>9}" for category in CATEGORIES)
    rows = [
        f"  {category:<{width}}" + "".join(f"{count:>9,}" for count in row)
        for category, row in zip(CATEGORIES, agreement.table, strict=True)
    ]
    return [
        f"{agreement.first} and {agreement.second}: {figure}",
        f"  {counted}; they agree on {kappa.observed:.1%}, chance alone would give {kappa.expected:.1%}",
        f"  {agreement.first:<{width}}{columns}   <- {agreement.second}",
        *rows,
    ]
