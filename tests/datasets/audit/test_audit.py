"""The audit's checks: each fault that a set can have is found, and a sound set is left in peace."""

import csv
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from made_pictures import framed, picture, save

from framejudge.datasets import Box, Dataset, InputError, Sample
from framejudge.datasets.audit import Finding, Severity, audit, auditing, checks, suspects, write_findings
from framejudge.datasets.audit.auditing import Judge
from framejudge.datasets.audit.facts import FileFacts, Header, look_at
from framejudge.datasets.audit.features import BORDER_PX, SIDE_PX, border_features, quick_features
from framejudge.datasets.audit.list_quality import contradiction
from framejudge.datasets.table.one_class import read_one_class
from framejudge.datasets.table.reading import read_dataset


def told(findings) -> set[tuple[str, str]]:
    return {(finding.check, finding.path) for finding in findings}


def known(path: str, **facts) -> FileFacts:
    return FileFacts(path, **{"width": 100, "height": 100, "digest": path, "header": Header("JPEG"), **facts})


def by_path(*facts: FileFacts) -> dict[str, FileFacts]:
    return {fact.path: fact for fact in facts}


# Files


def test_damaged_files_are_errors(tmp_path):
    whole = save(tmp_path / "whole.jpg", picture(1, 200)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("no picture")
    facts = [
        look_at(tmp_path, name) for name in ("whole.jpg", "cut.jpg", "empty.png", "text.png", "gone.jpg")
    ]
    found = list(checks.unreadable(facts))
    assert told(found) == {
        *(("unreadable", name) for name in ("cut.jpg", "empty.png", "text.png")),
        ("missing-file", "gone.jpg"),
    }
    assert {finding.severity for finding in found} == {Severity.ERROR}
    assert "truncated" in next(finding.message for finding in found if finding.path == "cut.jpg")


def test_wrong_extensions(tmp_path):
    pixels = PIL.Image.fromarray(picture(1))
    for name, format_name in (
        ("a.jpg", "PNG"),
        ("b.JPEG", "JPEG"),
        ("c", "GIF"),
        ("d.jfif", "JPEG"),
        ("e.xyz", "BMP"),
    ):
        pixels.save(tmp_path / name, format=format_name)
    facts = [look_at(tmp_path, file.name) for file in sorted(tmp_path.iterdir())]
    assert told(checks.wrong_extension(facts)) == {
        ("wrong-extension", name) for name in ("a.jpg", "c", "e.xyz")
    }


def test_a_camera_jpeg_with_previews_is_a_jpeg():
    assert not list(checks.wrong_extension([known("a.jpg", header=Header("MPO"))]))


def test_tiny_and_huge_pictures():
    facts = [
        known("ok.jpg", width=32, height=4096),
        known("thin.jpg", width=300, height=31),
        known("wide.jpg", width=4097, height=100),
        FileFacts("unreadable.jpg", problem="damaged"),
    ]
    assert told(checks.odd_size(facts)) == {("tiny", "thin.jpg"), ("huge", "wide.jpg")}


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_animations_are_told_and_stills_are_not(tmp_path, name):
    frames = [PIL.Image.fromarray(picture(seed)) for seed in (1, 2)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / f"still-{name}")
    facts = [look_at(tmp_path, file.name) for file in tmp_path.iterdir()]
    assert told(checks.animated(facts)) == {("animated", name)}


def test_pages_of_a_tiff_are_no_animation(tmp_path):
    pages = [PIL.Image.fromarray(picture(seed)) for seed in (1, 2)]
    pages[0].save(tmp_path / "a.tiff", save_all=True, append_images=pages[1:])
    assert not list(checks.animated([look_at(tmp_path, "a.tiff")]))


def test_files_without_a_row_and_rows_without_a_file(tmp_path):
    for name in ("images/a.png", "images/b.png", "images/.hidden.png", "masks/a.png"):
        save(tmp_path / name, picture(len(name)))
    (tmp_path / "images/readme.txt").touch()
    (tmp_path / "labels.csv").write_text("path,label\nimages/a.png,plain\nimages/c.png,plain\n")
    found = told(audit(read_dataset(tmp_path)).findings)
    assert {("unlisted", "images/b.png"), ("missing-file", "images/c.png")} < found
    assert not any("hidden" in path or "masks" in path or "readme" in path for _, path in found)


# Duplicates


def test_the_same_pixels_with_two_labels_are_an_error(tmp_path):
    save(tmp_path / "a.png", picture(1))
    save(tmp_path / "b.bmp", picture(1))
    facts = by_path(look_at(tmp_path, "a.png"), look_at(tmp_path, "b.bmp"))
    samples = [Sample("b.bmp", "framed", "b"), Sample("a.png", "plain", "a")]
    (found,) = checks.duplicates(samples, facts)
    assert (found.check, found.severity, found.path, found.other) == (
        "contradiction", Severity.ERROR, "b.bmp", "a.png",
    )  # fmt: skip
    same = [Sample("b.bmp", "plain", "b"), Sample("a.png", "plain", "a")]
    (found,) = checks.duplicates(same, facts)
    assert (found.check, found.severity) == ("duplicate", Severity.WARNING)


def test_near_duplicates_matter_between_groups_only():
    facts = by_path(
        known("a.jpg", looks=0b1111), known("b.jpg", looks=0b1110), known("c.jpg", looks=2**40 - 1)
    )

    def found(label: str, group: str) -> set[tuple[str, str]]:
        samples = [
            Sample("a.jpg", "plain", "a"),
            Sample("b.jpg", label, group),
            Sample("c.jpg", "plain", "c"),
        ]
        return told(checks.duplicates(samples, facts))

    assert found("plain", "b") == {("near-duplicate", "b.jpg")}
    assert found("framed", "b") == {("near-contradiction", "b.jpg")}
    assert found("framed", "a") == set()


def test_how_near_is_a_choice():
    facts = by_path(known("a.jpg", looks=0b1111), known("b.jpg", looks=0b1100))
    samples = [Sample("a.jpg", "plain", "a"), Sample("b.jpg", "plain", "b")]
    assert told(checks.duplicates(samples, facts, max_bits=1)) == set()
    assert told(checks.duplicates(samples, facts, max_bits=2)) == {("near-duplicate", "b.jpg")}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (("g", "train", 2**50), False),  # the same group, the same part
        (("g", "test", 2**50), True),  # the same group
        (("h", "test", 0b111), True),  # looks the same
        (("h", "test", 2**50 - 1), False),  # another picture
        (("g", "", 0b111), False),  # in no part
    ],
)
def test_a_photo_on_both_sides_of_a_split_is_an_error(second, expected):
    group, part, looks = second
    facts = by_path(known("a.jpg", looks=0b111), known("b.jpg", looks=looks))
    samples = [
        Sample("a.jpg", "plain", "g", {"split": "train"}),
        Sample("b.jpg", "plain", group, {"split": part} if part else {}),
    ]
    found = list(checks.parted(samples, facts))
    assert told(found) == ({("parted", "b.jpg")} if expected else set())
    assert all(finding.severity is Severity.ERROR for finding in found)


