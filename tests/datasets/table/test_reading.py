"""Labelled sets as folders and tables, and one clear line for each way to get them wrong."""

import json
import os
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets import Box, InputError, Sample
from framejudge.datasets.table.labels_table import read_samples, write_samples
from framejudge.datasets.table.reading import read_dataset


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def table(
    root: Path, text: str, name: str = "labels.csv", images: tuple[str, ...] = ("a.jpg", "b.jpg")
) -> Path:
    touch(root, *images)
    (root / name).write_text(text, encoding="utf-8")
    return root


def refusal(root: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_dataset(root)
    message = str(raised.value)
    assert "\n" not in message
    return message


# Class folders


def test_class_folders(tmp_path):
    touch(
        tmp_path,
        "plain/z.JPG",
        "plain/deep/er/a.png",
        "framed/b.webp",
        "framed/notes.txt",
        "framed/.hidden.jpg",
    )
    touch(tmp_path, "readme.txt", ".cache/x.jpg", "framed/.thumbs/x.jpg")
    dataset = read_dataset(tmp_path)
    assert [(sample.path, sample.label) for sample in dataset] == [
        ("framed/b.webp", "framed"),
        ("plain/deep/er/a.png", "plain"),
        ("plain/z.JPG", "plain"),
    ]
    assert all(sample.group == sample.path and not sample.attributes for sample in dataset)
    assert dataset.name == tmp_path.name
    assert not dataset.generated
    assert dataset.locate(dataset.samples[0]) == tmp_path / "framed/b.webp"


def test_one_class_is_a_set(tmp_path):
    touch(tmp_path, "plain/a.jpg")
    assert [sample.label for sample in read_dataset(tmp_path)] == ["plain"]


def test_class_folders_without_an_image(tmp_path):
    touch(tmp_path, "plain/notes.txt", "framed/notes.txt")
    assert "hold no image" in refusal(tmp_path)


def test_another_folder_with_images_is_named(tmp_path):
    touch(tmp_path, "plain/a.jpg", "framd/b.jpg")
    assert f"{tmp_path / 'framd'}: a folder with images" in refusal(tmp_path)
    assert "did you mean framed/?" in refusal(tmp_path)


def test_another_folder_without_images_is_left_alone(tmp_path):
    touch(tmp_path, "plain/a.jpg", "docs/readme.txt")
    assert len(read_dataset(tmp_path)) == 1


def test_an_image_beside_the_class_folders_is_named(tmp_path):
    touch(tmp_path, "plain/a.jpg", "loose.jpg")
    assert f"{tmp_path / 'loose.jpg'}: an image beside" in refusal(tmp_path)


def test_neither_table_nor_class_folders(tmp_path):
    touch(tmp_path, "cats/a.jpg", "dogs/b.jpg")
    assert "found 'cats', 'dogs'" in refusal(tmp_path)


def test_missing_folder_with_the_nearest_name(tmp_path):
    (tmp_path / "shop").mkdir()
    assert f"no such folder; did you mean {tmp_path / 'shop'}?" in refusal(tmp_path / "shopp")
    assert "no such folder" in refusal(tmp_path / "nowhere" / "at" / "all")


def test_empty_folder(tmp_path):
    assert "the folder is empty" in refusal(tmp_path)


def test_a_file_instead_of_a_folder(tmp_path):
    table(tmp_path, "path,label\na.jpg,plain\n")
    assert f"not a folder; give the folder: {tmp_path}" in refusal(tmp_path / "labels.csv")


# Tables


def test_labels_csv(tmp_path):
    table(
        tmp_path,
        "label,path,group,style,left,top,right,bottom,note\n"
        'framed,b.jpg,photo 1,solid,3,4,30,40,"one, two"\n'
        "plain,./a.jpg,photo 1,,,,,,\n"
        ",c.jpg,,,,,,,\n",
    )
    assert list(read_dataset(tmp_path)) == [
        Sample("b.jpg", "framed", "photo 1", {"style": "solid", "note": "one, two"}, Box(3, 4, 30, 40)),
        Sample("a.jpg", "plain", "photo 1"),
        Sample("c.jpg", None, "c.jpg"),
    ]


def test_a_table_goes_before_class_folders(tmp_path):
    table(tmp_path, "path,label\nplain/a.jpg,framed\n", images=("plain/a.jpg", "framed/b.jpg"))
    assert [sample.label for sample in read_dataset(tmp_path)] == ["framed"]


def test_byte_order_mark_spaces_and_windows_line_ends(tmp_path):
    touch(tmp_path, "a.jpg")
    (tmp_path / "labels.csv").write_bytes(b"\xef\xbb\xbfpath, label\r\na.jpg, plain \r\n\r\n")
    assert list(read_dataset(tmp_path)) == [Sample("a.jpg", "plain", "a.jpg")]


@pytest.mark.parametrize(
    "name", ["a b.jpg", 'it\'s "so".jpg', "ünï-日本.jpg", "<script>alert(1)<.jpg", "x\ny.jpg"]
)
def test_odd_names(tmp_path, name):
    touch(tmp_path, name)
    write_samples(tmp_path / "labels.csv", [Sample(name, "plain", name)])
    assert [sample.path for sample in read_dataset(tmp_path)] == [name]


def test_metadata_csv_of_hugging_face(tmp_path):
    table(tmp_path, "file_name,label,path\na.jpg,framed,shelf 4\n", name="metadata.csv")
    assert list(read_dataset(tmp_path)) == [Sample("a.jpg", "framed", "a.jpg", {"path": "shelf 4"})]


def test_metadata_csv_without_labels(tmp_path):
    table(tmp_path, "file_name,text\na.jpg,a shoe\n", name="metadata.csv")
    assert "no column 'label' (found 'file_name', 'text')" in refusal(tmp_path)


def test_labels_parquet(tmp_path):
    touch(tmp_path, "a.jpg", "b.jpg")
    columns = {
        "path": ["a.jpg", "b.jpg", "c.jpg"],
        "label": pyarrow.array(["framed", "plain", None]).dictionary_encode(),
        "left": [1.0, float("nan"), None],
        "top": [2.0, None, None],
        "right": [30.0, None, None],
        "bottom": [40.0, None, None],
        "sides": [4, 0, None],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "labels.parquet")
    assert list(read_dataset(tmp_path)) == [
        Sample("a.jpg", "framed", "a.jpg", {"sides": "4"}, Box(1, 2, 30, 40)),
        Sample("b.jpg", "plain", "b.jpg", {"sides": "0"}),
        Sample("c.jpg", None, "c.jpg"),
    ]


def test_a_wrong_cell_of_a_parquet_table_is_told_by_its_row(tmp_path):
    touch(tmp_path, "a.jpg")
    columns = {"path": ["a.jpg", "b.jpg"], "label": ["plain", "frame"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "labels.parquet")
    message = refusal(tmp_path)
    assert "labels.parquet, row 2: unknown label 'frame' (1 row); say what is meant: " in message
    assert message.endswith("--labels framed=frame")


def test_a_file_that_is_no_parquet(tmp_path):
    table(tmp_path, "path,label\na.jpg,plain\n", name="labels.parquet")
    assert "not a readable parquet file" in refusal(tmp_path)


def test_two_tables(tmp_path):
    table(tmp_path, "path,label\na.jpg,plain\n")
    touch(tmp_path, "labels.parquet")
    assert "both labels.csv and labels.parquet" in refusal(tmp_path)


def test_a_table_that_cannot_be_opened(tmp_path, monkeypatch):
    table(tmp_path, "path,label\na.jpg,plain\n")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "labels.csv: cannot be read: Permission denied" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("path,label\n", "the table has no rows"),
        ("path|label\na.jpg|plain\n", "no column 'path' (found 'path|label')"),
        ("file,label\na.jpg,plain\n", "no column 'path'"),
        ("path,class\na.jpg,plain\n", "no column 'label'"),
        (",path,label\n0,a.jpg,plain\n", "a column without a name"),
        ("path,label,label\na.jpg,plain,plain\n", "the column 'label' stands there 2 times"),
        ("path,label,left,top\na.jpg,plain,1,2\n", "missing: right, bottom"),
        ("path,label\na.jpg\n", "line 2: 1 cells for 2 columns"),
        ("path,label\na.jpg,plain,1\n", "line 2: 3 cells for 2 columns"),
        ('path,label\n"a.jpg,plain\n', "line 2: malformed CSV"),
        ('path,label\n"a"b.jpg,plain\n', "line 2: malformed CSV"),
        ('"path"x,label\na.jpg,plain\n', "line 1: malformed CSV"),
        ("path,label\na.jpg,frmed\n", "line 2: unknown label 'frmed'; did you mean framed?"),
        ("path,label\na.jpg,Plian\n", "line 2: unknown label 'Plian'; did you mean plain?"),
        ("path,label\na.jpg,1\n", "line 2: unknown label '1' (1 row); say what is meant: --labels framed=1"),
        ("path,label\n,plain\n", "line 2: no path"),
        ("path,label\n.,plain\n", "line 2: no path"),
        ("path,label\n/etc/passwd,plain\n", "line 2: absolute path '/etc/passwd'"),
        ("path,label\nC:/a.jpg,plain\n", "line 2: absolute path 'C:/a.jpg'"),
        ("path,label\nsub\\a.jpg,plain\n", "line 2: a backslash in the path"),
        ("path,label\n../a.jpg,plain\n", "line 2: the path '../a.jpg' leaves the folder"),
        ("path,label\nsub/../../a.jpg,plain\n", "leaves the folder"),
        ("path,label\na\0.jpg,plain\n", "line 2: a NUL character in the path"),
        ("path,label\na.jpg,plain\n\n./a.jpg,framed\n", "line 4: a second row for 'a.jpg', first in line 2"),
        ("path,label\nx.jpg,plain\ny.jpg,plain\n", "none of its 2 images exists (the first: 'x.jpg')"),
    ],
)
def test_malformed_tables(tmp_path, text, expected):
    message = refusal(table(tmp_path, text))
    assert "labels.csv" in message
    assert expected in message


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("1,2,x,4", "a content box of whole pixels is wanted, not left '1', top '2', right 'x', bottom '4'"),
        ("1,2,3.5,4", "whole pixels"),
        ("1,2,,4", "whole pixels"),
        ("1,2,inf,4", "whole pixels"),
        ("1,2,1_0,4", "whole pixels"),
        ("1,2,99999999999999999999,4", "whole pixels"),
        ("5,2,3,4", "empty or inverted"),
        ("1,4,3,4", "empty or inverted"),
        ("-1,0,3,4", "begins outside the image"),
    ],
)
def test_malformed_boxes(tmp_path, box, expected):
    message = refusal(table(tmp_path, f"path,label,left,top,right,bottom\na.jpg,framed,{box}\n"))
    assert "labels.csv, line 2: " in message
    assert expected in message


