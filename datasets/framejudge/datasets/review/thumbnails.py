"""Pictures as the page shows them: decoded the way detectors see them, reduced, kept in memory."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from pathlib import Path

import PIL.Image

from framejudge.datasets.images.decode import UnreadableImage, decode_image

TILE_PX = 256
"""Longest side of a picture in the grid: thin bands must survive the reduction."""

LARGE_PX = 1280
"""Longest side of a picture viewed alone."""

CACHE_BYTES = 128 * 1024 * 1024
_QUALITY = 92


class Thumbnails:
    """JPEG renditions of the images below one folder; the ones longest unused are dropped. Thread-safe."""

    def __init__(self, root: Path, cache_bytes: int = CACHE_BYTES) -> None:
        self._root = root.resolve()
        self._cache_bytes = cache_bytes
        self._held: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._held_bytes = 0
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """How much memory the renditions take."""
        return self._held_bytes

    def render(self, path: str, longest_side_px: int) -> bytes:
        """Return a listed image as JPEG, at most ``longest_side_px`` on its longest side, never enlarged.

        Raises
        ------
        UnreadableImage
            For a file that cannot be decoded, or that leads out of the folder by now.
        """
        key = (path, longest_side_px)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        data = self._reduce(path, longest_side_px)
        with self._lock:
            self._held_bytes += len(data) - len(self._held.pop(key, b""))
            self._held[key] = data
            while self._held_bytes > self._cache_bytes:
                self._held_bytes -= len(self._held.popitem(last=False)[1])
        return data

    def _reduce(self, path: str, longest_side_px: int) -> bytes:
        # The set was checked when it was read; a file may have become a link since.
        file = (self._root / path).resolve()
        if not file.is_relative_to(self._root):
            raise UnreadableImage("a symbolic link leads out of the folder", where=path)
        image = PIL.Image.fromarray(decode_image(file))
        image.thumbnail((longest_side_px, longest_side_px), PIL.Image.Resampling.LANCZOS)
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=_QUALITY, subsampling=0)
        return stream.getvalue()
