"""``bench dataset review``: label images in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framejudge.bench.cli import options

if TYPE_CHECKING:
    from framejudge.datasets.review.decisions import Journal
    from framejudge.datasets.table.reading_options import ReadingOptions
    from framejudge.datasets.table.sample import Dataset


def review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A labelled or prelabelled set.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 for a free one.")] = 0,
    reviewer: Annotated[
        str | None, typer.Option(help="Your name beside your decisions; by default your user name.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
    agreement: Annotated[
        bool,
        typer.Option("--agreement", help="Print how far reviewers agree (Cohen's kappa), and serve no page."),
    ] = False,
    where: options.Where = None,
    columns: options.Columns = None,
    labels: options.Labels = None,
) -> None:
    """Serve a page on this machine, to accept proposed labels at a glance and correct the wrong ones.

    Every decision is in DIR/review.jsonl before the page shows it as saved. Ctrl-C ends the review and writes
    the labels.
    """
    from framejudge.datasets.review.decisions import JOURNAL_NAME, Journal
    from framejudge.datasets.table.reading import read_dataset
    from framejudge.datasets.table.selection import select

    _check_has_labels(folder, labels)
    reading = options.reading(None, columns, labels)
    dataset = select(read_dataset(folder, reading), where or [])
    journal = Journal(folder / JOURNAL_NAME)
    if agreement:
        _print_agreement(dataset, journal)
        return
    _serve(dataset, journal, port, _user_name() if reviewer is None else reviewer, browser)
    _write_labels(folder, journal, reading)


def _check_has_labels(folder: Path, words: str | None) -> None:
    """Send a plain folder of images to `prelabel` first; reading the set reports whatever else is wrong."""
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.table.label_words import guess_labels
    from framejudge.datasets.table.reading import TABLES

    entries = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
    if entries and not words and not entries & set(TABLES) and not guess_labels(entries)[0]:
        raise InputError(
            "no labels table, and neither framed/ nor plain/",
            where=folder,
            fix=f"first: bench dataset prelabel {folder}",
        )


def _print_agreement(dataset: Dataset, journal: Journal) -> None:
    from framejudge.datasets.errors import InputError
    from framejudge.datasets.review.agreement import agreements, in_words

    found = agreements(journal.standing(), {sample.path: sample.group for sample in dataset})
    if not found:
        names = journal.reviewers()
        who = f"only {', '.join(names)} so far" if names else "nobody so far"
        raise InputError(
            f"no two reviewers have decided about the same image ({who})",
            where=journal.file,
            fix=f"let a second person run: bench dataset review {dataset.root} --reviewer NAME",
        )
    for pair in found:
        print("\n".join(in_words(pair)))


def _serve(dataset: Dataset, journal: Journal, port: int, reviewer: str, browser: bool) -> None:
    from framejudge.datasets.errors import InputError

    try:
        import uvicorn

        from framejudge.datasets.review.server import HOST, check_reviewer, create_app, listen, new_token
    except ModuleNotFoundError as problem:
        if str(problem.name).partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise InputError(
            f"the review page needs {problem.name}, which is not installed",
            fix="pip install 'framejudge[review]'",
        ) from problem

    token = new_token()
    app = create_app(dataset, journal, token=token, reviewer=check_reviewer(reviewer))
    try:
        listener = listen(port)
    except OSError as problem:
        fix = "give another --port, or none for a free one"
        raise InputError(f"port {port}: {problem.strerror}", where="--port", fix=fix) from problem
    address = f"http://{HOST}:{listener.getsockname()[1]}/{token}/"
    # No access log: its lines would hold the token.
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
    print(f"review {len(dataset):,} images at {address}", flush=True)
    print("Ctrl-C ends the review and writes the labels", flush=True)
    if browser:
        import webbrowser

        webbrowser.open(address)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        print()  # the terminal shows ^C without ending its line


def _write_labels(folder: Path, journal: Journal, reading: ReadingOptions) -> None:
    import sys

    from framejudge.datasets.review.marks import read_marks
    from framejudge.datasets.review.mending import in_words, mend, refusals_in_words

    if not journal.reviewers():
        print("nothing was decided; the labels are as they were")
        return
    mended = mend(folder, read_marks(journal.file), options=reading)
    print("\n".join(in_words(mended)))
    for line in refusals_in_words(mended.plan.refused):
        print(line, file=sys.stderr)


def _user_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return "reviewer"
