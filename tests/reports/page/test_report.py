"""The report as a document: complete, self-contained, and harmless whatever an image is called."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from made.review_run import HOSTILE_NAMES, write_review_run
from made.small_run import write_made_run

from framejudge.bench.run import Figure, Run, folder
from framejudge.datasets.errors import InputError
from framejudge.reports.charts.latency_charts import SCATTER_DOTS, latency_by_score
from framejudge.reports.page.report import render, write_report
from framejudge.reports.page.script_data import page_data
from framejudge.reports.text.mistakes import worst_first
from framejudge.reports.text.slowest import slowest_images
from framejudge.reports.text.warnings import GENERATED_WARNING


class Page(HTMLParser):
    """What a browser would find in a document."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("report") / "run"
    return Run.open(write_review_run(place, images=240, detectors=3, thumbnails=40))


@pytest.fixture(scope="module")
def text(run: Run) -> str:
    return render(run)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_nothing_is_loaded_from_anywhere(page: Page) -> None:
    sources, links = page.attributes("src"), page.attributes("href")
    assert sources and all(address.startswith("data:image/jpeg;base64,") for address in sources)
    assert links and all(address.startswith("#") for address in links)
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "base"}


def test_the_policy_allows_this_style_and_nothing_inline(text: str, page: Page) -> None:
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert page.attributes("style") == []
    assert not [name for _, a in page.tags for name in a if name.startswith("on")]


def test_ids_are_unique_and_references_lead_somewhere(page: Page) -> None:
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    references = [a["href"][1:] for _, a in page.tags if "href" in a]
    references += re.findall(r"url\(#([^)]+)\)", " ".join(page.attributes("clip-path")))
    references += [part for value in page.attributes("aria-labelledby") for part in value.split()]
    assert set(references) <= set(ids)


def test_hostile_names_are_shown_as_they_are(run: Run, text: str, page: Page) -> None:
    said = "".join(page.text)
    worst = {run.results.unreadable[0].path}
    assert worst <= set(page.text)
    assert "<script>alert(2)</script>" in said
    assert "{{ 7 * 7 }}" in HOSTILE_NAMES[3] and "<script>alert(2)" not in text


def test_charts_keep_their_text_and_follow_the_page_into_the_dark(text: str) -> None:
    assert text.count('role="img"') >= 6
    assert "area under the curve" in text
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert not [chart for chart in charts if "<image" in chart or "<metadata" in chart]
    assert set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', "".join(charts))) == set()


def test_the_legend_names_each_area(run: Run, text: str) -> None:
    for name in ("canny", "cnn"):
        value = run.results.detectors[name].auc.value
        assert re.search(rf">{name}  ?{value:.3f} \(", text)


def test_a_generated_set_is_no_evidence(run: Run, page: Page) -> None:
    assert GENERATED_WARNING in "".join(page.text)
    real = replace(run.results, dataset=replace(run.results.dataset, generated=False))
    assert GENERATED_WARNING not in "".join(Page(render(Run(run.folder, run.manifest, real))).text)


def test_every_figure_has_its_interval_its_n_or_a_reason(run: Run, page: Page) -> None:
    said = " ".join(page.text)
    found = run.results.detectors["cnn"]
    assert f"{found.accuracy.value:.1%}".replace("%", " %") in said
    assert f"n = {found.accuracy.n:,}" in said
    assert found.latency_ms is not None and found.latency_ms.p99_9.reason in said


def test_the_page_knows_which_image_cannot_be_read(run: Run) -> None:
    data = page_data(run)
    (image, why) = next(iter(data["unreadable"].items()))
    assert len(data["unreadable"]) == 1 and why == "truncated after 1,024 bytes"
    assert data["paths"][image] == run.results.unreadable[0].path
    assert [image in errors for errors in data["errors"]] == [False] * 3


