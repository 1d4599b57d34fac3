"""What the command line and notebooks call: run, resume, merge, compare, gate, rejudge. Nothing here prints.

What is heavy is imported inside the functions, after the names were checked: a misspelt detector is refused
at once.

Examples
--------
>>> from framejudge.bench.api import run                                         # doctest: +SKIP
>>> first = run("canny,cnn", dataset="thumbnails", out="runs/first")             # doctest: +SKIP
>>> first.results.detectors["canny"].accuracy                                    # doctest: +SKIP
Figure(value=0.941, low=0.926, high=0.953, ...)
>>> first.figures.to_pandas()                                                    # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from framejudge.bench.run import Request, Run
from framejudge.bench.run.checked.unfinished import resume_command
from framejudge.bench.run.folder import (
    RESULTS_FILE,
    RUN_FILE,
    check_free,
    claim,
    place_for_now,
    read_manifest,
)
from framejudge.datasets.errors import InputError
from framejudge.datasets.folder_lock import owned
from framejudge.datasets.progress import Silence
from framejudge.detectors.registry import DetectorSpec, find_all

if TYPE_CHECKING:
    from framejudge.bench.decide.terms import DecisionTable
    from framejudge.bench.engine.sharding import ShardDone
    from framejudge.bench.gate.request import GateRequest
    from framejudge.bench.gate.rules import RuleSet
    from framejudge.bench.run import Manifest
    from framejudge.bench.run.comparison import RunComparison
    from framejudge.bench.run.images.drift import SetDrift
    from framejudge.bench.run.verdicts import GateResults
    from framejudge.datasets.progress import Progress
    from framejudge.datasets.table.sample import Dataset

Place: TypeAlias = str | os.PathLike[str]


def run(
    detectors: Request | str | Sequence[str],
    out: Place | None = None,
    *,
    force: bool = False,
    timing: bool = True,
    argv: Sequence[str] = (),
    progress: Progress | None = None,
    **asked: Any,
) -> Run:
    """Score every image with every detector, time them in turns, and write the figures.

    Parameters
    ----------
    detectors
        Their names, as ``--detectors`` takes them, or all that is asked as a `Request`.
    out
        Folder for the run; None for ``runs/<date and time>``.
    force
        Replace the run in that folder.
    timing
        False scores only; the run then has no latencies.
    argv
        The command line, for the record.
    asked
        Further fields of `Request`: ``dataset="thumbnails"``, ``calls=1000``, ``prevalence=0.03``, ...

    Raises
    ------
    InputError
        For an unknown detector, no labelled set, a folder that is taken, and what `running.check` refuses.
    TypeError
        For a keyword that is no field of `Request`.
    """
    request = _request(detectors, asked, timing=timing)
    specs = find_all(request.detectors)
    from framejudge.bench.engine.running import run as measure
    from framejudge.bench.labelled_set import check_labelled, read_set, reading_of

    place = _checked_place(request, out, force=force)
    dataset = read_set(request.dataset, progress, reading_of(request))
    check_labelled(dataset)
    with owned(place), _resumable(place):
        claim(place, force=force)
        return measure(_named(request, specs), dataset, specs, place, argv=argv, progress=progress)


def _request(detectors: Request | str | Sequence[str], asked: Mapping[str, Any], *, timing: bool) -> Request:
    """Return what is asked as a request; paths may be given as such."""
    if isinstance(detectors, Request):
        request = replace(detectors, **asked)
    else:
        if asked.get("dataset") is not None:
            asked = {**asked, "dataset": os.fspath(asked["dataset"])}
        names = detectors.split(",") if isinstance(detectors, str) else detectors
        request = Request(detectors=[name.strip() for name in names], **asked)
    return request if timing else replace(request, calls=0)


def run_shard(
    request: Request,
    shard: str,
    out: Place | None = None,
    *,
    force: bool = False,
    argv: Sequence[str] = (),
    progress: Progress | None = None,
) -> ShardDone:
    """Score one shard of a set; `merge` puts shards together.

    Parameters
    ----------
    shard
        Its number and how many there are, ``"3/16"``.

    Raises
    ------
    InputError
        Where `run` does, and for what is no shard.
    """
    specs = find_all(request.detectors)
    from framejudge.bench.engine.sharding import run_shard as score
    from framejudge.bench.labelled_set import check_labelled, read_set, reading_of
    from framejudge.bench.parts.blocks import Shard

    wanted = Shard.parse(shard)
    place = _checked_place(request, out, force=force)
    dataset = read_set(request.dataset, progress, reading_of(request))
    check_labelled(dataset)
    with owned(place), _resumable(place):
        claim(place, force=force)
        request = _named(request, specs)
        return score(request, dataset, specs, place, wanted, argv=argv, progress=progress or Silence())


def resume(
    place: Place, given: Mapping[str, Any] | None = None, *, progress: Progress | None = None
) -> Run | ShardDone:
    """Go on with a run that ended early, or with a shard of one: only what is missing is done.

    Parameters
    ----------
    given
        Fields of the request that were given again; they must be as they were.

    Raises
    ------
    InputError
        Where there is no run that can go on; where the request, the set, an image, a detector or a package
        is not what it was; where the folder is in use, and when something cannot be written.
    """
    folder = Path(place)
    record = read_manifest(folder)
    from framejudge.bench.engine import resuming

    resuming.check_resumable(record, folder)
    resuming.check_same_request(record, given or {}, folder)
    specs = find_all(record.request.detectors)
    resuming.check_same_programs(record, specs, folder)
    dataset = _set_again(record, progress)
    with owned(folder), _resumable(folder):
        record = read_manifest(folder)
        return resuming.go_on(folder, record, dataset, specs, progress=progress or Silence())


def merge(
    places: Sequence[Place],
    out: Place | None = None,
    *,
    force: bool = False,
    argv: Sequence[str] = (),
    progress: Progress | None = None,
) -> Run:
    """Put the shards of a run together: the figures are those of one run over the whole set.

    Parameters
    ----------
    places
        Folders of `run_shard`.

    Raises
    ------
    InputError
        Where a folder holds no piece of the same run, a shard is missing, or the set or a detector has
        changed since.
    """
    from framejudge.bench.engine import resuming, sharding

    sources = sharding.read_sources([Path(one) for one in places])
    record = sources[0].record
    specs = find_all(record.request.detectors)
    resuming.check_same_programs(record, specs, sources[0].place)
    sharding.check_complete(sources, specs)
    target = place_for_now() if out is None else Path(out)
    check_free(target, force=force)
    dataset = _set_again(record, progress)
    with owned(target), _resumable(target):
        claim(target, force=force)
        return sharding.merge(sources, dataset, specs, target, argv=argv, progress=progress or Silence())


def _set_again(record: Manifest, progress: Progress | None) -> Dataset:
    """Read the set of a run that began in another folder, maybe, as it was read then."""
    from framejudge.bench.labelled_set import read_set, reading_of

    address = None if record.request.dataset is None else record.dataset_root
    return read_set(address, progress, reading_of(record.request))


@contextmanager
def _resumable(place: Path) -> Iterator[None]:
    """Have an interruption name the command that goes on."""
    try:
        yield
    except KeyboardInterrupt as problem:
        if (place / RUN_FILE).is_file():
            problem.add_note(f"go on with: {resume_command(place)}")
        raise


def open_run(place: Place) -> Run:
    """Read a run's folder.

    Raises
    ------
    InputError
        Where there is no run, or one that was cut short.
    """
    return Run.open(place)


def open_so_far(place: Place) -> Run:
    """Read a run's folder; of a run that is not finished, what it has found so far, in a folder below it.

    Raises
    ------
    InputError
        Where there is no run, or one that has no parts.
    """
    folder = Path(place)
    if (folder / RUN_FILE).is_file() and not (folder / RESULTS_FILE).exists():
        from framejudge.bench.engine.unfinished import write_so_far

        return write_so_far(folder) or Run.open(folder)
    return Run.open(folder)


def compare(before: Place, after: Place) -> RunComparison:
    """Compare two stored runs on the same images, detector by detector, paired by image.

    Raises
    ------
    InputError
        Where a run cannot be read, the images differ, or no detector is in both.
    """
    from framejudge.bench.compare.runs import compare_runs

    return compare_runs(open_run(before), open_run(after))


def drift(before: Place, after: Place) -> SetDrift:
    """Compare the pictures of a run with those of an earlier one: light, colours, sizes, shapes, classes.

    Raises
    ------
    InputError
        Where a run cannot be read.
    """
    from framejudge.bench.compare.drift import set_drift

    return set_drift(open_run(before), open_run(after))


def rejudge(
    place: Place,
    labels: Place,
    out: Place | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Judge a run's stored scores against corrected labels; no detector runs, and the run stays as it is.

    Parameters
    ----------
    labels
        The folder of a labelled set, or a labels table.
    out
        Folder for the new run; None for the run's own name with ``-rejudged``.

    Raises
    ------
    InputError
        Where the run or the labels cannot be read, they are about other images, or the folder is taken.
    """
    from framejudge.bench.engine.rejudging import read_corrected
    from framejudge.bench.engine.rejudging import rejudge as judge_again

    before = open_run(place)
    target = before.folder.with_name(f"{before.folder.name}-rejudged") if out is None else Path(out)
    if target.resolve() == before.folder.resolve():
        raise InputError("the run's own figures would be lost", where=target, fix="give another --out")
    check_free(target, force=force)
    corrected = read_corrected(before, Path(labels), progress=progress)
    with owned(target):
        claim(target, force=force)
        return judge_again(before, corrected, target)


