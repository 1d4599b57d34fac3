"""Splits: what belongs together stays together, labels balanced, the same whatever the order of the rows."""

import csv
import hashlib
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from made_pictures import picture, save

from framejudge.bench.cli.main import entry_point
from framejudge.datasets import Dataset, InputError, Sample
from framejudge.datasets.drawing import buckets as exam
from framejudge.datasets.images.near_duplicates import bundles, find_near_duplicates
from framejudge.datasets.split import splitting
from framejudge.datasets.split.splitting import Units
from framejudge.datasets.table.labels_table import read_samples
from framejudge.datasets.table.one_class import read_labelled, read_one_class
from framejudge.datasets.table.table_column import check_column_name, set_cells


def made(samples: list[Sample]) -> Dataset:
    return Dataset("made", Path("nowhere"), tuple(samples))


def simple_set(count: int = 200, per_group: int = 2) -> Dataset:
    return made(
        [
            Sample(
                f"{index:04d}.jpg",
                "framed" if index % 4 == 0 else "plain",
                f"g{index // per_group}",
                {"source": f"shop{index % 3}"},
            )
            for index in range(count)
        ]
    )


def by_path(units: Units, parts: list[str]) -> dict[str, str]:
    return {sample.path: part for sample, part in zip(units.samples, parts, strict=True)}


# Bundles


def test_bundles_join_what_shares_a_value_in_any_grouping():
    groups = ["a", "a", "b", "c", "d"]
    looks = [0, 1, 1, 3, 4]
    assert bundles(groups, looks).tolist() == [0, 0, 0, 3, 4]
    assert bundles(groups).tolist() == [0, 0, 2, 3, 4]


@settings(deadline=None)  # the first call imports scikit-learn
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=40))
def test_bundles_are_the_finest_that_part_nothing(pairs):
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if not pairs:
        return
    found = bundles(left, right)
    for grouping in (left, right):
        for value in set(grouping):
            assert len({found[index] for index, other in enumerate(grouping) if other == value}) == 1
    # Finest: walking from a member along shared values reaches the whole bundle.
    for first in set(found.tolist()):
        reached, border = {first}, [first]
        while border:
            here = border.pop()
            for other in range(len(pairs)):
                near = left[other] == left[here] or right[other] == right[here]
                if near and other not in reached:
                    reached.add(other)
                    border.append(other)
        assert reached == set(np.flatnonzero(found == first).tolist())


def test_an_unreadable_image_is_alone(tmp_path):
    save(tmp_path / "a.png", picture(1))
    save(tmp_path / "b.png", picture(1))
    (tmp_path / "c.png").write_bytes(b"no picture")
    clusters = find_near_duplicates(read_one_class(tmp_path, "plain"))
    assert clusters["a.png"] == clusters["b.png"] != clusters["c.png"]


# Shares


def test_shares_hold_for_each_label():
    units = Units.of(simple_set(1000))
    parts = splitting.by_share(units, units.strata(), {"train": 0.7, "validation": 0.15, "test": 0.15}, 0)
    counts = {count.part: count for count in splitting.count_parts(units, parts)}
    assert [counts[name].images for name in ("train", "validation", "test")] == pytest.approx(
        [700, 150, 150], abs=2
    )
    assert [counts[name].framed for name in ("train", "validation", "test")] == pytest.approx(
        [175, 37.5, 37.5], abs=1.5
    )


def test_shares_hold_for_an_attribute_beside_the_label():
    rng = random.Random(3)
    samples = [
        Sample(f"{index}.jpg", rng.choice(["framed", "plain"]), str(index), {"source": rng.choice("abc")})
        for index in range(900)
    ]
    units = Units.of(made(samples))
    parts = splitting.by_share(units, units.strata("source"), {"train": 0.8, "test": 0.2}, 0)
    total, test = Counter(), Counter()
    for sample, part in zip(units.samples, parts, strict=True):
        kind = (sample.label, sample.attributes["source"])
        total[kind] += 1
        test[kind] += part == "test"
    assert len(total) == 6
    assert all(test[kind] == pytest.approx(0.2 * total[kind], abs=1.01) for kind in total)