def test_only_split_columns_are_taken_for_parts():
    facts = by_path(known("a.jpg"), known("b.jpg"))
    samples = [Sample("a.jpg", "plain", "g", {"source": "x"}), Sample("b.jpg", "plain", "g", {"source": "y"})]
    assert not list(checks.parted(samples, facts))
    assert told(checks.parted(samples, facts, ["source"])) == {("parted", "b.jpg")}


# Labels


@pytest.mark.parametrize(
    ("framed_count", "plain_count", "severity"),
    [(50, 50, Severity.NOTE), (20, 80, Severity.NOTE), (19, 81, Severity.WARNING), (0, 100, Severity.NOTE)],
)
def test_class_balance(framed_count, plain_count, severity):
    samples = [Sample(f"f{index}", "framed", "") for index in range(framed_count)]
    samples += [Sample(f"p{index}", "plain", "") for index in range(plain_count)]
    (found,) = checks.class_balance(samples)
    assert (found.check, found.severity) == ("class-balance", severity)
    assert found.message.startswith(f"{framed_count} framed, {plain_count} plain")


def test_unlabelled_images_are_counted():
    found = list(
        checks.class_balance([Sample("a", None, ""), Sample("b", None, ""), Sample("c", "plain", "")])
    )
    assert "2 of 3 images have no label" in found[0].message
    assert [finding.check for finding in checks.class_balance([Sample("a", None, "")])] == ["unlabelled"]


