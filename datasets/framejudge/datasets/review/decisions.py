"""What reviewers decided, in an append-only journal: nothing that was confirmed is ever lost.

A line of ``review.jsonl`` is one decision. Its version is its line number. A decision names the version
that it was based on; if another tab decided about the same image meanwhile, the newcomer is written down as a
conflict and changes nothing. Several processes may share a journal: each change is made under a file lock.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, cast, get_args

from filelock import FileLock

from framejudge.datasets.atomic_file import sync_folder
from framejudge.datasets.errors import InputError
from framejudge.datasets.table.sample import LABELS, Label
from framejudge.datasets.text_files import parse_json

JOURNAL_NAME = "review.jsonl"
"""The journal's place: beside the labels table."""

Verdict = Literal["framed", "plain", "unsure", "withdrawn"]
"""A class; ``unsure``, which leaves the label empty; ``withdrawn``, which is an undone decision."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Settled = Literal["framed", "plain", "unsure", "disputed"]
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the journal.

    Attributes
    ----------
    version
        Its line number, from 1.
    based_on
        The version of the same reviewer's decision about this image that it replaces; 0 for the first one.
    label
        What the labels table said when it was made: a label that was changed since is not overwritten.
    at
        When, in UTC, ISO 8601.
    conflict
        True when something newer than ``based_on`` stood there already; it is kept, and changes nothing.
    """

    version: int
    path: str
    reviewer: str
    verdict: Verdict
    based_on: int
    label: Label | None
    at: str
    conflict: bool = False


class Intent(NamedTuple):
    """What a reviewer wants to decide about one image."""

    path: str
    verdict: Verdict
    based_on: int
    label: Label | None = None


class Outcome(NamedTuple):
    """What stands after an intent: the own decision, or in a conflict the one that was there before."""

    saved: bool
    verdict: Verdict
    version: int


class JournalError(InputError):
    """The journal cannot be trusted or written; nothing of the request was saved."""


def settle(verdicts: Iterable[Verdict]) -> Settled | None:
    """Make one of several reviewers' verdicts about an image; None when nobody has one.

    Who is unsure leaves it to the others; reviewers who are sure of different classes dispute.

    >>> settle(["framed", "unsure"]), settle(["framed", "plain"]), settle(["withdrawn"])
    ('framed', 'disputed', None)
    """
    standing = {verdict for verdict in verdicts if verdict != "withdrawn"}
    sure = [label for label in LABELS if label in standing]
    if len(sure) > 1:
        return "disputed"
    if sure:
        return sure[0]
    return "unsure" if standing else None


