"""Sets as spreadsheets, scripts and other tools leave them: read where the meaning is certain."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets import InputError
from framejudge.datasets.table.label_words import LabelWords, guess_labels, nearest_class
from framejudge.datasets.table.reading import read_dataset
from framejudge.datasets.table.reading_options import AS_IT_IS, ReadingOptions
from framejudge.datasets.table.table_column import set_cells


def a_set(root: Path, table: str | bytes, *, name: str = "labels.csv", images: str = "a.jpg b.jpg") -> Path:
    for image in images.split():
        (root / image).parent.mkdir(parents=True, exist_ok=True)
        (root / image).touch()
    (root / name).write_bytes(table.encode() if isinstance(table, str) else table)
    return root


def labels_of(root: Path, options: ReadingOptions = AS_IT_IS) -> dict[str, str | None]:
    return {sample.path: sample.label for sample in read_dataset(root, options)}


def refusal(root: Path, options: ReadingOptions = AS_IT_IS) -> str:
    with pytest.raises(InputError) as raised:
        read_dataset(root, options)
    return str(raised.value)


def offered(message: str) -> ReadingOptions:
    """Return the options that a refusal prints, as a shell would pass them on."""
    words = shlex.split(message[re.search("--(columns|labels) ", message).start() :])  # type: ignore[union-attr]
    given = dict(zip(words[::2], words[1::2], strict=True))
    return ReadingOptions(columns=given.get("--columns"), labels=given.get("--labels"))


BOTH = {"a.jpg": "framed", "b.jpg": "plain"}


@pytest.mark.parametrize(
    "table",
    [
        "path,label\na.jpg,Framed\nb.jpg,PLAIN\n",
        "path;label\na.jpg;framed\nb.jpg;plain\n",
        "path\tlabel\na.jpg\tframed\nb.jpg\tplain\n",
        "path,label\r\na.jpg,framed\r\nb.jpg,plain\r\n,\r\n,\r\n\r\n",
        "path,label,,\na.jpg,framed,,\nb.jpg,plain,,\n,,,\n",
        b"\xef\xbb\xbfpath;label\r\na.jpg;framed\r\nb.jpg;plain\r\n",
        "path\tlabel\r\na.jpg\tframed\r\nb.jpg\tplain\r\n".encode("utf-16"),
        b"\xfe\xff" + "path,label\na.jpg,framed\nb.jpg,plain\n".encode("utf-16-be"),
    ],
    ids=["case", "semicolons", "tabs", "blank lines", "empty columns", "excel", "utf-16", "big-endian"],
)
def test_what_a_spreadsheet_saves_is_read(tmp_path: Path, table: str | bytes) -> None:
    assert labels_of(a_set(tmp_path, table)) == BOTH


def test_a_blank_line_inside_a_table_is_no_end_of_it(tmp_path: Path) -> None:
    assert "line 3: no path" in refusal(a_set(tmp_path, "path,label\na.jpg,framed\n,\nb.jpg,plain\n"))


def test_a_semicolon_in_a_cell_parts_nothing(tmp_path: Path) -> None:
    a_set(tmp_path, "path,label,note;a;b;c\na.jpg,framed,x\n")
    (sample,) = read_dataset(tmp_path)
    assert sample.attributes == {"note;a;b;c": "x"}


def test_backslashes_are_turned_where_that_finds_a_file(tmp_path: Path) -> None:
    a_set(tmp_path, "path,label\nsub\\a.jpg,framed\n", images="sub/a.jpg")
    assert labels_of(tmp_path) == {"sub/a.jpg": "framed"}
    a_set(tmp_path, "path,label\nsub\\a.jpg,framed\nsub\\none.jpg,plain\n")
    assert "line 3: a backslash in the path 'sub\\\\none.jpg'; write forward slashes" in refusal(tmp_path)


def test_metadata_jsonl_of_hugging_face(tmp_path: Path) -> None:
    rows = [
        {"file_name": "a.jpg", "label": "framed", "sides": 4, "objects": {"bbox": [1, 2]}, "ok": True},
        {"file_name": "b.jpg", "label": None},
    ]
    text = "\n".join(json.dumps(row) for row in rows) + "\n\n"
    a_set(tmp_path, text, name="metadata.jsonl")
    first, second = read_dataset(tmp_path)
    assert (first.label, first.attributes) == ("framed", {"sides": "4", "ok": "True"})
    assert (second.path, second.label) == ("b.jpg", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "line 1: malformed JSON"), ("[1]", "line 1: not a JSON object"), ("", "no column 'file_name'")],
)
def test_a_malformed_metadata_jsonl_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(a_set(tmp_path, text, name="metadata.jsonl"))


def test_class_folders_in_any_case(tmp_path: Path) -> None:
    for name in ("Framed/a.jpg", "PLAIN/b.jpg", "framed/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert labels_of(tmp_path) == {"Framed/a.jpg": "framed", "framed/c.jpg": "framed", "PLAIN/b.jpg": "plain"}


NEGATIONS = [
    "unframed",
    "noframe",
    "no_frame",
    "not framed",
    "non-framed",
    "No Frame",
    "frameless",
    "not_framed",
]


@pytest.mark.parametrize("word", NEGATIONS)
def test_a_class_is_never_suggested_for_its_negation(tmp_path: Path, word: str) -> None:
    message = refusal(a_set(tmp_path, f"path,label\na.jpg,framed\nb.jpg,{word}\n"))
    assert "did you mean" not in message
    assert labels_of(tmp_path, offered(message)) == BOTH
    (tmp_path / "labels.csv").unlink()
    (tmp_path / word).mkdir()
    (tmp_path / "b.jpg").rename(tmp_path / word / "b.jpg")
    (tmp_path / "framed").mkdir()
    (tmp_path / "a.jpg").rename(tmp_path / "framed" / "a.jpg")
    message = refusal(tmp_path)
    assert "did you mean" not in message
    assert labels_of(tmp_path, offered(message)) == {"framed/a.jpg": "framed", f"{word}/b.jpg": "plain"}


@given(
    st.sampled_from(["framed", "plain", "frame", "border"]),
    st.sampled_from(["un", "no ", "not-", "non", "without "]),
)
def test_a_negation_never_means_what_it_denies(word: str, before: str) -> None:
    denied, _ = guess_labels([f"{before}{word}"])
    asserted, _ = guess_labels([word])
    assert nearest_class(before + word) is None
    assert denied[before + word] != asserted[word]


@pytest.mark.parametrize(
    ("table", "columns", "labels"),
    [
        ("path,label\na.jpg,1\nb.jpg,0\n", None, "framed=1,plain=0"),
        ("image,class\na.jpg,framed\nb.jpg,plain\n", "path=image,label=class", None),
        ("img_path,has_frame\na.jpg,True\nb.jpg,F\n", "path=img_path,label=has_frame", "framed=True,plain=F"),
        ("filename,label\na.jpg,with border\nb.jpg,ok\n", "path=filename", "framed=with border,plain=ok"),
        ("path,target\na.jpg,1.0\nb.jpg,0.0\n", "label=target", "framed=1.0,plain=0.0"),
        ("id;label\na.jpg;yes\nb.jpg;no\n", "path=id", "framed=yes,plain=no"),
    ],
)  # fmt: skip
def test_a_refusal_prints_the_options_that_read_the_set(
    tmp_path: Path, table: str, columns: str | None, labels: str | None
) -> None:
    options = offered(refusal(a_set(tmp_path, table)))
    assert (options.columns, options.labels) == (columns, labels)
    assert labels_of(tmp_path, options) == BOTH


def test_what_cannot_be_guessed_is_left_open(tmp_path: Path) -> None:
    assert refusal(a_set(tmp_path, "path,label\na.jpg,cat\nb.jpg,dog\n")).endswith(
        "--labels framed=...,plain=..."
    )
    message = refusal(a_set(tmp_path, "where,what\na.jpg,framed\n"))
    assert "no column 'path' (found 'where', 'what')" in message
    assert message.endswith("--columns path=...,label=...")


def test_folders_with_other_names_are_classes_once_they_are_explained(tmp_path: Path) -> None:
    for name in ("borders/a.jpg", "clean/deep/b.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    options = offered(refusal(tmp_path))
    assert labels_of(tmp_path, options) == {"borders/a.jpg": "framed", "clean/deep/b.jpg": "plain"}


def test_several_words_of_a_label_and_words_for_unlabelled(tmp_path: Path) -> None:
    a_set(tmp_path, "path,label\na.jpg,1\nb.jpg,no\nc.jpg,?\nd.jpg,YES\n", images="a.jpg b.jpg c.jpg d.jpg")
    options = ReadingOptions(labels="framed=1|yes,plain=no,unlabelled=?")
    assert labels_of(tmp_path, options) == {
        "a.jpg": "framed",
        "b.jpg": "plain",
        "c.jpg": None,
        "d.jpg": "framed",
    }


def test_a_word_that_the_option_forgot_is_added_to_it(tmp_path: Path) -> None:
    a_set(tmp_path, "path,label\na.jpg,1\nb.jpg,no\n")
    message = refusal(tmp_path, ReadingOptions(labels="framed=1"))
    assert message.endswith("--labels framed=1,plain=no")


@pytest.mark.parametrize(
    ("columns", "labels", "said"),
    [
        ("path", None, "--columns: 'path' names no column"),
        ("image=path", None, "no column is called 'image' by us"),
        ("image=path", None, "did you mean path=image?"),
        ("path=nowhere", None, "no column 'nowhere' (found 'path', 'label')"),
        ("group=photo", None, "no column 'photo'"),
        (None, "framed", "--labels: 'framed' explains no label"),
        (None, "yes=1", "'yes=1' explains no label"),
        (None, "framed=1,plain=1", "'1' is explained twice"),
    ],
)
def test_options_that_are_none_are_one_line(tmp_path: Path, columns: str, labels: str, said: str) -> None:
    a_set(tmp_path, "path,label\na.jpg,framed\n")
    assert said in refusal(tmp_path, ReadingOptions(columns=columns, labels=labels))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "labels.csv",
            "img;verdict\r\na.jpg;1\r\nsub\\b.jpg;1\r\n",
            "img;verdict\r\na.jpg;0\r\nsub\\b.jpg;0\r\n",
        ),
        (
            "metadata.jsonl",
            '{"img": "a.jpg", "verdict": 1}\n{"img":"c.jpg","verdict":1}\n',
            '{"img": "a.jpg", "verdict": "0"}\n{"img":"c.jpg","verdict":1}\n',
        ),
    ],
)  # fmt: skip
def test_a_corrected_label_is_written_as_the_set_writes_it(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    root = a_set(tmp_path, before, name=name, images="a.jpg sub/b.jpg c.jpg")
    options = ReadingOptions(columns="path=img,label=verdict", labels="framed=1,plain=0")
    assert set(labels_of(root, options).values()) == {"framed"}
    word = options.words.word_for("plain")
    changes: dict[str, str | None] = {"a.jpg": word, "sub/b.jpg": word}
    set_cells(root / name, before.encode(), "label", changes, root / name, options)
    assert (root / name).read_bytes().decode() == after
    assert labels_of(root, options)["a.jpg"] == "plain"


def test_a_table_in_utf_16_stays_in_it(tmp_path: Path) -> None:
    before = "path\tlabel\r\na.jpg\tframed\r\n".encode("utf-16")
    table = a_set(tmp_path, before) / "labels.csv"
    set_cells(table, before, "split", {"a.jpg": "test"}, table)
    assert table.read_bytes() == "path\tlabel\tsplit\r\na.jpg\tframed\ttest\r\n".encode("utf-16")


def test_words_without_an_option_are_our_own() -> None:
    words = LabelWords.parse(None)
    assert words.knows(" FRAMED ") and words.label_of("Plain") == "plain" and not words.knows("1")
    assert words.word_for("plain") == "plain"
