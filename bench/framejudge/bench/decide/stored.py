"""A stored run weighed by a shop's costs: no detector runs, and nothing else of it changes."""

from __future__ import annotations

from dataclasses import replace

from framejudge.bench.decide.terms import DecisionTable, check_decision
from framejudge.bench.figures.assess import Measured, assess
from framejudge.bench.run import Run, folder


def decide_stored(run: Run, table: DecisionTable) -> Run:
    """Write into a run's folder what it decides at other costs, another prevalence or another budget.

    What was given before and is not given now stays. The prevalence changes accuracy and precision too.

    Raises
    ------
    InputError
        For costs, a prevalence or a budget that make no sense.
    """
    request = table.over(run.manifest.request)
    check_decision(request)
    figures = assess(run.columns, Measured.stored(run.results), request)
    results = replace(
        run.results,
        detectors=figures.detectors,
        comparisons=figures.comparisons,
        decision=figures.decision,
    )
    folder.write_results(run.folder, results)
    folder.write_manifest(run.folder, replace(run.manifest, request=request))
    return Run.open(run.folder)
