"""The hands by name: what each needs, which version is at hand, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from framejudge.datasets.drawing.assets import Assets
from framejudge.datasets.drawing.hands import augly, imagemagick, pgfornament, pillow
from framejudge.datasets.drawing.hands.artwork import ArtworkHand
from framejudge.datasets.drawing.hands.hand import Hand
from framejudge.datasets.drawing.hands.own import OwnHand
from framejudge.datasets.drawing.hands.reported_bands import ReportedHand
from framejudge.datasets.drawing.hands.texture import TextureHand


@dataclass(frozen=True, slots=True)
class HandSpec:
    """A hand that can be opened.

    Attributes
    ----------
    open
        Makes it from a library of artwork and textures.
    version
        Returns the version of its tool, empty where that is not installed; None where it needs no tool.
    needs
        What to install.
    """

    open: Callable[[Assets], Hand]
    version: Callable[[], str] | None = None
    needs: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether its tool is not installed."""
        return self.version is not None and not self.version()


HANDS: Mapping[str, HandSpec] = {
    "imagemagick": HandSpec(lambda assets: imagemagick.HAND, imagemagick.version, imagemagick.NEEDS),
    "pillow": HandSpec(lambda assets: pillow.HAND, pillow.version),
    "artwork": HandSpec(ArtworkHand),
    "texture": HandSpec(TextureHand),
    "reported": HandSpec(ReportedHand),
    "own": HandSpec(OwnHand),
    "augly": HandSpec(augly.AuglyHand, augly.version, augly.NEEDS),
    "pgfornament": HandSpec(
        lambda assets: pgfornament.PgfornamentHand(), pgfornament.version, pgfornament.NEEDS
    ),
}


def open_hand(name: str, assets: Assets) -> Hand:
    """Return a hand by its name, which must be in `HANDS`."""
    return HANDS[name].open(assets)


def missing_hands(names: Iterable[str]) -> dict[str, str]:
    """Return the hands whose tool is not installed, each with what to install."""
    return {name: HANDS[name].needs for name in names if HANDS[name].is_missing}


def tool_versions(names: Iterable[str]) -> dict[str, str]:
    """Return the version of each hand's tool, where it has one; "not installed" where it is missing."""
    return {
        name: version() or "not installed" for name in names if (version := HANDS[name].version) is not None
    }
