"""The set at a glance: how many images of which kind, what they are like, samples of each class and slice."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from framejudge.bench.run import DatasetSummary, Run
from framejudge.bench.run.columns import Booleans, Columns, Floats
from framejudge.bench.run.images.looks import PROPERTIES, Looks, sampled
from framejudge.bench.run.wording import Format, count, percent

OF_A_CLASS = 8
OF_A_SLICE = 5
MOST_SLICES = 60
PAIRS_SHOWN = 8
BINS = 24
TINY_PX = 96
"""The longer side of a small copy, at most."""


class Tile(NamedTuple):
    """A small picture: its position in the run, its path, its JPEG in base64, its size in pixels."""

    position: int
    path: str
    jpeg: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures of one kind, of how many images in all."""

    title: str
    images: int
    tiles: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """How a property is spread: three percentiles as text, and a histogram's heights in [0, 1]."""

    title: str
    low: str
    median: str
    high: str
    heights: Sequence[float]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a reader should know of the set before any figure.

    Attributes
    ----------
    facts
        Sentences.
    basis
        On which images properties and pictures are.
    formats
        Name, images, share in per cent.
    attributes
        By name, a strip a value.
    pairs
        Images that are the same as an earlier one, or look so, each after that one.
    """

    facts: Sequence[str]
    basis: str
    rows: Sequence[PropertyRow]
    formats: Sequence[tuple[str, str, float]]
    classes: Sequence[Strip]
    attributes: Mapping[str, Sequence[Strip]]
    pairs: Sequence[tuple[str, Tile, Tile]]

    def shown(self) -> set[int]:
        """Return the positions of the images whose pictures are in it."""
        strips = [*self.classes, *(one for strips in self.attributes.values() for one in strips)]
        found = {tile.position for strip in strips for tile in strip.tiles}
        return found | {tile.position for _, *both in self.pairs for tile in both}


def pixels_text(value: float) -> str:
    """Return whole pixels."""
    return f"{value:,.0f} px"


def bytes_text(value: float) -> str:
    """Return a file's size with about two digits.

    >>> bytes_text(512.0), bytes_text(9400.0), bytes_text(2_340_000.0)
    ('512 B', '9.4 kB', '2.3 MB')
    """
    if value < 999.5:
        return f"{value:.0f} B"
    if value < 9_950:
        return f"{value / 1e3:.1f} kB"
    return f"{value / 1e3:.0f} kB" if value < 999_500 else f"{value / 1e6:.1f} MB"


FORMS: Mapping[str, Format] = {
    "brightness": lambda value: f"{value:.0%}".replace("%", " %"),
    "contrast": lambda value: f"{value:.0%}".replace("%", " %"),
    "colourfulness": lambda value: f"{value:.0%}".replace("%", " %"),
    "longer side": pixels_text,
    "aspect": lambda value: f"{value:.2f}",
    "file size": bytes_text,
    "share of framed": percent,
}
"""How values of a property are written."""

_TITLES: Mapping[str, str] = {
    "brightness": "Brightness (0 % is black, 100 % white)",
    "contrast": "Contrast (50 % is half black, half white)",
    "colourfulness": "Colourfulness (0 % is grey)",
    "longer side": "Longer side",
    "aspect": "Width over height",
    "file size": "File size",
}


def overview(run: Run) -> Overview:
    """Return the overview of a run's set; without pictures where the run is of an earlier version."""
    columns, looks = run.columns, run.looks
    tiles = tiles_of(looks, columns)
    drawn = sampled(looks, columns)
    rows = [_row(one.name, drawn.values[one.name]) for one in PROPERTIES if one.name in _TITLES]
    return Overview(
        facts=_facts(run.results.dataset, columns, looks),
        basis=_basis(len(drawn.positions), len(columns)),
        rows=[row for row in rows if row is not None],
        formats=_formats(looks),
        classes=_classes(columns, tiles),
        attributes=_attributes(run, tiles),
        pairs=_pairs(looks, columns, tiles),
    )


def tiles_of(looks: Looks, columns: Columns) -> dict[int, Tile]:
    """Return the small picture of each image that has one, by its position."""
    found = {}
    for position, jpeg in zip(looks.positions.tolist(), looks.jpegs.to_pylist(), strict=True):
        width, height = (int(side) for side in columns.sizes[position])
        scale = min(1.0, TINY_PX / max(width, height, 1))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        found[position] = Tile(position, columns.path(position), base64.b64encode(jpeg).decode(), *size)
    return found


