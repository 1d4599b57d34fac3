"""FJ5..: why a rule of a gate failed or cannot be judged, and what to know beside its verdict."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

DROPPED = Code(
    "FJ501",
    "dropped",
    Severity.ERROR,
    "A figure dropped",
    "The figure is lower than in the baseline by more than `max_drop`, and the paired test gives p <= 0.01.",
    "The change made the detector worse on images that the baseline got right.",
    "The report lists the images that regressed. Mend the detector, or, where the loss is wanted, store a "
    "new baseline.",
)
SLOWER = Code(
    "FJ502",
    "slower",
    Severity.ERROR,
    "The detector became slower",
    "Pairs of fresh processes that took turns show a growth beyond `max_growth`, and the test of it is "
    "significant.",
    "The growth is that of the code: both versions were measured in one session, in turns.",
    "Find what costs the time, or give a larger `max_growth`.",
)
LIMIT_MISSED = Code(
    "FJ503",
    "limit-missed",
    Severity.ERROR,
    "A figure misses its limit",
    "No part of the figure's 95 % interval keeps the rule's `min` or `max`.",
    "The figure is surely not what the rule asks for.",
    "Mend the detector, or give another limit.",
)
TOO_FEW_IMAGES = Code(
    "FJ511",
    "too-few-images",
    Severity.ERROR,
    "Too few images to judge a drop",
    "The minimum detectable effect of this set is larger than the rule asks for, and the interval does not "
    "rule such a drop out. Or more was lost than the rule allows, and the test cannot tell it from chance.",
    "A drop that one cares about could have been missed.",
    "Use more images, or give a larger `minimum_detectable_effect`.",
)
TOO_NOISY = Code(
    "FJ512",
    "too-noisy",
    Severity.ERROR,
    "Too noisy to judge latency",
    "After the last look at the pairs the growth is neither clearly beyond the limit nor clearly within "
    "it, or the minimum detectable effect is larger than the rule asks for.",
    "A slowdown that one cares about could have been missed.",
    "Close other programs, use a quieter runner, or give a larger `minimum_detectable_effect`.",
)
LIMIT_WITHIN_INTERVAL = Code(
    "FJ513",
    "limit-within-interval",
    Severity.ERROR,
    "The limit lies within the interval",
    "The 95 % interval of the figure is on both sides of the rule's `min` or `max`.",
    "The figure may keep the limit or miss it: so many images, or calls, do not say.",
    "Measure more, or give a limit that allows for the interval.",
)
NO_FIGURE = Code(
    "FJ514",
    "no-figure",
    Severity.ERROR,
    "There is nothing to judge",
    "The figure or its interval does not exist: not timed, no image in the slice, one class alone, or most "
    "images without a score.",
    "A rule without a figure must not look as if it was kept.",
    "The message says what is missing.",
)
NO_BASELINE = Code(
    "FJ515",
    "no-baseline",
    Severity.ERROR,
    "No baseline to compare with",
    "A rule is about a change, and no `--baseline` was given, or `--no-baseline-yet` let it be missing.",
    "Without a baseline any loss would pass.",
    "Give one with `--baseline`.",
)
OTHER_SET = Code(
    "FJ516",
    "other-set",
    Severity.ERROR,
    "The baseline is on another set",
    "The fingerprints of the decoded images differ.",
    "Figures of two sets differ for reasons that have nothing to do with the detector.",
    "Measure the baseline on this set, or both versions at once: `--baseline git:REV`.",
)
NOT_IN_BASELINE = Code(
    "FJ517",
    "not-in-baseline",
    Severity.ERROR,
    "The baseline does not have the detector",
    "The detector is not in the baseline's run or commit.",
    "A new detector has nothing to lose yet, so that a rule about a loss says nothing.",
    "Store a baseline with it. `--no-baseline-yet` lets this one gate pass.",
)
NOT_IN_RUN = Code(
    "FJ518",
    "not-in-run",
    Severity.ERROR,
    "The run does not have the detector",
    "A rule names a detector that was not run.",
    "Nothing is known about it; a misspelt name would switch its rules off.",
    "Correct the name in the rules, or run the detector.",
)
NOT_MEASURED = Code(
    "FJ519",
    "not-measured",
    Severity.ERROR,
    "The detector could not be measured",
    "The detector failed, in the run, in the baseline or while pairs of processes were timed.",
    "Nothing is known about it.",
    "Read the message; `bench check` tries a detector alone.",
)
OTHER_MACHINE = Code(
    "FJ520",
    "other-machine",
    Severity.ERROR,
    "The limit holds on another machine",
    "The rule's `machine` is not the one that the run was made on.",
    "Milliseconds of one machine say nothing about another one.",
    "Run the gate on that machine, or use `latency_ratio`.",
)
SEVERAL_SESSIONS = Code(
    "FJ521",
    "several-sessions",
    Severity.ERROR,
    "Latencies of several sessions",
    "A rule on the growth of a latency, and both runs are stored ones.",
    "Between two sessions a machine's speed moves by more than what such a rule is about.",
    "Measure both versions at once: `--detectors NAME --baseline git:REV`, a model file or a detector.",
)
CUT_SHORT = Code(
    "FJ522",
    "cut-short",
    Severity.ERROR,
    "The gate was interrupted",
    "Ctrl-C or SIGTERM came before the rule was settled.",
    "What was measured by then does not say enough.",
    "Run the gate again, with more time.",
)
STALE_BASELINE = Code(
    "FJ531",
    "stale-baseline",
    Severity.NOTE,
    "Better than the baseline",
    "The version is significantly better, or faster, than the baseline.",
    "Until a new baseline is stored, a later change can lose all of the gain undetected.",
    "Store this run as the new baseline.",
)
NOT_CONFIRMED = Code(
    "FJ532",
    "not-confirmed",
    Severity.NOTE,
    "A first suspicion was not confirmed",
    "A first batch of pairs looked slower, and fresh pairs did not.",
    "The machine was disturbed in the first batch. The verdict rests on the fresh pairs.",
    "Nothing. If it comes often, use a quieter runner.",
)
LABELS_DIFFER = Code(
    "FJ533",
    "labels-differ",
    Severity.NOTE,
    "Labels differ from the baseline's",
    "Images have another label than in the baseline's run.",
    "The labels of the run judge both versions, so that the comparison is fair.",
    "Nothing, if labels were corrected.",
)
COUNTED_AS_WRONG = Code(
    "FJ534",
    "counted-as-wrong",
    Severity.NOTE,
    "Images without a score count as wrong",
    "A detector gave images no score, in the run or in the baseline.",
    "In a gate they count as wrong: a crash must not improve a figure.",
    "Read the errors in the report, and mend the detector.",
)
THRESHOLD_DIFFERS = Code(
    "FJ535",
    "threshold-differs",
    Severity.NOTE,
    "The threshold differs from the baseline's",
    "The detector's threshold is another one than in the baseline.",
    "Answers flip by that alone.",
    "Nothing, if the threshold was chosen anew on tuning data.",
)
LATENCY_MOVED = Code(
    "FJ536",
    "latency-moved",
    Severity.NOTE,
    "The median latency beside a stored run's",
    "Both stored runs were timed.",
    "They are of two sessions, so that this is advice and never a verdict.",
    "Measure both versions at once, if it looks slower.",
)
BASELINE_LEFT_OUT = Code(
    "FJ537",
    "baseline-left-out",
    Severity.WARNING,
    "A baseline was left out",
    "One of several baselines cannot be compared with: another set, or another machine.",
    "The verdict rests on the others.",
    "Remove it from the command, or measure it anew.",
)
SEVERAL_BASELINES = Code(
    "FJ538",
    "several-baselines",
    Severity.NOTE,
    "The median of several baselines",
    "Several baselines were given.",
    "The one with the median change counts, so that one freak run moves nothing.",
    "Nothing.",
)
NO_RULE = Code(
    "FJ539",
    "no-rule",
    Severity.WARNING,
    "A detector without a rule",
    "A detector is in the run, or in a baseline, and no rule is about it.",
    "Nothing is judged of it, whatever it does.",
    "Write a rule for it, or leave it out of the run.",
)
SAME_FILES = Code(
    "FJ540",
    "same-files",
    Severity.WARNING,
    "Both versions consist of the same files",
    "The hashes of all files that decide the detector's scores are those of the baseline.",
    "Either nothing changed, or the new version is not the one that is installed: then the gate compared "
    "the old code with itself.",
    "If the detector was changed, install it (`pip install -e .`) and run the gate again.",
)
RUN_IS_OLDER = Code(
    "FJ541",
    "run-is-older",
    Severity.WARNING,
    "The run is older than its baseline",
    "The run began before the stored baseline did.",
    "The run may be left over from an earlier build, or the two may be exchanged.",
    "Look at both folders' dates; run the detectors again.",
)
BASELINE_ALLOWED_MISSING = Code(
    "FJ542",
    "baseline-allowed-missing",
    Severity.WARNING,
    "Rules were not judged, as --no-baseline-yet allows",
    "`--no-baseline-yet` was given, and a rule's baseline is missing or does not have the detector.",
    "Any loss would pass this gate.",
    "Store a baseline, and leave the option out from then on: it is refused where the baseline exists.",
)
