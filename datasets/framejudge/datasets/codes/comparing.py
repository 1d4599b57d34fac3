"""FJ6..: what makes two runs, or a history of runs, harder to compare."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

LABELS_CHANGED = Code(
    "FJ601",
    "labels-changed",
    Severity.WARNING,
    "Labels differ between two runs",
    "Images that are in both runs have another label in the second one.",
    "The second run's labels judge both, so that the first run's figures are not those that it printed.",
    "Nothing, if the labels were corrected. Otherwise compare runs of one set.",
)
GROUPS_CHANGED = Code(
    "FJ602",
    "groups-changed",
    Severity.WARNING,
    "Groups or content boxes differ between two runs",
    "The labels are the same, and the fingerprint of the labels table is not.",
    "Groups decide how wide the intervals are; those of the second run are used for both.",
    "Nothing, if the table was corrected.",
)
VERSIONS_DIFFER = Code(
    "FJ603",
    "versions-differ",
    Severity.WARNING,
    "Other versions of libraries",
    "The versions of libraries that the two runs recorded differ.",
    "Scores and times may differ for that reason alone.",
    "Measure both in one environment: `bench gate --baseline git:REV`.",
)
RUN_LEFT_OUT = Code(
    "FJ604",
    "run-left-out",
    Severity.WARNING,
    "A run was left out of the history",
    "A run in the given folder was cut short or cannot be read.",
    "The history has a gap where it should be.",
    "Run it again, or remove its folder.",
)