def test_strata_of_one_image_each_do_not_fill_one_part():
    samples = [Sample(f"{index}.jpg", "plain", str(index), {"source": f"s{index}"}) for index in range(100)]
    units = Units.of(made(samples))
    parts = Counter(splitting.by_share(units, units.strata("source"), {"train": 0.7, "test": 0.3}, 0))
    assert parts == {"train": 70, "test": 30}


def test_unlabelled_images_are_spread_too():
    samples = [Sample(f"{index}.jpg", "plain" if index % 2 else None, str(index)) for index in range(100)]
    units = Units.of(made(samples))
    parts = splitting.by_share(units, units.strata(), {"train": 0.5, "test": 0.5}, 0)
    assert [(count.unlabelled, count.plain) for count in splitting.count_parts(units, parts)] == [
        (25, 25)
    ] * 2


@settings(deadline=None)  # the first call imports scikit-learn
@given(
    st.lists(
        st.tuples(st.sampled_from(["framed", "plain", None]), st.integers(0, 12)), min_size=30, max_size=80
    ),
    st.integers(0, 5),
    st.sampled_from(["shares", "folds"]),
)
def test_no_group_is_parted_and_the_order_of_rows_is_nothing(rows, seed, kind):
    samples = [Sample(f"{index}.jpg", label, f"g{group}") for index, (label, group) in enumerate(rows)]

    def divide(ordered):
        units = Units.of(made(ordered))
        if kind == "folds":
            return by_path(units, splitting.in_folds(units, units.strata(), 2, seed))
        return by_path(units, splitting.by_share(units, units.strata(), {"a": 0.6, "b": 0.4}, seed))

    try:
        parts = divide(samples)
    except InputError:
        assert len({sample.group for sample in samples}) < 4
        reject()
    shuffled = random.Random(seed).sample(samples, len(samples))
    assert divide(shuffled) == parts
    found = defaultdict(set)
    for sample in samples:
        found[sample.group].add(parts[sample.path])
    assert all(len(values) == 1 for values in found.values())


def test_another_seed_gives_another_split():
    units = Units.of(simple_set())
    shares = {"a": 0.5, "b": 0.5}
    first, again, other = (splitting.by_share(units, units.strata(), shares, seed) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("train", "'train' is no share"),
        ("train=0.7,test=x", "'test=x' is no share"),
        ("train=nan,test=0.5", "is no share"),
        ("train=0.7,train=0.3", "'train' stands twice"),
        ("train=0.7,test=0.2", "add up to 0.9"),
        ("train=-1,test=2", "is no share"),
    ],
)
def test_wrong_shares_are_told(text, told):
    with pytest.raises(InputError, match=told):
        splitting.parse_shares(text)


def test_too_few_bundles_for_the_parts():
    units = Units.of(made([Sample(f"{index}.jpg", "plain", "one photo") for index in range(50)]))
    with pytest.raises(InputError, match="too few for 2 parts"):
        splitting.by_share(units, units.strata(), {"a": 0.5, "b": 0.5}, 0)
    with pytest.raises(InputError, match="too few for 3 parts"):
        splitting.in_folds(units, units.strata(), 3, 0)


# Folds, sources, the exam


def test_folds_are_equal_and_balanced():
    units = Units.of(simple_set(600))
    parts = splitting.in_folds(units, units.strata("source"), 5, 0)
    counts = splitting.count_parts(units, parts)
    assert [count.part for count in counts] == ["0", "1", "2", "3", "4"]
    assert all(count.images == pytest.approx(120, abs=2) for count in counts)
    assert all(count.framed == pytest.approx(30, abs=2) for count in counts)


def test_leaving_out_a_source_keeps_a_shared_photo_whole():
    samples = [Sample(f"{index}.jpg", "plain", str(index), {"source": "ab"[index % 2]}) for index in range(6)]
    samples += [Sample(f"x{source}{index}.jpg", "plain", "shared", {"source": source})
                for index, source in enumerate("bba")]  # fmt: skip
    units = Units.of(made(samples))
    parts = by_path(units, splitting.by_attribute(units, "source"))
    assert parts["0.jpg"] == "a"
    assert parts["1.jpg"] == "b"
    assert {parts["xb0.jpg"], parts["xb1.jpg"], parts["xa2.jpg"]} == {"b"}


