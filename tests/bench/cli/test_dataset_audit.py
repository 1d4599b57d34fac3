"""``bench dataset audit``: findings.csv, the page of suspects, and the exit code."""

import base64
import csv
import hashlib
import html.parser
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from made_pictures import framed, picture, save

from framejudge.bench.cli.main import entry_point


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
def photos(tmp_path):
    """Return a folder of pictures that nobody sorted, one of them framed and one damaged."""
    root = tmp_path / "photos"
    for index in range(4):
        save(root / "shop" / f"{index}.png", picture(index, 120))
    save(root / "deep" / "er" / "framed.png", framed(picture(9, 120), 8))
    return root


def findings(folder: Path) -> list[dict[str, str]]:
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def predictions(file: Path, scores: dict[str, float], detector: str = "mine") -> Path:
    table = {
        "path": list(scores),
        "detector": [detector] * len(scores),
        "score": list(scores.values()),
        "predicted": ["framed" if score >= 0.8 else "plain" for score in scores.values()],
    }
    pyarrow.parquet.write_table(pyarrow.table(table), file)
    return file


def test_unsorted_photos_are_ranked_by_a_detector(bench, photos, tmp_path):
    code, out, _ = bench("dataset", "audit", photos, "--label", "plain", "--out", tmp_path / "audit")
    assert code == 0
    assert "5 images: nothing is wrong that would spoil a figure" in out
    doubtful = [row["path"] for row in findings(tmp_path / "audit") if row["check"] == "doubtful-label"]
    assert doubtful[0] == "deep/er/framed.png"


def test_an_error_exits_with_1_and_is_written(bench, photos, tmp_path):
    (photos / "broken.jpg").write_bytes(b"not a picture")
    scores = predictions(tmp_path / "scores.parquet", {"shop/0.png": 0.9})
    out = tmp_path / "audit"
    code, told, _ = bench("dataset", "audit", photos, "--label", "plain", "--scores", scores, "--out", out)
    assert code == 1
    assert "something is wrong" in told
    first = findings(out)[0]
    assert (first["path"], first["check"], first["severity"]) == ("broken.jpg", "unreadable", "error")


def test_stored_scores_doubt_beyond_the_threshold_they_were_judged_by(bench, photos, tmp_path):
    scores = predictions(tmp_path / "s.parquet", {"shop/0.png": 0.95, "shop/1.png": 0.8, "shop/2.png": 0.79})
    out = tmp_path / "audit"
    assert bench("dataset", "audit", photos, "--label", "plain", "--scores", scores, "--out", out)[0] == 0
    doubtful = [row["path"] for row in findings(out) if row["check"] == "doubtful-label"]
    assert doubtful == ["shop/0.png", "shop/1.png"]


def test_several_detectors_in_the_scores_need_a_choice(bench, photos, tmp_path):
    one = pyarrow.parquet.read_table(predictions(tmp_path / "1.parquet", {"shop/0.png": 0.9}, "one"))
    two = pyarrow.parquet.read_table(predictions(tmp_path / "2.parquet", {"shop/1.png": 0.9}, "two"))
    pyarrow.parquet.write_table(pyarrow.concat_tables([one, two]), tmp_path / "both.parquet")
    command = ("dataset", "audit", photos, "--label", "plain", "--scores", tmp_path / "both.parquet")
    code, _, err = bench(*command, "--out", tmp_path / "audit")
    assert code == 2
    assert "it holds the scores of one, two; choose one with --detector" in err
    assert bench(*command, "--detector", "two", "--out", tmp_path / "audit")[0] == 0
    doubtful = [row["path"] for row in findings(tmp_path / "audit") if row["check"] == "doubtful-label"]
    assert doubtful == ["shop/1.png"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--label", "nice"], "unknown label 'nice'"),
        ([], "neither framed/ nor plain/"),
        (["--label", "plain", "--detector", "cany"], "unknown detector 'cany'"),
        (["--label", "plain", "--scores", "missing.parquet"], "no predictions can be read here"),
        (["--label", "plain", "--split-column", "parts"], "no column 'parts'"),
    ],
)
def test_wrong_options_are_told_in_one_line(bench, photos, tmp_path, arguments, told):
    code, _, err = bench("dataset", "audit", photos, *arguments, "--out", tmp_path / "audit")
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert not (tmp_path / "audit").exists()