def test_content_boxes_that_cannot_be_right():
    facts = by_path(*(known(f"{name}.jpg") for name in "abc"), FileFacts("d.jpg", problem="damaged"))
    samples = [
        Sample("a.jpg", "framed", "a", {}, Box(5, 5, 101, 95)),
        Sample("b.jpg", "framed", "b", {}, Box(0, 0, 100, 100)),
        Sample("c.jpg", "framed", "c", {}, Box(5, 5, 95, 95)),
        Sample("d.jpg", "framed", "d", {}, Box(5, 5, 950, 95)),
    ]
    found = list(checks.content_boxes(samples, facts))
    assert [(finding.path, finding.severity) for finding in found] == [
        ("a.jpg", Severity.ERROR), ("b.jpg", Severity.WARNING),
    ]  # fmt: skip


def test_scores_contradict_labels_the_most_doubtful_first():
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2 == 0
    scores = np.clip(np.where(labels, 0.85, 0.15) + rng.normal(0, 0.05, 200), 0, 1)
    wrong = labels.copy()
    wrong[[10, 11]] = ~wrong[[10, 11]]
    scores[10], scores[11] = 0.99, 0.1
    found = suspects.contradicted(wrong, scores)
    assert [(suspect.position, suspect.score) for suspect in found] == [(10, 0.99), (11, 0.1)]


def test_beyond_the_threshold_on_either_side():
    labels, scores = np.array([True, True, False, False]), np.array([0.5, 0.49, 0.9, 0.1])
    assert [suspect.position for suspect in suspects.beyond_threshold(labels, scores, 0.5)] == [2, 1]


def test_border_features_tell_an_even_band_from_a_picture_on_the_side_where_it_is():
    banded = picture(5, SIDE_PX)
    banded[:8] = (200, 20, 30)
    figures = border_features(banded)[:44].reshape(4, 11)
    without = border_features(picture(5, SIDE_PX))[:44].reshape(4, 11)
    assert figures[0, 0] > 3 * without[0, 0]  # the step at its end
    assert figures[0, 10] == pytest.approx(7 / BORDER_PX)  # where it ends
    assert figures[0, 9] == pytest.approx(0, abs=1e-6)  # even up to there
    assert figures[2] == pytest.approx(without[2])  # the opposite side is as it was


def test_border_features_repeat_the_sides_in_order_of_size():
    features = border_features(picture(5, SIDE_PX))
    assert (np.sort(features[:44].reshape(4, 11), axis=0).ravel() == features[44:]).all()


def test_features_have_one_length_for_any_picture():
    sizes = [(40, 300), (300, 40), (1, 1), (96, 96)]
    lengths = {quick_features(np.full((*size, 3), 200, np.uint8)).shape for size in sizes}
    assert len(lengths) == 1


def labelled_set(root: Path, swapped: tuple[int, ...] = (), count: int = 60) -> Dataset:
    """Write pictures, half with a band; the labels of a few are swapped."""
    rows = ["path,label,group"]
    for index in range(count):
        banded = (index % 2 == 1) != (index in swapped)
        pixels = framed(picture(index), 5) if banded else picture(index)
        save(root / f"{index:03d}.png", pixels)
        rows.append(f"{index:03d}.png,{'framed' if index % 2 else 'plain'},{index // 2}")
    (root / "labels.csv").write_text("\n".join(rows) + "\n")
    return read_dataset(root)


def test_a_quick_model_lists_mostly_wrong_labels_or_says_that_it_cannot_tell(tmp_path):
    swapped = (8, 21, 40, 55, 90, 101, 110, 118)
    found = audit(labelled_set(tmp_path, swapped, count=120)).findings
    doubtful = {finding.path for finding in found if finding.check == "doubtful-label"}
    wrong = {f"{index:03d}.png" for index in swapped}
    if doubtful:
        assert len(doubtful & wrong) >= 0.8 * len(doubtful)
    else:
        assert {"not-doubted", "quick-model"} & {finding.check for finding in found}