def test_leaving_out_what_is_not_there():
    units = Units.of(simple_set(20))
    with pytest.raises(InputError, match="no image has the attribute 'sorce'; did you mean 'source'"):
        splitting.by_attribute(units, "sorce")
    one = Units.of(made([Sample("a.jpg", "plain", "a", {"source": "x"}), Sample("b.jpg", "plain", "b")]))
    with pytest.raises(InputError, match=r"1 images have no 'source' \(the first: 'b.jpg'\)"):
        splitting.by_attribute(one, "source")
    same = Units.of(made([Sample("a.jpg", "plain", "a", {"source": "x"})]))
    with pytest.raises(InputError, match="every image has the same 'source': 'x'"):
        splitting.by_attribute(same, "source")


def test_exam_buckets_are_those_of_the_smallest_hash(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    photos = tmp_path / "photos"
    for seed in range(6):
        save(photos / f"{seed}.png", picture(seed))
    save(photos / "copy.bmp", picture(0))  # the same picture in another file
    units, parts = splitting.exam_split(read_one_class(photos, "plain"))
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in photos.iterdir()}
    found = by_path(units, parts)
    smallest = min(digests["0.png"], digests["copy.bmp"])
    assert found["0.png"] == found["copy.bmp"] == str(exam.bucket(smallest))
    assert found["3.png"] == str(exam.bucket(digests["3.png"]))


# The column


def test_a_column_is_added_and_nothing_else_changes(tmp_path):
    text = '\ufeffpath,label, note \r\nb.jpg,plain,"a, b"\r\na.jpg,framed,"two\r\nlines"\r\n'
    table = tmp_path / "labels.csv"
    table.write_bytes(text.encode())
    set_cells(table, table.read_bytes(), "split", {"a.jpg": "test", "b.jpg": "train"}, table)
    assert table.read_bytes().decode() == (
        '\ufeffpath,label, note ,split\r\nb.jpg,plain,"a, b",train\r\na.jpg,framed,"two\r\nlines",test\r\n'
    )
    set_cells(table, table.read_bytes(), "split", {"a.jpg": "x", "b.jpg": "y"}, table)
    assert [sample.attributes["split"] for sample in read_samples(table)] == ["y", "x"]
    assert list(tmp_path.iterdir()) == [table]


def test_a_column_of_parquet(tmp_path):
    table = tmp_path / "labels.parquet"
    columns = {"path": ["b.jpg", "a.jpg"], "label": ["plain", None], "width": [3, 4]}
    pyarrow.parquet.write_table(pyarrow.table(columns), table)
    set_cells(table, table.read_bytes(), "fold", {"a.jpg": "0", "b.jpg": "1"}, table)
    assert pyarrow.parquet.read_table(table).to_pydict() == {**columns, "fold": ["1", "0"]}