def test_a_folder_that_cannot_be_made_is_told_before_the_work(bench, photos, tmp_path):
    (tmp_path / "file").touch()
    code, _, err = bench("dataset", "audit", photos, "--label", "plain", "--out", tmp_path / "file" / "audit")
    assert code == 2
    assert "cannot be written: Not a directory" in err
    assert err.count("\n") == 1


def test_scores_of_another_set_are_refused(bench, photos, tmp_path):
    scores = predictions(tmp_path / "scores.parquet", {"elsewhere.png": 0.9})
    code, _, err = bench("dataset", "audit", photos, "--label", "plain", "--scores", scores)
    assert code == 2
    assert "no score for any of the 5 images" in err


def test_a_labels_table_with_a_typo_is_an_input_error(bench, tmp_path):
    save(tmp_path / "a.png", picture(1))
    (tmp_path / "labels.csv").write_text("path,label\na.png,plian\n")
    code, _, err = bench("dataset", "audit", tmp_path, "--out", tmp_path / "audit")
    assert code == 2
    assert "line 2: unknown label 'plian'; did you mean plain?" in err


def test_an_audit_is_replaced_with_force_only_and_nothing_else_ever(bench, photos, tmp_path):
    scores = predictions(tmp_path / "s.parquet", {"shop/0.png": 0.1})
    command = (
        "dataset",
        "audit",
        photos,
        "--label",
        "plain",
        "--scores",
        scores,
        "--out",
        tmp_path / "audit",
    )
    assert bench(*command)[0] == 0
    code, _, err = bench(*command)
    assert code == 2
    assert "exists already" in err
    assert bench(*command, "--force")[0] == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    code, _, err = bench(*command[:-1], tmp_path / "mine", "--force")
    assert code == 2
    assert "--force replaces an audit only" in err


class Page(html.parser.HTMLParser):
    """Collects what a page holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def nasty(bench, tmp_path):
    """Return the page of a set whose files have hostile names."""
    root = tmp_path / "set"
    hostile = '<script>alert(1)</script>" onerror="x.png'.replace("/", "\u2215")
    for index, name in enumerate((hostile, "50% off #1?.png", "b c.png")):
        save(root / name, np.roll(picture(3), index, axis=(0, 1)) if index else picture(3))
    save(root / "framed \u00e9.png", framed(picture(7, 120), 8))
    scores = predictions(tmp_path / "s.parquet", {hostile: 0.99, "framed \u00e9.png": 0.97})
    out = tmp_path / "audit"
    assert bench("dataset", "audit", root, "--label", "plain", "--scores", scores, "--out", out)[0] == 0
    return out, hostile


def test_the_page_is_self_contained_and_escapes_names(nasty):
    out, hostile = nasty
    text = (out / "suspects.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.all("script")
    assert not page.all("link")
    assert hostile in page.texts
    images = page.all("img")
    assert images and all(image["src"].startswith("data:image/jpeg;base64,") for image in images)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    policy = next(
        tag["content"] for tag in page.all("meta") if tag.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_each_picture_on_the_page_links_to_its_file(nasty):
    from urllib.parse import unquote

    out, _ = nasty
    links = [tag["href"] for tag in Page((out / "suspects.html").read_text(encoding="utf-8")).all("a")]
    files = [link for link in links if not link.startswith("#") and link != "findings.csv"]
    assert files
    assert all((out / unquote(link)).is_file() for link in files)


def test_more_suspects_than_are_shown_are_counted(bench, tmp_path):
    for index in range(5):
        save(tmp_path / "set" / f"{index}.png", picture(index))
    scores = predictions(tmp_path / "s.parquet", {f"{index}.png": 0.9 for index in range(5)})
    out = tmp_path / "audit"
    arguments = ("--label", "plain", "--scores", scores, "--out", out, "--shown", 2)
    assert bench("dataset", "audit", tmp_path / "set", *arguments)[0] == 0
    page = (out / "suspects.html").read_text(encoding="utf-8")
    assert "5 findings; the first 2 are shown" in page
    assert len(Page(page).all("img")) == 2
    assert sum(row["check"] == "doubtful-label" for row in findings(out)) == 5
