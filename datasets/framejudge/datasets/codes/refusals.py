"""FJ9..: what a command refuses, with exit code 2 and one line that says what, where and how to fix it."""

from __future__ import annotations

from framejudge.datasets.codes.code import Code, Severity

BAD_INPUT = Code(
    "FJ901",
    "bad-input",
    Severity.ERROR,
    "Wrong usage or input",
    "An option, a file or a folder is not what the command needs. Every refusal without a code of its own "
    "has this one.",
    "Nothing was computed; results that a command had already written stay.",
    "The line says how to fix it.",
)
BASELINE_MISSING = Code(
    "FJ902",
    "baseline-missing",
    Severity.ERROR,
    "The baseline does not exist",
    "`--baseline` names a stored run, and there is no such folder.",
    "A gate without a baseline would pass any loss, so that a misspelt path must not end as anything but an "
    "error.",
    "Correct the path. For the first gate of a project, before there is a baseline: `--no-baseline-yet`.",
)
BASELINE_UNREADABLE = Code(
    "FJ903",
    "baseline-unreadable",
    Severity.ERROR,
    "The baseline cannot be read",
    "`--baseline` names a folder that is no finished run, or whose files are damaged.",
    "As for a baseline that does not exist.",
    "Give a run that `bench run` finished, or store the baseline again.",
)
BASELINE_IS_RUN = Code(
    "FJ904",
    "baseline-is-run",
    Severity.ERROR,
    "The baseline is the run itself",
    "`--baseline` names the folder of the run that is to be judged.",
    "A run never loses against itself: the gate would always pass.",
    "Give the folder of an earlier run.",
)
RULES_MISPLACED = Code(
    "FJ905",
    "rules-misplaced",
    Severity.ERROR,
    "Rules that would not be read",
    "A table in pyproject.toml or a file in the folder is named nearly as the one that holds a gate's rules.",
    "The default rules would be judged in place of those that somebody wrote.",
    "Rename the table to `[tool.framejudge.gate]`, or the file to framejudge-gate.toml.",
)