def test_the_line_of_a_problem_counts_lines_inside_quotes(tmp_path):
    message = refusal(table(tmp_path, 'path,label,note\na.jpg,plain,"two\nlines"\nb.jpg,frmd,\n'))
    assert "line 4: unknown label 'frmd'" in message


def test_all_problems_are_counted_and_the_first_ones_told(tmp_path):
    rows = "".join(f"../{number}.jpg,plain\n" for number in range(40))
    message = refusal(table(tmp_path, "path,label\na.jpg,frmed\n../x.jpg,plain\n" + rows))
    assert "labels.csv: 42 problems: line 3: the path '../x.jpg' leaves the folder" in message
    assert "line 5: the path '../1.jpg' leaves the folder (name a file below it); and 39 more" in message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfe" + "path,label\na".encode("utf-16-le") + b"\n", "line 2: the text is not UTF-16"),
        (
            "path,label\na.jpg,plain\nä.jpg,plain\n".encode("latin-1"),
            "labels.csv, line 3: the text is not UTF-8",
        ),
    ],
)
def test_other_encodings(tmp_path, data, expected):
    (tmp_path / "labels.csv").write_bytes(data)
    assert expected in refusal(tmp_path)


def test_one_missing_image_is_left_to_the_decoder(tmp_path):
    table(tmp_path, "path,label\na.jpg,plain\nmissing.jpg,plain\n")
    assert len(read_dataset(tmp_path)) == 2