def decide(place: Place, table: DecisionTable) -> Run:
    """Weigh the detectors of a stored run by a shop's costs; the decision is written into the run's folder.

    >>> costs = DecisionTable(cost_miss=5, cost_false_alarm=1, prevalence=0.03)  # doctest: +SKIP
    >>> decide("runs/first", costs).results.decision.choice                      # doctest: +SKIP
    'cnn'

    Raises
    ------
    InputError
        Where the run cannot be read, or for costs, a prevalence or a budget that make no sense.
    """
    from framejudge.bench.decide.stored import decide_stored

    return decide_stored(open_run(place), table)


def gate(
    request: GateRequest,
    out: Place | None = None,
    *,
    force: bool = False,
    argv: Sequence[str] = (),
    progress: Progress | None = None,
) -> GateResults:
    """Judge a stored run, or measure detectors and their old versions in one session and judge them.

    Parameters
    ----------
    out
        Folder for what is measured; None for ``runs/<date and time>``.

    Raises
    ------
    InputError
        For neither a run nor detectors, rules that are none, an unknown detector, a baseline that cannot be
        prepared or read, and what `run` refuses.
    """
    if request.measure is None:
        return _gate_stored(request)
    specs = find_all(request.measure.detectors)
    from framejudge.bench.gate.baseline.baselines import is_stored, old_versions
    from framejudge.bench.gate.gating import gate_measured
    from framejudge.bench.labelled_set import check_labelled, read_set, reading_of

    rules = _rules(request)
    place = _checked_place(request.measure, out, force=force)
    versions = [one for one in request.baselines if not is_stored(one)]
    if len(versions) > 1:
        what = f"{' and '.join(versions)}: one old version at a time"
        raise InputError(what, where="--baseline", fix="give one of them")
    dataset = read_set(request.measure.dataset, progress, reading_of(request.measure))
    check_labelled(dataset)
    if versions and progress is not None:
        progress.begin(f"preparing {versions[0]}", 1)
    old = old_versions(versions[0], specs, install=request.install) if versions else None
    with owned(place):
        claim(place, force=force)
        return gate_measured(
            _named(request.measure, specs),
            dataset,
            specs,
            place,
            old=old,
            baselines=[one for one in request.baselines if is_stored(one)],
            rules=rules,
            leniency=request.leniency,
            pair_calls=request.pair_calls,
            argv=argv,
            progress=progress,
        )