def test_a_quick_model_that_is_good_enough_finds_wrong_labels():
    random = np.random.default_rng(2)
    truth = np.arange(1_000) % 2 == 0
    wrong = np.zeros(1_000, dtype=bool)
    wrong[random.permutation(1_000)[:40]] = True
    features = random.normal(0, 1, (1_000, 20)).astype(np.float32)
    features[:, :4] += np.where(truth, 1.4, -1.4)[:, None]
    labels = truth ^ wrong
    note, scores, least = auditing.quick_doubts(features, labels, np.arange(1_000))
    assert note.check == "quick-model" and "expected share of wrong labels in the list" in note.message
    listed = contradiction(labels, scores) >= least
    assert np.mean(wrong[listed]) >= 0.8 and np.mean(listed[wrong]) >= 0.8
    note, _, least = auditing.quick_doubts(features, truth, np.arange(1_000))
    assert least is None and note.check == "quick-model" and "no other label" in note.message


def test_a_quick_model_that_knows_nothing_lists_nothing(tmp_path):
    # Labels that have nothing to do with the pictures: 100 doubts would be 100 wrong ones.
    rows = ["path,label,group"]
    for index in range(100):
        save(tmp_path / f"{index:03d}.png", picture(index))
        rows.append(f"{index:03d}.png,{'framed' if index % 2 else 'plain'},{index}")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    found = audit(read_dataset(tmp_path)).findings
    assert "doubtful-label" not in {finding.check for finding in found}
    (note,) = [finding for finding in found if finding.check == "not-doubted"]
    assert "is too weak" in note.message and "--detector cnn" in note.suggestion


def test_a_sound_set_passes(tmp_path):
    audited = audit(labelled_set(tmp_path))
    assert not audited.failed
    assert ("quick-model", "") in told(audited.findings)
    assert not [finding for finding in audited.findings if finding.check == "doubtful-label"]


def test_too_few_to_learn_from_is_said(tmp_path):
    for index in range(4):
        save(tmp_path / ("framed" if index % 2 else "plain") / f"{index}.png", picture(index))
    assert ("not-doubted", "") in told(audit(read_dataset(tmp_path)).findings)


def brightness(image: np.ndarray) -> float:
    return float(image.mean() / 255)


def test_a_set_with_one_class_is_ranked_by_a_judge(tmp_path):
    for name, level in (("a.png", 250), ("b.png", 10), ("c.png", 200)):
        save(tmp_path / name, np.full((40, 40, 3), level, np.uint8))
    found = audit(read_one_class(tmp_path, "plain"), Judge("brightness", brightness, threshold=0.6)).findings
    assert [finding.path for finding in found if finding.check == "doubtful-label"] == ["a.png", "c.png"]
    assert "brightness scores it 0.980, framed from 0.600 on" in found[0].message


@pytest.mark.parametrize("value", [float("nan"), 1.5, ZeroDivisionError("no pixels")])
def test_a_judge_that_fails_on_a_picture_is_told_and_the_audit_goes_on(tmp_path, value):
    save(tmp_path / "a.png", picture(1))

    def judge(image: np.ndarray) -> float:
        if isinstance(value, Exception):
            raise value
        return value

    found = audit(read_one_class(tmp_path, "plain"), Judge("bad", judge)).findings
    assert ("not-scored", "a.png") in told(found)


def test_without_cleanlab_the_line_to_install_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(suspects.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'framejudge\[audit\]'"):
        audit(labelled_set(tmp_path))


def test_findings_are_errors_first_and_survive_any_name(tmp_path):
    findings = [
        Finding('b\n,".png', "unlisted", Severity.WARNING, "m"),
        Finding("\udcff.png", "unlisted", Severity.WARNING, "m"),
    ]
    write_findings(tmp_path / "findings.csv", findings)
    with (tmp_path / "findings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["path"] for row in rows] == ['b\n,".png', "\\udcff.png"]
    assert list(rows[0]) == ["path", "check", "severity", "message", "suggestion", "other"]


class Steps:
    total = done = 0

    def begin(self, what, total):
        self.total = total

    def advance(self, steps):
        self.done += steps


def test_every_file_is_looked_at_once_and_counted(tmp_path):
    steps = Steps()
    audit(labelled_set(tmp_path), progress=steps)
    assert (steps.total, steps.done) == (60, 60)
