"""How many bits the samples of a JPEG 2000 picture have, which Pillow does not say.

References
----------
ISO/IEC 15444-1, annex A.5.1: the image and tile size marker (SIZ).
"""

from __future__ import annotations

import struct

_START_AND_SIZ = b"\xff\x4f\xff\x51"
_COMPONENTS_AT = 40
"""Bytes from the start of the codestream to the number of components; three bytes for each follow."""


def bits_of_samples(data: bytes) -> tuple[int, ...]:
    """Return the bits of each component's samples; nothing where no header is found.

    Parameters
    ----------
    data
        The file's bytes, a raw codestream or one inside the boxes of a JP2 file.
    """
    start = data.find(_START_AND_SIZ)
    if start < 0:
        return ()
    try:
        (count,) = struct.unpack_from(">H", data, start + _COMPONENTS_AT)
        places = range(start + _COMPONENTS_AT + 2, start + _COMPONENTS_AT + 2 + 3 * count, 3)
        return tuple((data[place] & 0x7F) + 1 for place in places)
    except (struct.error, IndexError):
        return ()
