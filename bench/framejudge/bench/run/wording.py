"""Numbers as text: as many digits as they deserve, units, signs, intervals; `NONE` where there is no value.

Terminal, Markdown and report write their figures with these; what a column or a sentence means is theirs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from framejudge.bench.run.figure import Figure
from framejudge.bench.run.metrics import Metric

Format = Callable[[float], str]

MINUS = "\u2212"

NONE = "-"
"""Stands where there is no value."""


MOST = 1_000_000
"""Nobody labels more images than these."""


def optional(value: float | None, form: Format) -> str:
    """Return a number as text, `NONE` where there is none."""
    return NONE if value is None else form(value)


def decimals(places: int) -> Format:
    """Return a format of so many decimals."""
    return lambda value: f"{value:.{places}f}"


def digits(places: int) -> Format:
    """Return a format of so many significant digits, zeros at the end too."""
    return lambda value: f"{value:#.{places}g}".rstrip(".")


def signed(form: Format) -> Format:
    """Return a format with a sign before every number.

    >>> signed(decimals(2))(0.5), signed(decimals(2))(-0.5)
    ('+0.50', '-0.50')
    """
    return lambda value: f"{'-' if value < 0 else '+'}{form(abs(value))}"


def bracketed(figure: Figure, form: Format) -> str:
    """Return a figure with its interval in brackets; "at most" where only an upper bound is known.

    >>> bracketed(Figure(value=0.5, low=0.4, high=0.6), decimals(1))
    '0.5 [0.4, 0.6]'
    """
    if figure.value is None:
        return NONE if figure.high is None else f"at most {form(figure.high)}"
    if figure.low is None or figure.high is None:
        return form(figure.value)
    return f"{form(figure.value)} [{form(figure.low)}, {form(figure.high)}]"


def interval(figure: Figure, form: Format) -> str:
    """Return "low to high", nothing where there is no interval; a unit is written once.

    Ends have as many digits as it takes to tell them apart, and one that all but reaches the end of the scale
    is written as that. Where both ends are written like the value, there is nothing to add to it.

    >>> interval(Figure(value=0.5, low=0.008, high=0.9999999), percent)
    '0.8 to 100 %'
    >>> interval(Figure(value=0.0, low=0.0, high=0.0), pixels)
    ''
    """
    if figure.low is None or figure.high is None:
        return ""
    low, high = _ends(figure.low, figure.high, form)
    if figure.value is not None and low == high == form(figure.value):
        return ""
    if " " in low and low.rpartition(" ")[2] == high.rpartition(" ")[2]:
        low = low.rpartition(" ")[0]
    return f"{low} to {high}"


def _ends(low: float, high: float, form: Format) -> tuple[str, str]:
    """Return both ends as text; those of shares with the fewest decimals that tell them apart."""
    if form not in _SCALES:
        return form(low), form(high)
    scale, unit, fewest, most = _SCALES[form]
    texts = ("", "")
    for places in range(fewest, most + 1):
        texts = (f"{low * scale:.{places}f}", f"{high * scale:.{places}f}")
        if texts[0] != texts[1]:
            break
    ends = {f"{end * scale:.{places}f}": f"{end * scale:.0f}" for end in (0, 1)} if unit else {}
    written = [f"{ends.get(text, text)}{unit}".replace("-", MINUS) for text in texts]
    return written[0], written[1]


def percent(share: float) -> str:
    """Return a share as a percentage; 100 % is said only where nothing is missing.

    >>> percent(0.974), percent(1.0), percent(0.9999)
    ('97.4 %', '100 %', '99.99 %')
    """
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    for decimals in (1, 2, 3):
        text = f"{share * 100:.{decimals}f}"
        if 0.0 < float(text) < 100.0:
            return f"{text} %"
    return f"{share * 100:.3f} %"


def fraction(value: float) -> str:
    """Return a value in [0, 1] with three decimals, and more only where three would say 0 or 1."""
    text = f"{value:.3f}"
    if text in ("1.000", "0.000", "-0.000") and value not in (0.0, 1.0):
        text = f"{value:.5f}"
    return text.replace("-", MINUS)


def milliseconds(value: float) -> str:
    """Return a duration in milliseconds with its unit, at most three digits.

    >>> milliseconds(0.0421), milliseconds(1.5), milliseconds(1234.0)
    ('42.1 µs', '1.50 ms', '1.23 s')
    """
    return _duration(value, _three_digits)


def duration_tick(value: float) -> str:
    """Return a duration with its unit for an axis, where 2 ms is two and not 2.00.

    >>> duration_tick(0.5), duration_tick(2.0)
    ('500 µs', '2 ms')
    """
    return _duration(value, lambda scaled: f"{scaled:.3g}")


def _duration(value: float, form: Format) -> str:
    for scale, unit in ((1e-3, "µs"), (1.0, "ms")):
        if abs(value) < 999.5 * scale:
            return f"{form(value / scale)} {unit}"
    return f"{form(value / 1e3)} s"


def number(value: float) -> str:
    """Return a plain number with about three digits.

    >>> number(1234567.0), number(0.0312)
    ('1,230,000', '0.0312')
    """
    return _three_digits(value)


def mebibytes(value: float) -> str:
    """Return an amount of memory."""
    return f"{_three_digits(value)} MiB"


def pixels(value: float) -> str:
    """Return a length in pixels."""
    return f"{_three_digits(value)} px"


_SCALES: Mapping[Format, tuple[float, str, int, int]] = {percent: (100, " %", 1, 3), fraction: (1, "", 3, 5)}
"""Of forms for shares: what a share is multiplied by, its unit, the fewest and the most decimals."""

_FORMS: Mapping[str, Format] = {"ms": milliseconds, "MiB": mebibytes, "px": pixels}


def form_of(metric: Metric) -> Format:
    """Return how values of a metric are written: a share in per cent, others by their unit."""
    if metric.share:
        return percent
    return _FORMS.get(metric.unit, number) if metric.unit else fraction


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points."""
    return f"{difference * 100:.1f}".replace("-", MINUS)


