"""Codes of warnings, findings and refusals: what each means, and which ones somebody muted.

Plain data, so that whatever warns, judges or reports may import it.
"""

from framejudge.datasets.codes.catalogue import CATALOGUE, RETIRED, code_of, find_code
from framejudge.datasets.codes.code import Code, Notice, Severity, uncoded
from framejudge.datasets.codes.muting import MuteList, read_mute_list

__all__ = [
    "CATALOGUE",
    "RETIRED",
    "Code",
    "MuteList",
    "Notice",
    "Severity",
    "code_of",
    "find_code",
    "read_mute_list",
    "uncoded",
]
