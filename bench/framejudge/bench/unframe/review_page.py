"""Before and after as one self-contained page, the least sure crops first."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path

import cv2

from framejudge.bench.unframe import record
from framejudge.bench.unframe.single import Action, Outcome
from framejudge.bench.unframe.sources import Source
from framejudge.bench.unframe.unframing import Job
from framejudge.datasets.atomic_file import replace_text
from framejudge.datasets.html_page import read_asset, render_page
from framejudge.datasets.images.decode import UnreadableImage, decode_image
from framejudge.datasets.table.box import Box
from framejudge.detectors.protocol import Image

REVIEW, DRY_REVIEW = "review.html", "dry-run.html"
SHOWN = 240
"""Crops on the page: about 6 MiB."""

SIDE_PX = 220
JPEG_QUALITY = 80
_PACKAGE = "framejudge.bench.unframe"


@dataclass(frozen=True, slots=True)
class Card:
    """A crop on the page: pictures as data addresses, and the box in percent of the picture before."""

    path: str
    score: float
    reason: str
    before: str
    after: str
    left: float
    top: float
    width: float
    height: float


def write_review(job: Job, sources: Sequence[Source]) -> Path:
    """Write the page from an output folder's record and the pictures as they were; return its file."""
    counts = dict.fromkeys(Action, 0)
    outcomes = {outcome.path: outcome for outcome in record.read(job.record)}  # the last line counts
    for outcome in outcomes.values():
        counts[outcome.action] += 1
    cropped = (outcome for outcome in outcomes.values() if outcome.action is Action.CROPPED)
    files = {source.path: source.file for source in sources}
    chosen = nsmallest(SHOWN, (one for one in cropped if one.path in files), key=lambda one: one.score or 0.0)
    cards = [card for card in (_card(outcome, files[outcome.path]) for outcome in chosen) if card is not None]
    page = render_page(
        _PACKAGE,
        "review.html.j2",
        title=f"Frames removed by {job.spec.name}",
        style=read_asset(_PACKAGE, "review.css"),
        detector=job.spec.name,
        threshold=job.threshold,
        dry_run=job.dry_run,
        counts=[(str(action), count) for action, count in counts.items()],
        cropped=counts[Action.CROPPED],
        cards=cards,
        record=job.record.name,
    )
    file = job.out / (DRY_REVIEW if job.dry_run else REVIEW)
    replace_text(file, page, errors="backslashreplace")
    return file


def _card(outcome: Outcome, file: Path) -> Card | None:
    try:
        image = decode_image(file)
    except UnreadableImage:  # it could be read a moment ago: somebody changes the folder
        return None
    height, width = image.shape[:2]
    box = outcome.box or Box(0, 0, width, height)
    return Card(
        outcome.path,
        outcome.score or 0.0,
        outcome.reason,
        _data(image),
        _data(image[box.top : box.bottom, box.left : box.right]),
        100 * box.left / width,
        100 * box.top / height,
        100 * box.width / width,
        100 * box.height / height,
    )


def _data(image: Image) -> str:
    scale = SIDE_PX / max(image.shape[:2])
    if scale < 1:
        size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(image.dtype)
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), quality)
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")
