"""Labels mended from people's marks: what changes, what does not, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.bench.cli import main
from framejudge.datasets.errors import InputError
from framejudge.datasets.review.decisions import Intent, Journal
from framejudge.datasets.review.marks import CSV_COLUMNS, REPORT_DECISIONS, read_marks
from framejudge.datasets.review.mending import in_words, mend, refusals_in_words
from framejudge.datasets.table.reading import read_dataset

TABLE = "\ufeff path,shop,label,group,left,top,right,bottom\r\n"
ROWS = (
    'a.jpg,"Müller, Söhne",framed,photo-1,1,2,30,40\r\n',
    "./b.jpg,,plain,photo-1,,,,\r\n",
    '"c ""1"".jpg",x,,photo-2,,,,\r\n',
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.jpg", "b.jpg", 'c "1".jpg'):
        (tmp_path / name).touch()
    (tmp_path / "labels.csv").write_text(TABLE.replace(" path", "path") + "".join(ROWS), newline="")
    return tmp_path


def marks_file(folder: Path, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> Path:
    """A report's export; a row is path, decision, label and perhaps a reviewer."""
    file = folder.parent / "decisions.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(CSV_COLUMNS)
        for path, decision, label, *reviewer in rows:
            writer.writerow([path, decision, "a note, with a comma", label, *(reviewer or ["ann"]), "run-1"])
    return file


def labels(folder: Path) -> dict[str, str | None]:
    return {sample.path: sample.label for sample in read_dataset(folder)}


def test_only_label_cells_change(folder: Path) -> None:
    file = marks_file(
        folder,
        ("a.jpg", "label is wrong", "framed"),
        ("b.jpg", "ambiguous", "plain"),
        ('c "1".jpg', "ambiguous", ""),
    )
    mended = mend(folder, read_marks(file))
    text = (folder / "labels.csv").read_bytes().decode()
    expected = TABLE.replace(" path", "path") + "".join(ROWS)
    assert text == expected.replace(",framed,photo-1", ",plain,photo-1").replace(
        ",,plain,photo-1,,", ",,,photo-1,,"
    )
    assert [(change.path, change.before, change.after) for change in mended.plan.changes] == [
        ("a.jpg", "framed", "plain"),
        ("b.jpg", "plain", None),
    ]
    assert mended.plan.confirmed == 1
    assert "2 labels changed (1 framed -> plain, 1 plain -> unlabelled), 1 confirmed" in in_words(mended)[0]


def test_applying_twice_turns_nothing_back(folder: Path) -> None:
    marks = read_marks(marks_file(folder, ("a.jpg", "label is wrong", "framed")))
    mend(folder, marks)
    again = mend(folder, marks)
    assert again.plan.changes == () and again.plan.confirmed == 1
    assert labels(folder)["a.jpg"] == "plain"


def test_a_real_mistake_of_the_detector_confirms_the_label(folder: Path) -> None:
    mended = mend(folder, read_marks(marks_file(folder, ("a.jpg", "real mistake", "framed"))))
    assert (mended.plan.changes, mended.plan.confirmed) == ((), 1)


def test_a_label_changed_after_it_was_marked_is_left_alone(folder: Path) -> None:
    mended = mend(folder, read_marks(marks_file(folder, ("a.jpg", "ambiguous", "plain"))))
    assert mended.plan.outdated == ("a.jpg",)
    assert labels(folder)["a.jpg"] == "framed"
    assert "1 image: the label was changed after it was marked" in in_words(mended)[1]


def test_disputed_labels_stay(folder: Path) -> None:
    file = marks_file(
        folder, ("a.jpg", "label is wrong", "framed", "ann"), ("a.jpg", "real mistake", "framed", "bob")
    )
    mended = mend(folder, read_marks(file))
    assert mended.plan.disputed == ("a.jpg",) and mended.plan.changes == ()
    assert "reviewers disagree" in in_words(mended)[1]


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = (folder / "labels.csv").read_bytes()
    mended = mend(folder, read_marks(marks_file(folder, ("a.jpg", "label is wrong", "framed"))), dry_run=True)
    assert len(mended.plan.changes) == 1
    assert "1 label would change" in in_words(mended, dry_run=True)[0]
    assert (folder / "labels.csv").read_bytes() == before


def test_each_kind_of_bad_row_is_one_line_with_its_count(folder: Path) -> None:
    file = marks_file(
        folder,
        ("x.jpg", "label is wrong", "framed"),
        ("../a.jpg", "label is wrong", "framed"),
        ("/etc/passwd", "ambiguous", "plain"),
        ("a.jpg", "label is wong", "framed"),
        ("a.jpg", "label is wrong", ""),
        ("a.jpg", "ambiguous", "farmed"),
        ("b.jpg", "label is wrong", "plain"),
        ("b.jpg", "real mistake", "plain"),
    )
    mended = mend(folder, read_marks(file))
    lines = refusals_in_words(mended.plan.refused)
    assert sorted(line.partition(" (")[0] for line in lines) == [
        "1 row refused: a reviewer contradicts an earlier row",
        "1 row refused: the decision is none of label is wrong, ambiguous, real mistake",
        "2 rows refused: the label is neither framed nor plain",
        "3 rows refused: the image is not in this set",
    ]
    assert any("line 5" in line and "did you mean 'label is wrong'" in line for line in lines)
    assert labels(folder)["b.jpg"] == "framed"  # the first of the two rows stands


