"""The suspects as one self-contained HTML page: small pictures, why each is there, and what to do."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import cv2

from framejudge.datasets import html_page
from framejudge.datasets.audit.auditing import Audit
from framejudge.datasets.audit.findings import Finding
from framejudge.datasets.codes import Severity
from framejudge.datasets.drawing.picture import Image
from framejudge.datasets.images.decode import UnreadableImage, decode_image

THUMBNAIL_SIDE_PX = 240
"""Large enough that a frame of few pixels is still seen."""

SHOWN_OF_A_CHECK = 120
_PACKAGE = "framejudge.datasets.audit"

TITLES = {
    "missing-file": "Rows without a file",
    "unreadable": "Files that cannot be read",
    "contradiction": "The same pixels with two labels",
    "parted": "On two sides of a split",
    "content-box": "Content boxes that cannot be right",
    "doubtful-label": "Labels that scores contradict",
    "near-contradiction": "Look the same, with two labels",
    "duplicate": "The same pixels twice",
    "near-duplicate": "Look the same",
    "class-balance": "Balance of the classes",
    "wrong-extension": "Contents and extension differ",
    "tiny": "Tiny pictures",
    "huge": "Huge pictures",
    "animated": "Animations",
    "unlisted": "Images without a row",
    "unlabelled": "Without a label",
    "not-scored": "Pictures the detector failed on",
    "not-doubted": "Labels that nobody doubted",
    "quick-model": "Who doubted the labels",
}
"""What each check is called on the page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on the page: its path, the link to its file, and its thumbnail as a data address, if any."""

    path: str
    link: str
    data: str


@dataclass(frozen=True, slots=True)
class Card:
    """One finding with the pictures that it speaks of."""

    finding: Finding
    pictures: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The findings of one check; ``left`` more are in the CSV only."""

    check: str
    title: str
    severity: Severity
    count: int
    cards: tuple[Card, ...]
    left: int


def render_page(audit: Audit, folder: Path, shown_of_a_check: int = SHOWN_OF_A_CHECK) -> str:
    """Return the page as HTML; its links to the images are relative to ``folder``, where it will lie."""
    thumbnails = _Thumbnails(audit.dataset.root, folder)
    sections = [
        _section(check, list(group), thumbnails, shown_of_a_check)
        for check, group in groupby(audit.findings, key=lambda finding: finding.check)
    ]
    return html_page.render_page(
        _PACKAGE,
        "suspects.html.j2",
        title=f"Audit of {audit.dataset.name}",
        style=html_page.read_asset(_PACKAGE, "suspects.css"),
        name=audit.dataset.name,
        images=len(audit.dataset),
        sections=sections,
        errors=sum(finding.severity is Severity.ERROR for finding in audit.findings),
        warnings=sum(finding.severity is Severity.WARNING for finding in audit.findings),
    )


def _section(check: str, findings: Sequence[Finding], thumbnails: _Thumbnails, limit: int) -> Section:
    cards = tuple(
        Card(finding, tuple(thumbnails.of(path) for path in (finding.path, finding.other) if path))
        for finding in findings[:limit]
    )
    title = TITLES.get(check, check)
    return Section(check, title, findings[0].severity, len(findings), cards, len(findings) - len(cards))


class _Thumbnails:
    """Small pictures of a set's files, each made once."""

    def __init__(self, root: Path, page_folder: Path) -> None:
        self._root = root
        self._to_root = os.path.relpath(root.resolve(), page_folder.resolve())
        self._made: dict[str, Shown] = {}

    def of(self, path: str) -> Shown:
        """Return a file's picture, without one where it cannot be read."""
        if path not in self._made:
            link = quote(Path(self._to_root, path).as_posix(), errors="surrogateescape")
            self._made[path] = Shown(_printable(path), link, self._data(path))
        return self._made[path]

    def _data(self, path: str) -> str:
        try:
            image = decode_image(self._root / path)
        except UnreadableImage:
            return ""
        return "data:image/jpeg;base64," + base64.b64encode(_jpeg(image)).decode("ascii")


def _jpeg(image: Image) -> bytes:
    height, width = image.shape[:2]
    scale = THUMBNAIL_SIDE_PX / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(image.dtype)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()


def _printable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