def shortened(name: str, limit: int = 24) -> str:
    """Return a name cut in the middle: the ends of ``package.module:Class`` say most."""
    if len(name) <= limit:
        return name
    head = (limit - 1) // 3
    return f"{name[:head]}…{name[head + 1 - limit :]}"


def count(amount: int, one: str, many: str | None = None) -> str:
    """Return "1 image", "1,000 images".

    >>> count(1, "image"), count(1000, "image")
    ('1 image', '1,000 images')
    """
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def about(amount: int, one: str, many: str | None = None) -> str:
    """Return an amount that was estimated, rounded up to two digits; a million is as many as anyone needs.

    >>> about(3381, "image"), about(4_000_000, "image")
    ('about 3,400 images', 'more than 1,000,000 images')
    """
    if amount > MOST:
        return f"more than {count(MOST, one, many)}"
    step = 10 ** max(0, len(str(amount)) - 2)
    return f"about {count(math.ceil(amount / step) * step, one, many)}"


def listed(names: Iterable[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    *before, last = [*names] or [""]
    return f"{', '.join(before)} and {last}" if before else last


def p_value(p: float | None) -> str:
    """Return a p-value with no more digits than it deserves.

    >>> p_value(0.0312), p_value(0.0000312), p_value(None)
    ('0.031', '<0.0001', '-')
    """
    return optional(p, lambda value: "<0.0001" if value < 0.0001 else f"{value:.2g}")


def p_equals(p: float) -> str:
    """Return "p = 0.03" or "p < 0.0001"."""
    return f"p {p_value(p).replace('<', '< ')}" if p < 0.0001 else f"p = {p_value(p)}"


def _three_digits(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.2e}")
    return f"{rounded:,.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"
