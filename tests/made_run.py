"""A small, complete run's folder with made-up figures, for tests of whatever reads one.

``python tests/made_run.py FOLDER`` writes it where a person can look at it.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from framejudge.bench.run import (
    CalibrationBin,
    Comparison,
    Confusion,
    DatasetSummary,
    DetectorRecord,
    DetectorResult,
    Figure,
    ImageError,
    Latency,
    Manifest,
    Request,
    Results,
    SliceResult,
    Stages,
    folder,
    manifest,
    results,
    tables,
)

IMAGES = 60
UNREADABLE = "plain/brok\u00e9n <script>alert(1)</script>.jpg"
NO_FIGURE = Figure(value=None, reason="the detector failed")


def write_made_run(place: Path, *, generated: bool = True) -> Path:
    """Write a run of `canny` and `cnn` over 60 images, one detector that failed, one unreadable."""
    folder.claim(place, force=False)
    random = np.random.default_rng(7)
    images = _images()
    scores = _scores(random)
    folder.write_manifest(place, _manifest())
    folder.write_predictions(place, _predictions(images, scores))
    folder.write_timings(place, _timings(images, random))
    folder.write_thumbnails(place, _thumbnails(images))
    folder.write_results(place, _results(scores, generated=generated))
    return place


def _images() -> list[dict[str, str]]:
    styles = ("solid", "striped", "ornament")
    return [
        {
            "path": f"{_label(index)}/{index:03}.jpg",
            "group": f"photo-{index // 2:02}",
            "label": _label(index),
            "attribute.style": styles[index % 3] if _label(index) == "framed" else "none",
            "attribute.source": "drawn" if index % 4 < 2 else "textured",
        }
        for index in range(IMAGES)
    ]


def _label(index: int) -> str:
    return "framed" if index % 2 == 0 else "plain"


def _scores(random: np.random.Generator) -> dict[str, np.ndarray]:
    framed = np.array([_label(index) == "framed" for index in range(IMAGES)])
    return {
        "canny": np.clip(np.where(framed, 0.7, 0.3) + random.normal(0, 0.2, IMAGES), 0, 1),
        "cnn": np.clip(np.where(framed, 0.9, 0.1) + random.normal(0, 0.15, IMAGES), 0, 1),
    }


def _predictions(images: list[dict[str, str]], scores: dict[str, np.ndarray]) -> pa.Table:
    rows = [
        {
            **image,
            "detector": name,
            "score": float(score),
            "predicted": "framed" if score >= 0.5 else "plain",
            "error": None,
            "width": 300,
            "height": 200,
        }
        for name, values in scores.items()
        for image, score in zip(images, values, strict=True)
    ]
    rows += [
        {**image, "detector": "mine:Broken", "error": "the detector failed", "width": 300, "height": 200}
        for image in images
    ]
    return pa.Table.from_pylist(rows, schema=tables.predictions_schema(["style", "source"]))


def _timings(images: list[dict[str, str]], random: np.random.Generator) -> pa.Table:
    rows = []
    for name, median_ns in (("canny", 900_000), ("cnn", 2_100_000)):
        for call, spread in enumerate(random.lognormal(0, 0.15, 200)):
            total = int(median_ns * spread)
            row = {"detector": name, "path": images[call % IMAGES]["path"], "block": call // 25}
            rows.append({**row, "stage": "predict", "nanoseconds": total})
            if name == "cnn":
                rows.append({**row, "stage": "prepare", "nanoseconds": total // 3})
                rows.append({**row, "stage": "infer", "nanoseconds": total - total // 3})
    return pa.Table.from_pylist(rows, schema=tables.TIMINGS)


def _thumbnails(images: list[dict[str, str]]) -> pa.Table:
    rows = []
    for index, image in enumerate(images[:24]):
        picture = Image.new(
            "RGB", (150, 100), (200, 40 + 8 * index, 60) if index % 2 == 0 else (240, 240, 240)
        )
        picture.paste((90, 120, 40 + 8 * index), (12, 12, 138, 88))
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=80)
        rows.append({"path": image["path"], "jpeg": encoded.getvalue(), "width": 150, "height": 100})
    return pa.Table.from_pylist(rows, schema=tables.THUMBNAILS)


def _manifest() -> Manifest:
    return Manifest(
        schema=manifest.SCHEMA,
        version="0.1.0",
        argv=["bench", "run", "--detectors", "canny,cnn,mine:Broken", "--calls", "200"],
        started="2026-11-21T10:15:00+00:00",
        finished="2026-11-21T10:16:10+00:00",
        request=Request(
            detectors=["canny", "cnn", "mine:Broken"],
            dataset=None,
            calls=200,
            threads=1,
            prevalence=None,
            seed=0,
            timeout_s=300.0,
        ),
        dataset_root="/home/someone/.cache/framejudge/built-in",
        images_fingerprint="3f" * 32,
        labels_fingerprint="a1" * 32,
        detectors={
            "canny": DetectorRecord(
                target="framejudge.detectors.canny:CannyDetector",
                origin="built-in",
                files={"canny.py": "0c" * 32},
            ),
            "cnn": DetectorRecord(
                target="framejudge.detectors.network:Network",
                origin="built-in",
                files={"cnn.keras": "5e" * 32},
            ),
            "mine:Broken": DetectorRecord(target="mine:Broken", origin="given on the command line", files={}),
        },
        environment=_environment(),
    )


def _environment() -> dict[str, str | int | float | bool | None]:
    return {
        "framejudge": "0.1.0",
        "python": "3.11.9",
        "platform": "Linux-6.1-x86_64",
        "cpu": "Some CPU @ 2.60GHz",
        "cores": 2,
        "memory_mib": 16000,
        "numpy": "2.1.0",
        "opencv-python": "4.12.0",
        "pinned_cores": "1",
        "timer_resolution_ns": 41,
        "timed_region_error_us": 0.11,
        "overhead_per_call_us": 0.4,
        "load_average_before": 0.2,
    }


def _results(scores: dict[str, np.ndarray], *, generated: bool) -> Results:
    return Results(
        schema=results.SCHEMA,
        dataset=DatasetSummary(
            name="built-in",
            images_fingerprint="3f" * 32,
            labels_fingerprint="a1" * 32,
            images=IMAGES + 1,
            framed=IMAGES // 2,
            plain=IMAGES // 2 + 1,
            undecided=0,
            unreadable=1,
            groups=IMAGES // 2,
            generated=generated,
        ),
        detectors={
            "canny": _detector(scores["canny"], p50=0.9),
            "cnn": _detector(scores["cnn"], p50=2.1, stages=True),
            "mine:Broken": _failed_detector(),
        },
        comparisons=[
            Comparison(
                a="canny",
                b="cnn",
                auc_difference=_figure(-0.04, -0.08, -0.01, "paired-delong"),
                accuracy_difference=_figure(-0.05, -0.11, 0.01, "newcombe-paired"),
                mcnemar_p=Figure(value=0.03, method="exact McNemar, Holm over 1", n=IMAGES),
                latency_ratio=_figure(0.43, 0.42, 0.44, "bootstrap over blocks"),
            )
        ],
        slices=[
            SliceResult(
                attribute="style",
                value=value,
                detector=name,
                images=10,
                accuracy=_figure(0.9, 0.6, 0.98),
                recall=_figure(0.9, 0.6, 0.98),
                specificity=Figure(value=None, reason="no plain image in this slice"),
            )
            for value in ("solid", "striped", "ornament")
            for name in ("canny", "cnn")
        ],
        unreadable=[ImageError(path=UNREADABLE, stage="decode", message="truncated after 1,024 bytes")],
        environment=_environment(),
        warnings=["the machine was busy before the run: load average 1.9 on 2 cores"],
    )


def _detector(scores: np.ndarray, *, p50: float, stages: bool = False) -> DetectorResult:
    framed = np.array([_label(index) == "framed" for index in range(IMAGES)])
    wanted = scores >= 0.5
    tp, fp = int((wanted & framed).sum()), int((wanted & ~framed).sum())
    fn, tn = int((~wanted & framed).sum()), int((~wanted & ~framed).sum())
    accuracy = (tp + tn) / IMAGES
    return DetectorResult(
        status="complete",
        threshold=0.5,
        threshold_source="tuned" if stages else "default",
        accuracy=_figure(accuracy, accuracy - 0.06, min(1.0, accuracy + 0.04)),
        balanced_accuracy=_figure(accuracy, accuracy - 0.06, min(1.0, accuracy + 0.04)),
        auc=_figure(0.96, 0.91, 0.98, "clustered-delong-logit"),
        precision=_figure(tp / (tp + fp), 0.8, 0.99),
        recall=_figure(tp / (tp + fn), 0.8, 0.99),
        specificity=_figure(tn / (tn + fp), 0.8, 0.99),
        f1=_figure(0.9, 0.82, 0.95),
        brier=_figure(0.08, 0.05, 0.11),
        confusion=Confusion(tp=tp, fp=fp, tn=tn, fn=fn),
        calibration=[
            CalibrationBin(
                low=k / 5,
                high=(k + 1) / 5,
                mean_score=k / 5 + 0.1,
                framed_share=_figure(k / 5 + 0.1, max(0.0, k / 5 - 0.05), min(1.0, k / 5 + 0.25)),
                n=12,
            )
            for k in range(5)
        ],
        latency_ms=Latency(
            calls=200,
            threads=1,
            arrivals="closed loop",
            p50=_figure(p50, p50 * 0.98, p50 * 1.03, "order statistics", n=200),
            p90=_figure(p50 * 1.2, p50 * 1.18, p50 * 1.25, "order statistics", n=200),
            p95=_figure(p50 * 1.3, p50 * 1.25, p50 * 1.4, "order statistics", n=200),
            p99=Figure(value=None, n=200, reason="a 95 % interval needs 368 calls, there are 200"),
            p99_9=Figure(value=None, n=200, reason="a 95 % interval needs 3,688 calls, there are 200"),
        ),
        stages_ms=Stages(prepare=_figure(p50 / 3, p50 / 3.1, p50 / 2.9), infer=_figure(p50 / 1.5, 1.3, 1.5))
        if stages
        else None,
        load_ms=Figure(value=310.0, n=1, reason="measured once"),
        first_call_ms=Figure(value=12.5, n=1, reason="measured once"),
        images_per_second=_figure(700.0, 680.0, 720.0, "order statistics", n=8),
        peak_memory_mib=Figure(value=140.0, n=1, reason="measured once"),
        errors=[ImageError(path="framed/004.jpg", stage="predict", message="ValueError: no <edges> here")],
    )


def _failed_detector() -> DetectorResult:
    return DetectorResult(
        status="failed",
        threshold=0.5,
        threshold_source="default",
        accuracy=NO_FIGURE,
        balanced_accuracy=NO_FIGURE,
        auc=NO_FIGURE,
        precision=NO_FIGURE,
        recall=NO_FIGURE,
        specificity=NO_FIGURE,
        f1=NO_FIGURE,
        brier=NO_FIGURE,
        confusion=None,
        failure="ModuleNotFoundError: No module named 'mine'",
    )


def _figure(value: float, low: float, high: float, method: str = "wilson", n: int = IMAGES) -> Figure:
    return Figure(value=value, low=low, high=high, method=method, n=n)


if __name__ == "__main__":
    print(write_made_run(Path(sys.argv[1])))