def _facts(dataset: DatasetSummary, columns: Columns, looks: Looks) -> list[str]:
    kinds = [f"{dataset.framed:,} framed", f"{dataset.plain:,} plain"]
    kinds += [f"{dataset.unlabelled:,} without a label"] if dataset.unlabelled else []
    found = [f"{count(dataset.images, 'image')}: {', '.join(kinds)}."]
    if dataset.unreadable:
        found.append(f"{count(dataset.unreadable, 'image')} cannot be read.")
    if dataset.groups < dataset.images:
        largest = int(np.bincount(columns.groups.codes[columns.groups.codes >= 0]).max())
        found.append(
            f"They come from {count(dataset.groups, 'group')} (photos, for example). The largest has "
            f"{count(largest, 'image')}. Images of one group are not independent, and intervals know it."
        )
    if dataset.generated:
        found.append("All of them were drawn, products and frames alike: they are for trying things out.")
    elif dataset.drawn:
        found.append("The frames were drawn by a recipe: figures hold for frames of this kind.")
    if dataset.same_pixels is not None:
        found.append(_same_pixels(dataset.same_pixels, dataset.contradicted or 0))
    if len(looks):
        alike = int(np.sum(looks.looks_like >= 0))
        among = f"of the {len(looks):,} images looked at look"
        found.append(f"{alike or 'None'} {among}{'s' if alike < 2 else ''} like one of another group.")
    return found


def _same_pixels(images: int, contradicted: int) -> str:
    if not images:
        return "No image is there twice."
    said = f"{count(images, 'image')} {'has' if images == 1 else 'have'} the same pixels as an earlier one"
    return f"{said}; {contradicted:,} of them with the other label." if contradicted else f"{said}."


def _basis(looked_at: int, images: int) -> str:
    if looked_at == images:
        return f"Of all {images:,} images."
    return f"Of {looked_at:,} images, drawn at random from those that can be read."


def _row(name: str, values: Floats) -> PropertyRow | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    form = FORMS[name]
    low, median, high = np.quantile(known, (0.1, 0.5, 0.9))
    return PropertyRow(_TITLES[name], form(low), form(median), form(high), _heights(known))


def _heights(values: Floats) -> list[float]:
    """Return a histogram's heights; the outermost percent at either end counts with its last bin."""
    low, high = np.quantile(values, (0.01, 0.99))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    counts, _ = np.histogram(np.clip(values, low, high), bins=BINS, range=(float(low), float(high)))
    return [round(float(one), 3) for one in counts / max(1, counts.max())]


def _formats(looks: Looks) -> list[tuple[str, str, float]]:
    codes = looks.formats.codes[looks.sampled]
    counts = np.bincount(codes[codes >= 0], minlength=len(looks.formats.values))
    names = looks.formats.values.to_pylist()
    order = np.argsort(-counts, kind="stable")
    total = max(1, int(counts.sum()))
    return [
        (names[k], percent(counts[k] / total), round(100 * counts[k] / total, 1)) for k in order if counts[k]
    ]


def _classes(columns: Columns, tiles: Mapping[int, Tile]) -> list[Strip]:
    kinds = (("framed", columns.framed), ("plain", columns.plain), ("without a label", ~columns.labelled))
    return [_strip(name, members, tiles, OF_A_CLASS, set()) for name, members in kinds if members.any()]


def _attributes(run: Run, tiles: Mapping[int, Tile]) -> dict[str, list[Strip]]:
    """Return strips of the values that the report has slices of."""
    columns, used = run.columns, set[int]()
    found: dict[str, list[Strip]] = {}
    slices = dict.fromkeys((one.attribute, one.value) for one in run.results.slices)
    for attribute, value in list(slices)[:MOST_SLICES]:
        column = columns.attributes.get(attribute)
        members = None if column is None else column.is_in(value)
        if members is not None and members.any():
            found.setdefault(attribute, []).append(_strip(value, members, tiles, OF_A_SLICE, used))
    return found


def _strip(title: str, members: Booleans, tiles: Mapping[int, Tile], most: int, used: set[int]) -> Strip:
    """Return some pictures, spread over the set; those that no strip has used go first."""
    own = [position for position in tiles if members[position]]
    fresh = [position for position in own if position not in used]
    pool = fresh if len(fresh) >= most else [*fresh, *(one for one in own if one in used)]
    step = max(1, len(pool) // most)
    chosen = pool[::step][:most]
    used.update(chosen)
    return Strip(title, int(members.sum()), [tiles[position] for position in chosen])


def _pairs(looks: Looks, columns: Columns, tiles: Mapping[int, Tile]) -> list[tuple[str, Tile, Tile]]:
    """Return pairs of images, those with the same pixels and other labels first."""
    found = []
    for others, words in ((looks.same_pixels, "same pixels"), (looks.looks_like, "look alike")):
        for own, other in zip(looks.positions.tolist(), others.tolist(), strict=True):
            if other in tiles and own in tiles:
                labels = columns.labels[[own, other]]
                contradicted = bool(labels.min() >= 0 and labels[0] != labels[1])
                text = f"{words}, other label" if contradicted else words
                found.append((not contradicted, text, tiles[other], tiles[own]))
    found.sort(key=lambda pair: pair[0])
    return [pair[1:] for pair in found[:PAIRS_SHOWN]]