def _gate_stored(request: GateRequest) -> GateResults:
    if request.run is None:
        fix = "give a stored run, or --detectors with --baseline to measure both"
        raise InputError("nothing to judge", fix=fix)
    from framejudge.bench.gate.baseline.baselines import is_stored
    from framejudge.bench.gate.gating import gate_stored

    rules = _rules(request)
    for one in request.baselines:
        if not is_stored(one):
            what = f"{one!r} is measured, and a stored run cannot be"
            raise InputError(what, where="--baseline", fix="give --detectors in place of a run")
    return gate_stored(request.run, request.baselines, rules=rules, leniency=request.leniency)


def _rules(request: GateRequest) -> RuleSet | None:
    from framejudge.bench.gate.rules import find_rules

    return find_rules(Path(), request.rules)


def _checked_place(request: Request, out: Place | None, *, force: bool) -> Path:
    """Return the folder to write to, after looking whether it is free and the request makes sense."""
    from framejudge.bench.engine.running import check
    from framejudge.bench.labelled_set import reading_of

    check(request)
    reading_of(request).check()
    place = place_for_now() if out is None else Path(out)
    check_free(place, force=force)
    return place


def _named(request: Request, specs: Sequence[DetectorSpec]) -> Request:
    """Return the request with the detectors' names as they are recorded."""
    return replace(request, detectors=[spec.name for spec in specs])
