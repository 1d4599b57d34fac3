"""A made-up run of any size for the report: consistent figures, drawn pictures, hostile names.

``python tests/made_review_run.py FOLDER [IMAGES] [DETECTORS]`` writes it where a person can look at it.
"""

from __future__ import annotations

import io
import itertools
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from PIL import Image, ImageDraw
from sklearn.metrics import brier_score_loss, roc_auc_score

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
    folder,
    manifest,
    results,
    tables,
)

HOSTILE_NAMES = (
    "<script>document.title='owned'</script>",
    "\"'><img src=x onerror=alert(1)>",
    "\u202egpj.\u05e9\u05dc\u05d5\u05dd",
    "</script><!-- ]]> {{ 7 * 7 }} & $x^2$",
    "two  spaces, comma\tand tab",
)
DETECTORS = (
    # name, spread of its scores around the truth, median latency in ms
    ("canny", 0.30, 0.9),
    ("cnn", 0.17, 2.1),
    ("cnn-2016", 0.20, 1.9),
    ("my_package.detectors:VeryLongDetectorName<b>", 0.24, 14.0),
    ("$edges_{all}$", 0.42, 0.3),
    ("onnx", 0.171, 1.2),
)
STYLES = ("solid", "striped", "ornament", 'quoted "style"', "<script>alert(2)</script>")
SOURCES = ("drawn", "textured", "\u05ea\u05de\u05d5\u05e0\u05d4")


def write_review_run(
    place: Path,
    *,
    images: int = 300,
    detectors: int = 2,
    thumbnails: int = 60,
    generated: bool = True,
    seed: int = 11,
) -> Path:
    """Write a complete run's folder; the first images carry the hostile names.

    Runs with another seed have other scores of the same images: a baseline.
    """
    random = np.random.default_rng(seed)
    names = [name for name, *_ in DETECTORS[:detectors]]
    paths = _paths(images)
    framed = np.arange(images) % 2 == 0
    style = np.array([STYLES[k % len(STYLES)] if framed[k] else "none" for k in range(images)])
    source = np.array([SOURCES[k % 7 % len(SOURCES)] for k in range(images)])
    hard = np.where(style == "striped", 1.6, 1.0)
    scores = {name: _scores(random, framed, spread * hard) for name, spread, _ in DETECTORS[:detectors]}
    sizes = np.random.default_rng(5).integers(150, 900, (images, 2))
    calls = _calls(random, images, detectors)

    folder.claim(place, force=False)
    folder.write_manifest(place, _manifest(names))
    folder.write_predictions(place, _predictions(paths, framed, style, source, sizes, scores))
    folder.write_timings(place, _timings(paths, calls))
    folder.write_thumbnails(place, _thumbnails(random, paths, framed, style, scores, thumbnails))
    folder.write_results(
        place, _results(framed, {"style": style, "source": source}, scores, calls, generated)
    )
    return place


def _paths(images: int) -> list[str]:
    named = [f"{'plain' if k % 2 else 'framed'}/{HOSTILE_NAMES[k]}.jpg" for k in range(min(5, images))]
    return named + [f"{'plain' if k % 2 else 'framed'}/{k:06}.jpg" for k in range(len(named), images)]