def test_the_journal_of_the_page_is_applied(folder: Path) -> None:
    journal = Journal(folder / "review.jsonl")
    journal.record("ann", [Intent("a.jpg", "unsure", 0, "framed"), Intent('c "1".jpg', "framed", 0, None)])
    journal.record("bob", [Intent("a.jpg", "plain", 0, "framed"), Intent("b.jpg", "framed", 0, "plain")])
    journal.record("bob", [Intent("b.jpg", "withdrawn", 4, "plain"), Intent("gone.jpg", "plain", 0, None)])
    mended = mend(folder, read_marks(journal.file))
    assert labels(folder) == {"a.jpg": "plain", "b.jpg": "plain", 'c "1".jpg': "framed"}
    assert [refusal.kind for refusal in mended.plan.refused] == ["the image is not in this set"]


def test_class_folders_get_a_table_and_keep_their_files(tmp_path: Path) -> None:
    for name in ("framed/a.jpg", "plain/b.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    Journal(tmp_path / "review.jsonl").record("ann", [Intent("framed/a.jpg", "plain", 0, "framed")])
    mended = mend(tmp_path, read_marks(tmp_path / "review.jsonl"))
    assert labels(tmp_path) == {"framed/a.jpg": "plain", "plain/b.jpg": "plain"}
    assert (tmp_path / "framed/a.jpg").exists()
    assert any("goes before framed/ and plain/" in line for line in in_words(mended))


def test_parquet_keeps_its_columns_and_types(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    old = pyarrow.table({"path": ["a.jpg", "b.jpg"], "thickness": [0.25, 0.5], "label": [None, "plain"]})
    pyarrow.parquet.write_table(old, tmp_path / "labels.parquet")
    Journal(tmp_path / "review.jsonl").record("ann", [Intent("a.jpg", "framed", 0, None)])
    mend(tmp_path, read_marks(tmp_path / "review.jsonl"))
    new = pyarrow.parquet.ParquetFile(tmp_path / "labels.parquet").read()
    assert new.schema.names == old.schema.names
    assert new.to_pydict() == old.to_pydict() | {"label": ["framed", "plain"]}


def test_hugging_face_metadata_is_mended_in_place(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "metadata.csv").write_text("file_name,label\na.jpg,plain\n")
    mend(tmp_path, read_marks(marks_file(tmp_path, ("a.jpg", "label is wrong", "plain"))))
    assert (tmp_path / "metadata.csv").read_text() == "file_name,label\na.jpg,framed\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("path,label\na.jpg,plain\n", "no column 'decision'"),
        ("", "no column 'path', 'decision', 'label'"),
        ('path,decision,label\n"a.jpg,x,y\n', "malformed CSV"),
        ("path,decision,label\n\udce9,x,y\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_review_gets_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "marks.csv"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError) as raised:
        read_marks(file)
    assert complaint in str(raised.value) and "\n" not in str(raised.value)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(REPORT_DECISIONS), st.sampled_from(["framed", "plain"]), st.sampled_from("ab")
        ),
        max_size=6,
    ),
    st.sampled_from(["framed", "plain", ""]),
)
def test_applying_is_idempotent(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], label: str
) -> None:
    root = tmp_path_factory.mktemp("set") / "set"
    root.mkdir()
    (root / "x.jpg").touch()
    (root / "labels.csv").write_text(f"path,label\nx.jpg,{label}\n")
    file = marks_file(root, *[("x.jpg", decision, seen, name) for decision, seen, name in rows])
    marks = read_marks(file)
    mend(root, marks)
    once = (root / "labels.csv").read_bytes()
    assert mend(root, marks).plan.changes == ()
    assert (root / "labels.csv").read_bytes() == once


# The command line


def bench(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["bench", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main.entry_point()
    return int(stopped.value.code or 0)


def test_the_command_says_what_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = marks_file(folder, ("a.jpg", "label is wrong", "framed"), ("x.jpg", "ambiguous", "plain"))
    assert bench(monkeypatch, "dataset", "apply-review", folder, file) == 0
    told = capsys.readouterr()
    assert "1 label changed (1 framed -> plain)" in told.out
    assert told.err == "1 row refused: the image is not in this set (first: line 3, 'x.jpg')\n"


def test_marks_of_another_set_change_nothing_and_fail(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = marks_file(folder, ("x.jpg", "ambiguous", "plain"), ("y.jpg", "ambiguous", "plain"))
    assert bench(monkeypatch, "dataset", "apply-review", folder, file) == 2
    assert "2 rows refused: the image is not in this set" in capsys.readouterr().err


def test_agreement_needs_two_people(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(folder / "review.jsonl")
    journal.record("ann", [Intent("a.jpg", "framed", 0), Intent("b.jpg", "plain", 0)])
    assert bench(monkeypatch, "dataset", "review", folder, "--agreement") == 2
    assert "only ann so far" in capsys.readouterr().err
    journal.record("bob", [Intent("a.jpg", "framed", 0), Intent("b.jpg", "plain", 0)])
    assert bench(monkeypatch, "dataset", "review", folder, "--agreement") == 0
    assert "ann and bob: Cohen's kappa 1.000" in capsys.readouterr().out
