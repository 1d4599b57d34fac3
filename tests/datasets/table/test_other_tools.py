"""What we write opens with Hugging Face datasets, Keras and pandas; class folders sort framed as class 0."""

import errno
import os
import shutil

import numpy as np
import pytest
from made_pictures import picture, save
from typer.testing import CliRunner

from framejudge.bench.cli.main import app
from framejudge.datasets import Box, InputError, Sample
from framejudge.datasets.table.labels_table import write_samples
from framejudge.datasets.table.other_layouts import write_class_folders, write_metadata
from framejudge.datasets.table.reading import read_dataset

LABELS = ("framed", "plain", None, "plain", "framed", "plain")


@pytest.fixture
def made(tmp_path):
    """Return a set in the layout that `bench dataset make` and `frame` write: labels.csv and images/."""
    samples = []
    for index, label in enumerate(LABELS):
        path = f"images/{index:06d}.png"
        save(tmp_path / "set" / path, picture(index, 48))
        box = Box(4, 4, 44, 44) if label == "framed" else None
        samples.append(Sample(path, label, f"photo{index // 2}", {"style": f"s{index % 2}"}, box))
    write_samples(tmp_path / "set" / "labels.csv", samples)
    return read_dataset(tmp_path / "set")


def test_metadata_is_read_back_as_the_same_samples(made):
    write_metadata(made)
    assert read_dataset(made.root).samples == made.samples
    (made.root / "labels.csv").unlink()
    assert read_dataset(made.root).samples == made.samples


def test_metadata_that_is_the_truth_is_not_overwritten(made):
    file = write_metadata(made)
    (made.root / "labels.csv").unlink()
    before = file.read_bytes()
    with pytest.raises(InputError, match="is the set's own labels table"):
        write_metadata(read_dataset(made.root))
    assert file.read_bytes() == before


def test_class_folders_are_read_back_with_their_labels(made, tmp_path):
    assert write_class_folders(made, tmp_path / "folders") == (2, 3, 1)
    found = {(sample.path, sample.label) for sample in read_dataset(tmp_path / "folders")}
    assert found == {
        (f"{sample.label}/{sample.path.replace('/', '__')}", sample.label) for sample in made if sample.label
    }


def test_two_files_of_one_flat_name_are_not_merged(tmp_path):
    for name in ("a/b.png", "a__b.png"):
        save(tmp_path / "set" / "plain" / name, picture(len(name)))
        (tmp_path / "set" / "labels.csv").write_text(
            "path,label\nplain/a/b.png,plain\nplain/a__b.png,plain\n"
        )
    with pytest.raises(InputError, match="two images would be called plain__a__b"):
        write_class_folders(read_dataset(tmp_path / "set"), tmp_path / "folders")
    assert list(tmp_path.iterdir()) == [tmp_path / "set"]


def test_class_folders_are_not_mixed_with_what_is_there(made, tmp_path):
    save(tmp_path / "folders" / "plain" / "old.png", picture(1))
    with pytest.raises(InputError, match="not empty"):
        write_class_folders(made, tmp_path / "folders")