class Journal:
    """The journal of one folder, and what stands now. Safe to use from several threads and processes."""

    def __init__(self, file: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = file
        self._now = now
        self._lock = threading.Lock()
        self._latest: dict[str, dict[str, Decision]] = {}
        self._lines = 0
        self._end = 0
        if file.exists():
            with self._lock, file.open("rb") as stream:
                self._catch_up(stream.read())

    @property
    def file(self) -> Path:
        """Where the decisions are."""
        return self._file

    def standing(self) -> dict[str, dict[str, Decision]]:
        """Return each image's newest decision by reviewer; withdrawn ones too, for their versions."""
        with self._lock:
            return {path: dict(by_reviewer) for path, by_reviewer in self._latest.items()}

    def reviewers(self) -> list[str]:
        """Return who has decided anything, sorted."""
        with self._lock:
            return sorted({name for by_reviewer in self._latest.values() for name in by_reviewer})

    def record(self, reviewer: str, intents: Sequence[Intent]) -> list[Outcome]:
        """Write one reviewer's decisions; when this returns, they are on the disk.

        Deciding again what stands already writes nothing, so a request can be sent twice without harm.

        Raises
        ------
        JournalError
            When the journal cannot be written (disk full, removed meanwhile); then nothing was saved.
        """
        with self._lock, self._exclusively() as stream:
            size = os.fstat(stream.fileno()).st_size
            if size < self._end:
                raise JournalError(
                    "the journal was removed or cut while the review was running",
                    where=self._file,
                    fix="stop the review and start it again",
                )
            stream.seek(self._end)
            self._catch_up(stream.readall())
            outcomes, decisions = self._judge(reviewer, intents)
            if decisions:
                self._append(stream, decisions)
            return outcomes

    def _judge(self, reviewer: str, intents: Sequence[Intent]) -> tuple[list[Outcome], list[Decision]]:
        at = self._now().isoformat(timespec="milliseconds")
        decisions: list[Decision] = []
        outcomes: list[Outcome] = []
        meanwhile: dict[str, Decision] = {}
        for intent in intents:
            stands = meanwhile.get(intent.path) or self._latest.get(intent.path, {}).get(reviewer)
            verdict: Verdict = stands.verdict if stands else "withdrawn"
            version = stands.version if stands else 0
            if verdict == intent.verdict:
                outcomes.append(Outcome(True, verdict, version))
                continue
            decision = Decision(
                version=self._lines + len(decisions) + 1,
                path=intent.path,
                reviewer=reviewer,
                verdict=intent.verdict,
                based_on=intent.based_on,
                label=intent.label,
                at=at,
                conflict=intent.based_on != version,
            )
            decisions.append(decision)
            if decision.conflict:
                outcomes.append(Outcome(False, verdict, version))
            else:
                meanwhile[intent.path] = decision
                outcomes.append(Outcome(True, decision.verdict, decision.version))
        return outcomes, decisions

    def _append(self, stream: FileIO, decisions: Sequence[Decision]) -> None:
        data = b"".join(map(_to_line, decisions))
        try:
            stream.truncate(self._end)  # a torn last line: never confirmed to anyone
            stream.seek(self._end)
            _write_all(stream, data)
            os.fsync(stream.fileno())
        except OSError as error:
            stream.truncate(self._end)
            raise JournalError(f"cannot be written: {error.strerror}", where=self._file) from error
        self._end += len(data)
        self._lines += len(decisions)
        for decision in decisions:
            self._take(decision)

    def _catch_up(self, data: bytes) -> None:
        """Take in what follows the lines already known; a torn last line stays out."""
        whole = data[: data.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), start=self._lines + 1):
            self._take(_from_line(line, number, self._file))
            self._lines = number
        self._end += len(whole)

    def _take(self, decision: Decision) -> None:
        if not decision.conflict:
            self._latest.setdefault(decision.path, {})[decision.reviewer] = decision

    @contextmanager
    def _exclusively(self) -> Iterator[FileIO]:
        with ExitStack() as opened:
            try:
                self._file.parent.stat()  # taking a lock would make the folder
                # A file beside the journal: a lock file may be emptied by whoever takes it.
                opened.enter_context(FileLock(self._file.with_name(f"{self._file.name}.lock")))
                is_new = not self._file.exists()
                self._file.touch()
                stream = opened.enter_context(self._file.open("r+b", buffering=0))
            except OSError as error:
                raise JournalError(f"cannot be written: {error.strerror}", where=self._file) from error
            if is_new:
                sync_folder(self._file.parent)
            yield stream


def own_verdict(by_reviewer: Mapping[str, Decision], reviewer: str) -> Verdict | None:
    """Return what a reviewer thinks of an image now; None before the first decision and after an undo."""
    decision = by_reviewer.get(reviewer)
    return None if decision is None or decision.verdict == "withdrawn" else decision.verdict


def _to_line(decision: Decision) -> bytes:
    fields: dict[str, object] = {
        "path": decision.path,
        "decision": decision.verdict,
        "reviewer": decision.reviewer,
        "based_on": decision.based_on,
        "label": decision.label or "",
        "at": decision.at,
    }
    if decision.conflict:
        fields["conflict"] = True
    return json.dumps(fields).encode("ascii") + b"\n"


def _from_line(line: bytes, number: int, file: Path) -> Decision:
    try:
        fields = parse_json(line)
        decision = Decision(
            version=number,
            path=_text(fields["path"]),
            reviewer=_text(fields["reviewer"]),
            verdict=_one_of(VERDICTS, fields["decision"]),
            based_on=int(fields["based_on"]),
            label=_one_of(LABELS, fields["label"]) if fields["label"] else None,
            at=_text(fields["at"]),
            conflict=fields.get("conflict", False) is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InputError(
            f"not a decision of a review ({type(problem).__name__}: {problem})",
            where=f"{file}, line {number}",
            fix="remove the line, or bring back the file as it was written",
        ) from None
    return decision


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"a text is wanted, not {value!r}")
    return value


def _one_of(words: Sequence[Word], value: object) -> Word:
    if value not in words:
        raise ValueError(f"one of {', '.join(words)} is wanted, not {value!r}")
    return cast(Word, value)


def _write_all(stream: FileIO, data: bytes) -> None:
    while data:
        data = data[stream.write(data) :]
