"""FJ2..: what a detector did, or did not do."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

DEFAULT_THRESHOLD = Code(
    "FJ201",
    "default-threshold",
    Severity.WARNING,
    "The detector brings no threshold",
    "The detector has no `threshold`; 0.5 was assumed.",
    "Nobody fixed 0.5 on data, so that its accuracy may be far from what the detector can do. Its AUC does "
    "not depend on it.",
    "Give the detector a threshold that was fixed on tuning data.",
)
BATCH_NOT_USED = Code(
    "FJ202",
    "batch-not-used",
    Severity.WARNING,
    "predict was used in place of predict_batch",
    "`predict_batch` raised an error, or returned other than one score for each image.",
    "The scores are those of `predict`, and scoring took longer than it has to.",
    "Mend `predict_batch`, or remove it. `bench check` tries it.",
)
LOCATE_FAILED = Code(
    "FJ203",
    "locate-failed",
    Severity.WARNING,
    "locate failed on some images",
    "`locate` raised an error or returned something that is no box.",
    "The frames of these images count as missed.",
    "Mend `locate`; the message holds its first error.",
)
KEEPS_ANSWERS = Code(
    "FJ204",
    "keeps-answers",
    Severity.WARNING,
    "The detector keeps its scores",
    "Calls on pixels that the detector has seen are faster than those on new pixels, beyond what an honest "
    "detector could show.",
    "Images come up several times while a detector is timed. Its latencies then are those of a cache.",
    "Switch the cache off and run again.",
)
SCORES_VARY = Code(
    "FJ205",
    "scores-vary",
    Severity.WARNING,
    "One image gets several scores",
    "Two scores of the same pixels differ by more than 0.001.",
    "The scores depend on the order of calls or on chance, and so do all figures of the detector.",
    "Fix its random seeds, and keep no state between calls.",
)
THRESHOLD_MISFIT = Code(
    "FJ208",
    "threshold-misfit",
    Severity.WARNING,
    "The threshold does not fit this set",
    "A threshold that is fitted to other images of the set judges more images right, beyond chance and by at "
    "least 0.5 points; or the scores, read as probabilities, are off beyond chance, and their mean log loss "
    "is at least 0.05 above that of fitted ones.",
    "The accuracy says less about the detector than about its threshold, which was fixed on other pictures.",
    "Fit it on a part of your own images: `bench calibrate`.",
)
FITTED_ON_THESE = Code(
    "FJ209",
    "fitted-on-these",
    Severity.WARNING,
    "The threshold was fitted on these images",
    "Images of the run have the same pixels as images that the detector's calibration was fitted on.",
    "A threshold looks better on the images that it was fitted on than on others.",
    "Run on another part, for example with `--where split=test`.",
)
DETECTOR_FAILED = Code(
    "FJ206",
    "detector-failed",
    Severity.ERROR,
    "The detector failed",
    "It could not be loaded, it ended, it took too long, or it failed on every image.",
    "It has no figures, and the run is incomplete (exit code 3). The other detectors finished.",
    "Read the message; `bench check` tries the detector alone.",
)
WITHOUT_SCORE = Code(
    "FJ207",
    "without-score",
    Severity.WARNING,
    "Images without a score",
    "The detector raised an error on an image, or its score is not a number in [0, 1].",
    "These images are in none of the detector's figures of a run. A gate counts them as wrong.",
    "Read the messages in the report, and mend the detector.",
)
UNFINISHED = Code(
    "FJ210",
    "unfinished",
    Severity.WARNING,
    "The run is not finished",
    "The run ended early, or is still going on, and a report of it was asked for.",
    "The figures are those of the images that were scored so far: the first blocks of the set, which may be "
    "unlike the rest.",
    "Go on with `bench run --resume RUN`.",
)