def test_worst_mistakes_come_worst_first(run: Run) -> None:
    columns, answers = run.columns, run.columns.detectors[0]
    order = worst_first(columns, answers)
    assert len(order) == int(columns.wrong(answers).sum()) > 3
    distance = np.where(columns.framed[order], 0.5 - answers.scores[order], answers.scores[order] - 0.5)
    assert (np.diff(distance) <= 0).all() and (distance >= 0).all()


def test_a_failed_detector_and_an_unreadable_image_are_told(tmp_path: Path) -> None:
    written = write_report(write_made_run(tmp_path / "run"))
    said = " ".join(Page(written.read_text(encoding="utf-8")).text)
    assert "ModuleNotFoundError: No module named 'mine'" in said
    assert "truncated after 1,024 bytes" in said
    assert "the machine was busy before the run" in said


def test_a_set_of_one_class_is_reported_with_reasons(tmp_path: Path, run: Run) -> None:
    place = write_review_run(tmp_path / "run", images=60)
    whole = Run.open(place)
    framed_only = whole.predictions.filter(pa.compute.equal(whole.predictions["label"], "framed"))
    folder.write_predictions(place, framed_only)
    missing = Figure(value=None, reason="needs plain images, there are none")
    folder.write_results(
        place,
        replace(
            whole.results,
            dataset=replace(whole.results.dataset, images=len(set(framed_only["path"].to_pylist()))),
            detectors={
                name: replace(found, auc=missing, specificity=missing, calibration=[])
                for name, found in whole.results.detectors.items()
            },
        ),
    )
    text = write_report(place).read_text(encoding="utf-8")
    assert "needs plain images, there are none" in text
    assert 'id="roc-' not in text


def test_timing_left_out(tmp_path: Path) -> None:
    place = write_review_run(tmp_path / "run", images=60)
    whole = Run.open(place)
    folder.write_timings(place, whole.timings.slice(0, 0))
    detectors = {name: replace(found, latency_ms=None) for name, found in whole.results.detectors.items()}
    folder.write_results(place, replace(whole.results, detectors=detectors))
    text = write_report(place).read_text(encoding="utf-8")
    assert "Latency of one image" not in text
    assert "not known" in text


def test_a_thousand_images_stay_under_three_megabytes_without_thumbnails(tmp_path: Path) -> None:
    place = write_review_run(tmp_path / "run", images=1_000, detectors=3, thumbnails=0)
    assert write_report(place).stat().st_size < 3_000_000


def test_the_pages_own_script_and_style_are_light(text: str) -> None:
    own = [re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script")]
    assert all(own) and sum(len(found[1].encode()) for found in own if found) < 150_000


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    place = write_made_run(tmp_path / "run")
    first = write_report(place).read_bytes()
    assert write_report(place).read_bytes() == first
    assert sorted(path.name for path in place.iterdir()) == sorted(folder.RUN_FILES)


def test_no_run_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run\.json"):
        write_report(tmp_path)


def test_the_slowest_image_leads_whatever_the_detectors_speed(tmp_path: Path) -> None:
    place = write_made_run(tmp_path / "run")
    whole = Run.open(place)
    times = whole.timings.to_pylist()
    for row in times:
        if row["path"] == "plain/007.jpg" and row["detector"] == "canny":
            row["nanoseconds"] *= 6  # canny is the fast one: still less than cnn's longest call
    folder.write_timings(place, pa.Table.from_pylist(times, schema=whole.timings.schema))
    run = Run.open(place)
    found = slowest_images(run.columns, run.call_times, 3)
    assert len(found) == 3
    assert (found[0].path, found[0].slowest_on, found[0].size) == ("plain/007.jpg", 0, "300 x 200")


def test_every_timed_image_is_a_dot_up_to_the_limit(run: Run) -> None:
    chart = latency_by_score(run.columns, run.call_times)
    assert chart is not None
    dots = [line for line in chart.figure.axes[0].get_lines() if len(line.get_xdata()) > 2]
    assert [len(line.get_xdata()) // 3 for line in dots] == [
        min(SCATTER_DOTS, int((~np.isnan(row) & answers.scored).sum()))
        for row, answers in zip(run.call_times.per_image_ms, run.columns.detectors, strict=True)
    ]