def test_a_table_that_changed_meanwhile_is_left_alone(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("path,label\na.jpg,plain\n")
    before = table.read_bytes()
    table.write_text("path,label\na.jpg,framed\n")
    with pytest.raises(InputError, match="changed since it was read"):
        set_cells(table, before, "split", {"a.jpg": "x"}, table)
    assert table.read_text() == "path,label\na.jpg,framed\n"


@pytest.mark.parametrize("name", ["path", "label", "group", "left", " ", "file_name"])
def test_a_column_with_a_meaning_is_not_replaced(name):
    with pytest.raises(InputError, match="cannot be the name of the new column"):
        check_column_name(name)


def test_cells_of_some_images_alone(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("path,label\na.jpg,plain\n\nb.jpg,framed\n")
    set_cells(table, table.read_bytes(), "label", {"b.jpg": None}, table)
    assert table.read_text() == "path,label\na.jpg,plain\n\nb.jpg,\n"
    set_cells(table, table.read_bytes(), "note", {"a.jpg": "x"}, table)
    assert table.read_text() == "path,label,note\na.jpg,plain,x\n\nb.jpg,,\n"


# The command


@pytest.fixture
def bench(monkeypatch, capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bench", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            entry_point()
        output = capsys.readouterr()
        return int(stopped.value.code or 0), output.out, output.err

    return run


@pytest.fixture
def shop(tmp_path):
    root = tmp_path / "shop"
    rows = ["path,label,source"]
    for index in range(24):
        name = f"images/{index}.jpg"
        # Each odd picture is the one before it, smaller.
        pixels = picture(index // 2, 96 if index % 2 else 128)
        save(root / name, pixels)
        rows.append(f"{name},{'framed' if index // 2 % 2 else 'plain'},shop{index // 2 % 3}")
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    return root


def test_split_writes_a_column_and_keeps_near_duplicates_together(bench, shop):
    code, out, _ = bench("dataset", "split", shop, "--shares", "train=0.5,test=0.5", "--seed", 7)
    assert code == 0
    assert "train" in out
    assert "12" in out
    with (shop / "labels.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["path", "label", "source", "split"]
    parts = [row["split"] for row in rows]
    assert parts[0::2] == parts[1::2]
    assert Counter(parts) == {"train": 12, "test": 12}
    assert Counter(zip(parts, (row["label"] for row in rows), strict=True))["train", "framed"] == 6


def test_split_refuses_to_replace_a_column_without_force(bench, shop):
    assert bench("dataset", "split", shop, "--folds", 3)[0] == 0
    before = (shop / "labels.csv").read_bytes()
    code, _, err = bench("dataset", "split", shop, "--folds", 2)
    assert code == 2
    assert "has a column 'fold' already" in err
    assert (shop / "labels.csv").read_bytes() == before
    assert bench("dataset", "split", shop, "--folds", 2, "--force")[0] == 0
    assert {sample.attributes["fold"] for sample in read_samples(shop / "labels.csv")} == {"0", "1"}


def test_split_of_class_folders_writes_labels_csv(bench, tmp_path):
    for seed in range(8):
        save(tmp_path / "set" / ("framed" if seed % 2 else "plain") / f"{seed}.png", picture(seed))
    assert bench("dataset", "split", tmp_path / "set", "--folds", 2)[0] == 0
    dataset = read_labelled(tmp_path / "set", None)
    assert Counter((sample.label, sample.attributes["fold"]) for sample in dataset) == {
        ("framed", "0"): 2, ("framed", "1"): 2, ("plain", "0"): 2, ("plain", "1"): 2,
    }  # fmt: skip


def test_split_to_another_file_leaves_the_table(bench, shop, tmp_path):
    before = (shop / "labels.csv").read_bytes()
    out = tmp_path / "elsewhere.csv"
    assert bench("dataset", "split", shop, "--leave-out", "source", "--out", out)[0] == 0
    assert (shop / "labels.csv").read_bytes() == before
    assert {sample.attributes["left_out"] for sample in read_samples(out)} == {"shop0", "shop1", "shop2"}
    code, _, err = bench("dataset", "split", shop, "--leave-out", "source", "--out", out)
    assert code == 2
    assert "is there already" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "give exactly one way to divide"),
        (["--folds", "2", "--leave-out", "source"], "give exactly one way to divide"),
        (["--folds", "30"], "too few for 30 parts"),
        (["--shares", "a=1,b=1"], "add up to 2"),
        (["--folds", "2", "--column", "label"], "cannot be the name"),
        (["--folds", "2", "--label", "frame"], "unknown label 'frame'"),
    ],
)
def test_split_tells_wrong_options_in_one_line(bench, shop, arguments, told):
    before = (shop / "labels.csv").read_bytes()
    code, _, err = bench("dataset", "split", shop, *arguments)
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert (shop / "labels.csv").read_bytes() == before


def test_split_of_nothing(bench, tmp_path):
    code, _, err = bench("dataset", "split", tmp_path / "missing", "--folds", 2)
    assert code == 2
    assert "no such folder" in err
    (tmp_path / "empty").mkdir()
    code, _, err = bench("dataset", "split", tmp_path / "empty", "--label", "plain", "--folds", 2)
    assert code == 2
    assert "no image below this folder" in err
