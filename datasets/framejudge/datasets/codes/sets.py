"""FJ3..: what a run found out about its labelled set."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

GENERATED = Code(
    "FJ301",
    "generated-set",
    Severity.WARNING,
    "The set was drawn by a program",
    "The set is the built-in one, or one of `bench dataset make` or `bench dataset frame`.",
    "Its frames are of the drawer's taste. A detector may do well on them and badly in a shop.",
    "Use it to try things out. Measure on labelled pictures of your own before you decide.",
)
PIXELS_NOT_CHECKED = Code(
    "FJ302",
    "pixels-not-checked",
    Severity.WARNING,
    "Labels were matched by paths alone",
    "A run was judged against a labels table whose images are not beside it.",
    "If an image was replaced since the run, its new label judges the old image's score.",
    "Give the folder of the whole set.",
)
LABELLED_LATE = Code(
    "FJ303",
    "labelled-late",
    Severity.WARNING,
    "Images were labelled after the run",
    "Images have a label now and had none when the detectors ran.",
    "They have no score, so that they count nowhere.",
    "Run the detectors again.",
)
TWO_LABELS = Code(
    "FJ305",
    "two-labels",
    Severity.WARNING,
    "The same pixels with two labels",
    "An image has the same decoded pixels as an earlier one of the set, and the other label.",
    "Every detector is wrong on one of the two.",
    "Correct the label that is wrong; `bench dataset audit` lists the pairs.",
)
UNREADABLE_IMAGES = Code(
    "FJ304",
    "unreadable-images",
    Severity.WARNING,
    "Images that cannot be read",
    "The decoder refused a file: it is damaged, no picture, or not there.",
    "No detector saw these images. They are in no figure.",
    "Replace or remove them; `bench dataset audit` lists them with the reason.",
)
MANY_ATTRIBUTES = Code(
    "FJ306",
    "many-attributes",
    Severity.WARNING,
    "More attributes than slices are made of",
    "The labels table has more than 100 columns beside those that mean something.",
    "Slices are made of the first 100 of them: with thousands, some are weak by chance alone.",
    "Put the columns that you want slices of first, or leave the others out of the table.",
)