def test_files_are_copied_where_they_cannot_be_linked(made, tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    write_class_folders(made, tmp_path / "folders")
    original = (made.root / "images/000000.png").read_bytes()
    assert (tmp_path / "folders/framed/images__000000.png").read_bytes() == original


def test_a_full_disk_leaves_no_half_of_the_class_folders(made, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", full)
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(InputError, match=r"No space left.*run it again"):
            write_class_folders(made, tmp_path / "folders")
    assert list(tmp_path.iterdir()) == [tmp_path / "set"]
    assert write_class_folders(made, tmp_path / "folders").framed == 2


def test_a_folder_that_cannot_be_made_is_told(made, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written: Not a directory"):
        write_class_folders(made, tmp_path / "file" / "folders")


def convert(*arguments):
    return CliRunner().invoke(app, ["dataset", "convert", *map(str, arguments)])


def test_the_command_writes_class_folders_and_warns_of_their_order(made, tmp_path):
    told = convert(made.root, "--to", "classes", "--out", tmp_path / "folders")
    assert told.exit_code == 0
    assert told.stdout == f"{tmp_path / 'folders'}: 2 framed, 3 plain\n"
    assert "without a label: 1" in told.stderr
    assert "framed class 0 and plain class 1" in told.stderr
    assert len(read_dataset(tmp_path / "folders")) == 5


def test_the_command_writes_metadata(made):
    assert convert(made.root, "--to", "metadata").exit_code == 0
    (made.root / "labels.csv").unlink()
    assert read_dataset(made.root).samples == made.samples


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "classes"], "--to classes goes with --out; name the folder"),
        (["--to", "metadata", "--out", "elsewhere"], "--to metadata goes without --out"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(made, arguments, told):
    result = convert(made.root, *arguments)
    assert isinstance(result.exception, InputError)
    assert told in str(result.exception)


def test_a_set_without_labels_has_no_class_folders(made, tmp_path):
    (made.root / "labels.csv").write_text("path,label\nimages/000000.png,\n")
    with pytest.raises(InputError, match=r"no image has a label yet; first: bench dataset review"):
        write_class_folders(read_dataset(made.root), tmp_path / "folders")


def test_pandas_reads_labels_csv(made):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(made.root / "labels.csv")
    assert list(table["path"]) == [sample.path for sample in made]
    assert table["label"].value_counts().to_dict() == {"plain": 3, "framed": 2}
    assert table["label"].isna().sum() == 1
    assert table.loc[0, ["left", "top", "right", "bottom"]].tolist() == [4, 4, 44, 44]


def test_a_table_that_pandas_wrote_is_read(made):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(made.root / "labels.csv")
    table.to_csv(made.root / "labels.csv", index=False)
    assert read_dataset(made.root).samples == made.samples
    (made.root / "labels.csv").unlink()
    table.to_parquet(made.root / "labels.parquet", index=False)
    assert read_dataset(made.root).samples == made.samples


def hugging_face(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets", reason="needs Hugging Face's datasets")
    if not hasattr(datasets, "load_dataset"):
        pytest.skip("needs Hugging Face's datasets; a folder of this name is in the way")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    return datasets


def test_hugging_face_loads_labels_and_attributes(made, tmp_path, monkeypatch):
    datasets = hugging_face(tmp_path, monkeypatch)
    write_metadata(made)
    loaded = datasets.load_dataset("imagefolder", data_dir=str(made.root), split="train")
    assert len(loaded) == len(made)
    by_group = sorted((row["group"], row["label"] or "", row["style"]) for row in loaded)
    assert by_group == sorted(
        (sample.group, sample.label or "", sample.attributes["style"]) for sample in made
    )
    assert np.asarray(loaded[0]["image"]).shape == (48, 48, 3)


def test_hugging_face_makes_framed_class_0_of_class_folders(made, tmp_path, monkeypatch):
    datasets = hugging_face(tmp_path, monkeypatch)
    write_class_folders(made, tmp_path / "folders")
    loaded = datasets.load_dataset("imagefolder", data_dir=str(tmp_path / "folders"), split="train")
    assert loaded.features["label"].names == ["framed", "plain"]
    assert sorted(loaded["label"]) == [0, 0, 1, 1, 1]


@pytest.mark.tensorflow
def test_keras_makes_framed_class_0_of_class_folders(made, tmp_path):
    keras = pytest.importorskip("keras")
    write_class_folders(made, tmp_path / "folders")
    loaded = keras.utils.image_dataset_from_directory(
        tmp_path / "folders", image_size=(48, 48), shuffle=False
    )
    assert loaded.class_names == ["framed", "plain"]
    _, labels = next(iter(loaded))
    assert labels.numpy().tolist() == [0, 0, 1, 1, 1]
