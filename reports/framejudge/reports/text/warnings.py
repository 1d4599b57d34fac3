"""What a reader must know before believing a run's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from framejudge.bench.run import Results
from framejudge.datasets.codes import MuteList, Notice, find_code
from framejudge.datasets.codes.muting import muted_line
from framejudge.datasets.codes.sets import GENERATED

GENERATED_WARNING = (
    "this is a generated set, drawn for trying things out. It is no evidence about anyone's shop: "
    "measure on your own labelled pictures before you decide."
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A warning with what its code means: how it is found, why it matters, what to do.

    The last four are empty where an earlier version wrote the text alone.
    """

    text: str
    code: str = ""
    found: str = ""
    matters: str = ""
    action: str = ""


def notices_of(results: Results, mute: MuteList | None = None) -> list[Notice]:
    """Return a run's warnings, muted ones marked, and first of all that a generated set is no evidence."""
    generated = [GENERATED.says(GENERATED_WARNING)] if results.dataset.generated else []
    own = [one for one in results.notices if not (generated and _is_generated(one))]
    if any(_is_generated(one) and one.muted for one in results.notices):
        generated = [replace(one, muted=True) for one in generated]
    return (mute or MuteList()).applied_to([*generated, *own])


def explained(notices: Sequence[Notice]) -> list[Explained]:
    """Return the notices that nobody muted with what their codes mean, and a line that counts the others."""
    found = [_explained(one) for one in notices if not one.muted]
    line = muted_line(notices)
    return [*found, Explained(line)] if line else found


def _explained(one: Notice) -> Explained:
    if not one.code:
        return Explained(one.text)
    code = find_code(one.code)
    return Explained(one.text, str(code), code.found, code.matters, code.action)


def _is_generated(one: Notice) -> bool:
    return one.code == GENERATED.number or (not one.code and "generated" in one.text)
