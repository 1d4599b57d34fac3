"""The journal of decisions: nothing confirmed is lost, nobody is overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets.errors import InputError
from framejudge.datasets.review import decisions
from framejudge.datasets.review.decisions import (
    VERDICTS,
    Intent,
    Journal,
    JournalError,
    Outcome,
    own_verdict,
    settle,
)


def journal_in(folder: Path) -> Journal:
    return Journal(folder / "review.jsonl")


def verdicts(journal: Journal) -> dict[tuple[str, str], str]:
    return {
        (path, name): decision.verdict
        for path, by_reviewer in journal.standing().items()
        for name, decision in by_reviewer.items()
    }


def test_a_decision_is_read_back(tmp_path: Path) -> None:
    outcome = journal_in(tmp_path).record("ann", [Intent("a b/ü\u2028.jpg", "framed", 0, "plain")])
    assert outcome == [Outcome(True, "framed", 1)]
    decision = journal_in(tmp_path).standing()["a b/ü\u2028.jpg"]["ann"]
    assert (decision.verdict, decision.version, decision.label) == ("framed", 1, "plain")
    assert decision.at.endswith("+00:00")


def test_it_is_on_the_disk_before_record_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.append((tmp_path / "review.jsonl").read_bytes())

    monkeypatch.setattr(os, "fsync", fsync)
    journal_in(tmp_path).record("ann", [Intent("a.jpg", "framed", 0)])
    assert b'"a.jpg"' in synced[-1]


def test_a_decision_on_an_old_version_is_a_conflict_and_both_are_kept(tmp_path: Path) -> None:
    first, second = journal_in(tmp_path), journal_in(tmp_path)  # two servers on one folder
    first.record("ann", [Intent("a.jpg", "framed", 0)])
    assert second.record("ann", [Intent("a.jpg", "plain", 0)]) == [Outcome(False, "framed", 1)]
    assert verdicts(journal_in(tmp_path)) == {("a.jpg", "ann"): "framed"}
    lines = [json.loads(line) for line in (tmp_path / "review.jsonl").read_text().splitlines()]
    assert [(line["decision"], line.get("conflict")) for line in lines] == [
        ("framed", None),
        ("plain", True),
    ]
    assert second.record("ann", [Intent("a.jpg", "plain", 1)]) == [Outcome(True, "plain", 3)]
    assert first.record("ann", [Intent("a.jpg", "unsure", 3)]) == [Outcome(True, "unsure", 4)]


def test_two_reviewers_do_not_meet(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    journal.record("ann", [Intent("a.jpg", "framed", 0)])
    assert journal.record("bob", [Intent("a.jpg", "plain", 0)])[0].saved
    assert verdicts(journal) == {("a.jpg", "ann"): "framed", ("a.jpg", "bob"): "plain"}
    assert journal.reviewers() == ["ann", "bob"]


def test_a_request_sent_twice_writes_once(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    intents = [Intent("a.jpg", "framed", 0), Intent("b.jpg", "withdrawn", 0)]
    assert journal.record("ann", intents) == journal.record("ann", intents)
    assert len((tmp_path / "review.jsonl").read_text().splitlines()) == 1


def test_a_withdrawn_decision_is_none(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    journal.record("ann", [Intent("a.jpg", "framed", 0)])
    journal.record("ann", [Intent("a.jpg", "withdrawn", 1)])
    assert own_verdict(journal.standing()["a.jpg"], "ann") is None


def test_a_torn_last_line_is_dropped_and_the_next_one_is_whole(tmp_path: Path) -> None:
    journal_in(tmp_path).record("ann", [Intent("a.jpg", "framed", 0)])
    file = tmp_path / "review.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:-1])  # all of it but its end: it was never confirmed
    journal = journal_in(tmp_path)
    journal.record("ann", [Intent("b.jpg", "plain", 0)])
    assert verdicts(journal_in(tmp_path)) == {("a.jpg", "ann"): "framed", ("b.jpg", "ann"): "plain"}


def test_a_full_disk_saves_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = journal_in(tmp_path)
    journal.record("ann", [Intent("a.jpg", "framed", 0)])
    before = (tmp_path / "review.jsonl").read_bytes()

    def half(stream: FileIO, data: bytes) -> None:
        stream.write(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(JournalError, match="No space left"):
        patch.setattr(decisions, "_write_all", half)
        journal.record("ann", [Intent("b.jpg", "plain", 0)])
    assert (tmp_path / "review.jsonl").read_bytes() == before
    assert journal.record("ann", [Intent("b.jpg", "plain", 0)]) == [Outcome(True, "plain", 2)]


def test_a_journal_removed_under_a_running_review_is_told(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    journal.record("ann", [Intent("a.jpg", "framed", 0)])
    journal.file.unlink()
    with pytest.raises(JournalError, match="removed or cut"):
        journal.record("ann", [Intent("b.jpg", "framed", 0)])


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be written"):
        Journal(tmp_path / "missing" / "review.jsonl").record("ann", [Intent("a.jpg", "framed", 0)])


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "[]",
        '{"path": "a.jpg"}',
        '{"path": "a.jpg", "decision": "maybe", "reviewer": "ann", "based_on": 0, "label": "", "at": "x"}',
        '{"path": "a.jpg", "decision": "plain", "reviewer": "", "based_on": 0, "label": "", "at": "x"}',
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    journal_in(tmp_path).record("ann", [Intent("a.jpg", "framed", 0)])
    with (tmp_path / "review.jsonl").open("a") as stream:
        stream.write(line + "\n")
    with pytest.raises(InputError, match="line 2"):
        journal_in(tmp_path)


def test_threads_lose_nothing(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)

    def decide(name: str) -> None:
        for number in range(20):
            journal.record(name, [Intent(f"{number}.jpg", "framed", 0)])

    threads = [threading.Thread(target=decide, args=(name,)) for name in ("ann", "bob", "cy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(verdicts(journal_in(tmp_path))) == 60


def test_processes_lose_nothing(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from framejudge.datasets.review.decisions import Intent, Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "for number in range(25):\n"
        "    journal.record(sys.argv[2], [Intent(f'{number}.jpg', 'plain', 0)])\n"
    )
    file = str(tmp_path / "review.jsonl")
    processes = [subprocess.Popen([sys.executable, "-c", script, file, name]) for name in ("ann", "bob")]
    assert [process.wait() for process in processes] == [0, 0]
    assert len(verdicts(journal_in(tmp_path))) == 50


PATHS, NAMES = ("a.jpg", "b.jpg"), ("ann", "bob")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES), st.sampled_from(PATHS), st.sampled_from(VERDICTS), st.integers(0, 9)
        ),
        max_size=25,
    ),
    st.integers(0, 200),
)
def test_whatever_is_confirmed_survives_a_kill_at_any_byte(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str, int]], torn: int
) -> None:
    """A model of plain dictionaries beside it; then garbage of any length after the last line."""
    file = tmp_path_factory.mktemp("journal") / "review.jsonl"
    journal = Journal(file)
    model: dict[tuple[str, str], tuple[str, int]] = {}
    written = 0
    for name, path, verdict, based_on in steps:
        (outcome,) = journal.record(name, [Intent(path, verdict, based_on)])  # type: ignore[arg-type]
        stands, version = model.get((path, name), ("withdrawn", 0))
        if verdict == stands:
            assert outcome == Outcome(True, stands, version)  # type: ignore[arg-type]
            continue
        written += 1
        if based_on == version:
            model[path, name] = (verdict, written)
        assert outcome.saved == (based_on == version)
    if file.exists():
        data = file.read_bytes()
        file.write_bytes(data + (data or b"{")[: min(torn, max(0, data.find(b"\n")))])
    again = Journal(file)
    assert {
        (path, name): (decision.verdict, decision.version)
        for path, by_reviewer in again.standing().items()
        for name, decision in by_reviewer.items()
    } == model


@given(st.lists(st.sampled_from(VERDICTS)))
def test_reviewers_settle_whatever_their_order(given_verdicts: list[str]) -> None:
    settled = settle(given_verdicts)  # type: ignore[arg-type]
    assert settled == settle(reversed(given_verdicts))  # type: ignore[arg-type]
    sure = {verdict for verdict in given_verdicts if verdict in ("framed", "plain")}
    assert (settled == "disputed") == (len(sure) == 2)
    assert (settled is None) == (set(given_verdicts) <= {"withdrawn"})
    if len(sure) == 1:
        assert settled == sure.pop()