# Links and names


def test_links_that_stay_inside(tmp_path):
    touch(tmp_path, "framed/a.jpg")
    (tmp_path / "framed/b.jpg").symlink_to("a.jpg")
    assert len(read_dataset(tmp_path)) == 2


@pytest.mark.parametrize("layout", ["folder", "table"])
@pytest.mark.parametrize("linked", ["file", "directory"])
def test_links_that_lead_out(tmp_path, layout, linked):
    outside = touch(tmp_path / "outside", "secret.jpg")
    root = touch(tmp_path / "set", "plain/a.jpg")
    if linked == "file":
        (root / "framed").mkdir()
        (root / "framed/secret.jpg").symlink_to(outside / "secret.jpg")
    else:
        (root / "framed").symlink_to(outside)
    if layout == "table":
        (root / "labels.csv").write_text("path,label\nplain/a.jpg,plain\nframed/secret.jpg,framed\n")
    assert "'framed/secret.jpg': a symbolic link leads out of the folder" in refusal(root)


def test_a_set_may_itself_be_reached_through_a_link(tmp_path):
    touch(tmp_path / "set", "plain/a.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "set")
    assert read_dataset(tmp_path / "link").name == "set"


def test_a_name_that_is_not_utf_8(tmp_path):
    (tmp_path / "plain").mkdir()
    try:
        (tmp_path / os.fsdecode(b"plain/\xff.jpg")).touch()
    except OSError:
        pytest.skip("this file system refuses such names")
    assert "the file's name is not UTF-8; rename it" in refusal(tmp_path)


# dataset.json


def test_description(tmp_path):
    touch(tmp_path, "plain/a.jpg")
    (tmp_path / "dataset.json").write_text(json.dumps({"name": "Häuser", "generated": True, "seed": 1}))
    dataset = read_dataset(tmp_path)
    assert (dataset.name, dataset.generated, dataset.drawn) == ("Häuser", True, True)
    (tmp_path / "dataset.json").write_text(json.dumps({"name": "Häuser", "recipe": {"frames": 1}}))
    dataset = read_dataset(tmp_path)
    assert (dataset.generated, dataset.drawn) == (False, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "malformed JSON"),
        ("\udcff", "malformed JSON"),
        ("[]", "not a JSON object"),
        ('{"name": 1}', '"name" must be a text'),
        ('{"generated": "yes"}', '"generated" true or false'),
    ],
)
def test_malformed_description(tmp_path, text, expected):
    touch(tmp_path, "plain/a.jpg")
    (tmp_path / "dataset.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert expected in refusal(tmp_path)


# Round trips

# Whatever a table may hold: any text but what no file system or CSV dialect carries.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
names = texts.filter(lambda text: not set("/\\:") & set(text) and text not in (".", ".."))
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
edges = st.tuples(st.integers(0, 5_000), st.integers(0, 5_000), st.integers(1, 5_000), st.integers(1, 5_000))
boxes = edges.map(lambda edge: Box(edge[0], edge[1], edge[0] + edge[2], edge[1] + edge[3]))
columns = st.text("abcdefghijklmnopqrstuvwxyz_äß", min_size=1, max_size=6).filter(
    lambda name: name not in {"path", "label", "group", *Box._fields}
)
samples = st.builds(
    Sample,
    path=paths,
    label=st.sampled_from(["framed", "plain", None]),
    group=texts,
    attributes=st.dictionaries(columns, texts, max_size=3),
    content_box=st.none() | boxes,
)


@given(rows=st.lists(samples, min_size=1, max_size=5, unique_by=lambda sample: sample.path))
def test_labels_csv_gives_back_what_was_written(tmp_path_factory, rows):
    file = tmp_path_factory.getbasetemp() / "labels.csv"
    write_samples(file, rows)
    assert read_samples(file) == tuple(rows)


@given(
    data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("path,label\n" + text).encode())
)
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path_factory, data):
    file = tmp_path_factory.getbasetemp() / "labels.csv"
    file.write_bytes(data)
    try:
        rows = read_samples(file)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert rows


def test_a_parquet_table_whose_texts_are_no_utf_8(tmp_path):
    """A finding of fuzzing: parquet declares texts, and nobody has checked their bytes."""
    raw = pyarrow.array([b"a\x8f.png"], pyarrow.binary())
    untrue = pyarrow.StringArray.from_buffers(1, *raw.buffers()[1:])
    table = pyarrow.table({"path": untrue, "label": pyarrow.array(["framed"])})
    pyarrow.parquet.write_table(table, tmp_path / "labels.parquet")
    with pytest.raises(InputError, match="not a readable parquet file"):
        read_dataset(tmp_path)