def _scores(
    random: np.random.Generator, framed: npt.NDArray[np.bool_], spread: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    logits = (np.where(framed, 1.0, -1.0) + random.normal(0, 3.2, len(framed)) * spread) * 2.2
    return np.asarray(1 / (1 + np.exp(-logits)))


def _calls(random: np.random.Generator, images: int, detectors: int) -> dict[str, list[tuple[int, int]]]:
    timed = [k % images for k in range(500)]
    return {
        name: [
            (image, int(1e6 * median * spread * (3 if random.random() < 0.01 else 1)))
            for image, spread in zip(timed, random.lognormal(0, 0.18, len(timed)), strict=True)
        ]
        for name, _, median in DETECTORS[:detectors]
    }


def _predictions(
    paths: Sequence[str],
    framed: npt.NDArray[np.bool_],
    style: npt.NDArray[np.str_],
    source: npt.NDArray[np.str_],
    sizes: npt.NDArray[np.int64],
    scores: dict[str, npt.NDArray[np.float64]],
) -> pa.Table:
    images = len(paths)
    parts = []
    for name, given in scores.items():
        failed = np.zeros(images, bool)
        if name == "canny" and images > 40:
            failed[40] = True
        parts.append(
            pa.table(
                {
                    "path": paths,
                    "group": [f"photo-{k // 2}" for k in range(images)],
                    "label": np.where(framed, "framed", "plain").tolist(),
                    "detector": [name] * images,
                    "score": pa.array(given, mask=failed),
                    "predicted": pa.array(np.where(given >= 0.5, "framed", "plain").tolist(), mask=failed),
                    "error": pa.array(["ValueError: no <edges> here"] * images, pa.string(), mask=~failed),
                    "width": pa.array(sizes[:, 0], pa.int32()),
                    "height": pa.array(sizes[:, 1], pa.int32()),
                    "attribute.style": style.tolist(),
                    "attribute.source": source.tolist(),
                }
            )
        )
    return _explained(pa.concat_tables(parts))


def _explained(table: pa.Table) -> pa.Table:
    """Add true boxes, and canny's boxes of framed images, some of them off, and its words on missed ones."""
    framed = np.array([label == "framed" for label in table["label"].to_pylist()])
    located = framed & np.array([name == "canny" for name in table["detector"].to_pylist()])
    width, height = (table[side].to_numpy().astype(np.int64) for side in ("width", "height"))
    off = np.arange(len(framed)) % 3 * (np.arange(len(framed)) % 11)
    for side, value in (
        ("left", width // 10),
        ("top", height // 10),
        ("right", width - width // 10),
        ("bottom", height - height // 10),
    ):
        table = table.append_column(f"box_{side}", pa.array(value, pa.int32(), mask=~located))
        table = table.append_column(f"true_{side}", pa.array(value + off, pa.int32(), mask=~framed))
    texts = [
        json.dumps({"text": "two long lines <b>near</b> the sides", "lines": [[0, 0, int(w), 0, "edge"]]})
        for w in width
    ]
    missed = located & (np.array(table["predicted"].to_pylist()) == "plain")
    table = table.append_column("explanation", pa.array(texts, pa.string(), mask=~missed))
    schema = tables.predictions_schema(["style", "source"])
    return table.select(schema.names).cast(schema)


def _timings(paths: Sequence[str], calls: dict[str, list[tuple[int, int]]]) -> pa.Table:
    rows = [
        {"detector": name, "path": paths[image], "block": k // 25, "stage": "predict", "nanoseconds": time}
        for name, made in calls.items()
        for k, (image, time) in enumerate(made)
    ]
    return pa.Table.from_pylist(rows, schema=tables.TIMINGS)


def _thumbnails(
    random: np.random.Generator,
    paths: Sequence[str],
    framed: npt.NDArray[np.bool_],
    style: npt.NDArray[np.str_],
    scores: dict[str, npt.NDArray[np.float64]],
    wanted: int,
) -> pa.Table:
    distance = np.max([np.where(framed, 1 - given, given) for given in scores.values()], axis=0)
    rows = []
    for image in np.argsort(-distance)[:wanted]:
        picture = _picture(random, framed=bool(framed[image]), style=str(style[image]))
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=80)
        rows.append(
            {
                "path": paths[image],
                "jpeg": encoded.getvalue(),
                "width": picture.width,
                "height": picture.height,
            }
        )
    return pa.Table.from_pylist(rows, schema=tables.THUMBNAILS)


def _picture(random: np.random.Generator, *, framed: bool, style: str) -> Image.Image:
    """Draw a product on a light background, with a band around it where it is framed."""
    width, height = (int(side) for side in random.integers(140, 240, 2))
    picture = Image.new("RGB", (width, height), tuple(int(v) for v in random.integers(225, 256, 3)))
    draw = ImageDraw.Draw(picture)
    product = tuple(int(v) for v in random.integers(30, 200, 3))
    box = (width * 0.27, height * 0.24, width * 0.73, height * 0.78)
    if random.random() < 0.5:
        draw.ellipse(box, fill=product)
    else:
        draw.rounded_rectangle(box, radius=12, fill=product)
    if framed:
        band = tuple(int(v) for v in random.integers(0, 180, 3))
        thickness = int(random.integers(4, 14))
        draw.rectangle((0, 0, width - 1, height - 1), outline=band, width=thickness)
        if style == "striped":
            for x in range(0, width, 12):
                draw.line((x, 0, x, thickness - 1), fill="white", width=5)
    return picture


def _results(
    framed: npt.NDArray[np.bool_],
    attributes: dict[str, npt.NDArray[np.str_]],
    scores: dict[str, npt.NDArray[np.float64]],
    calls: dict[str, list[tuple[int, int]]],
    generated: bool,
) -> Results:
    images = len(framed)
    judged = {name: ~np.isnan(given) for name, given in scores.items()}
    if "canny" in judged and images > 40:
        judged["canny"][40] = False
    latency = {name: np.array([time for _, time in made]) / 1e6 for name, made in calls.items()}
    return Results(
        schema=results.SCHEMA,
        dataset=DatasetSummary(
            name="made up",
            images_fingerprint="3f" * 32,
            labels_fingerprint="a1" * 32,
            images=images + 1,
            framed=int(framed.sum()),
            plain=int((~framed).sum()),
            undecided=0,
            unreadable=1,
            groups=images // 2,
            generated=generated,
        ),
        detectors={
            name: _detector(
                framed[judged[name]], given[judged[name]], latency[name], failed=not judged[name].all()
            )
            for name, given in scores.items()
        },
        comparisons=[
            _comparison(a, b, framed, scores, latency) for a, b in itertools.combinations(scores, 2)
        ],
        slices=[
            _slice(attribute, str(value), name, framed, given, column == value)
            for attribute, column in attributes.items()
            for value in np.unique(column)
            for name, given in scores.items()
        ],
        unreadable=[
            ImageError(
                path=f"plain/{HOSTILE_NAMES[0]}.png", stage="decode", message="truncated after 1,024 bytes"
            )
        ],
        environment=_environment(),
    )


def _detector(
    framed: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.float64],
    latency: npt.NDArray[np.float64],
    *,
    failed: bool,
) -> DetectorResult:
    says = scores >= 0.5
    tp, fp = int((says & framed).sum()), int((says & ~framed).sum())
    fn, tn = int((~says & framed).sum()), int((~says & ~framed).sum())
    recall, specificity = tp / (tp + fn), tn / (tn + fp)
    auc = float(roc_auc_score(framed, scores))
    bins = np.minimum((scores * 10).astype(int), 9)
    unsupported = Figure(
        value=None, n=len(latency), reason="a 95 % interval needs 3,688 calls, there are 500"
    )
    return DetectorResult(
        status="complete",
        threshold=0.5,
        threshold_source="tuned",
        accuracy=_share(tp + tn, len(framed)),
        balanced_accuracy=_around((recall + specificity) / 2, 0.02, "bootstrap over groups", len(framed)),
        auc=_around(auc, 0.15 * (1 - auc) + 0.002, "clustered-delong-logit", len(framed)),
        precision=_share(tp, max(1, tp + fp)),
        recall=_share(tp, tp + fn),
        specificity=_share(tn, tn + fp),
        f1=_around(2 * tp / (2 * tp + fp + fn), 0.02, "bootstrap over groups", len(framed)),
        brier=_around(float(brier_score_loss(framed, scores)), 0.01, "bootstrap over groups", len(framed)),
        confusion=Confusion(tp=tp, fp=fp, tn=tn, fn=fn),
        calibration=[
            CalibrationBin(
                low=k / 10,
                high=(k + 1) / 10,
                mean_score=float(scores[bins == k].mean()) if (bins == k).any() else None,
                framed_share=_share(int(framed[bins == k].sum()), int((bins == k).sum())),
                n=int((bins == k).sum()),
            )
            for k in range(10)
        ],
        latency_ms=Latency(
            calls=len(latency),
            threads=1,
            arrivals="closed loop",
            **{
                key: _around(
                    float(np.quantile(latency, q)),
                    0.03 * float(np.median(latency)),
                    "order statistics",
                    len(latency),
                )
                for key, q in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99))
            },
            p99_9=unsupported,
        ),
        load_ms=Figure(value=310.0, n=1, reason="measured once"),
        first_call_ms=Figure(value=12.5, n=1, reason="measured once"),
        images_per_second=_around(700.0, 20.0, "order statistics", 8),
        peak_memory_mib=Figure(value=140.0, n=1, reason="measured once"),
        errors=[ImageError(path="framed/000040.jpg", stage="predict", message="ValueError: no <edges> here")]
        if failed
        else [],
    )


def _comparison(
    a: str,
    b: str,
    framed: npt.NDArray[np.bool_],
    scores: dict[str, npt.NDArray[np.float64]],
    latency: dict[str, npt.NDArray[np.float64]],
) -> Comparison:
    right = {name: (scores[name] >= 0.5) == framed for name in (a, b)}
    difference = float(right[a].mean() - right[b].mean())
    discordant = int((right[a] != right[b]).sum())
    ratio = float(np.median(latency[a]) / np.median(latency[b]))
    spread = 1.96 * math.sqrt(discordant) / len(framed)
    area = float(roc_auc_score(framed, scores[a]) - roc_auc_score(framed, scores[b]))
    return Comparison(
        a=a,
        b=b,
        auc_difference=Figure(
            value=area, low=area - 0.02, high=area + 0.02, method="paired-delong", n=len(framed)
        ),
        accuracy_difference=Figure(
            value=difference,
            low=difference - spread,
            high=difference + spread,
            method="newcombe-paired",
            n=len(framed),
        ),
        mcnemar_p=Figure(value=0.03, method="exact McNemar, Holm", n=discordant),
        latency_ratio=Figure(
            value=ratio, low=ratio * 0.97, high=ratio * 1.03, method="bootstrap over blocks", n=20
        ),
    )


def _slice(
    attribute: str,
    value: str,
    detector: str,
    framed: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.float64],
    inside: npt.NDArray[np.bool_],
) -> SliceResult:
    says = scores >= 0.5
    right = says == framed
    return SliceResult(
        attribute=attribute,
        value=value,
        detector=detector,
        images=int(inside.sum()),
        accuracy=_share(int(right[inside].sum()), int(inside.sum())),
        recall=_share(int((says & framed)[inside].sum()), int(framed[inside].sum())),
        specificity=_share(int((~says & ~framed)[inside].sum()), int((~framed)[inside].sum())),
    )


def _share(part: int, whole: int) -> Figure:
    """Return a proportion with its Wilson interval."""
    if whole == 0:
        return Figure(value=None, reason="no such image")
    z, p = 1.96, part / whole
    centre = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return Figure(
        value=p, low=max(0.0, centre - half), high=min(1.0, centre + half), method="wilson", n=whole
    )


def _around(value: float, half: float, method: str, n: int) -> Figure:
    return Figure(value=value, low=value - half, high=value + half, method=method, n=n)


def _manifest(names: Sequence[str]) -> Manifest:
    return Manifest(
        schema=manifest.SCHEMA,
        version="0.1.0",
        argv=["bench", "run", "--detectors", ",".join(names)],
        started="2026-11-21T10:15:00+00:00",
        finished="2026-11-21T10:16:10+00:00",
        request=Request(
            detectors=list(names),
            dataset=None,
            calls=500,
            threads=1,
            prevalence=None,
            seed=0,
            timeout_s=300.0,
        ),
        dataset_root="/home/someone/pictures/<b>made up</b>",
        images_fingerprint="3f" * 32,
        labels_fingerprint="a1" * 32,
        detectors={
            name: DetectorRecord(
                target=f"some.package:{name}", origin="built-in", files={"weights": "0c" * 32}
            )
            for name in names
        },
        environment=_environment(),
    )


def _environment() -> dict[str, str | int | float | bool | None]:
    return {
        "python": "3.11.9",
        "cpu": "Some CPU @ 2.60GHz",
        "cores": 2,
        "memory_mib": 16000,
        "pinned_cores": "1",
    }


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[2:]] + [1000, 2][len(sys.argv) - 2 :]
    print(write_review_run(Path(sys.argv[1]), images=sizes[0], detectors=sizes[1], thumbnails=200))
