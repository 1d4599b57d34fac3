"""A folder in which a user can make every mistake: sets, runs and files that are wrong in one way each."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from drawn_set import draw_set
from toy_detectors import write_toys

from made.small_run import write_made_run

HEADER = "path,label\n"
ROWS = "images/000.png,framed\nimages/008.png,plain\n"

TABLES = {
    "typo": HEADER + "images/000.png,framd\nimages/008.png,plain\n",
    "no-label": "path\nimages/000.png\n",
    "absolute": HEADER + "/etc/passwd,plain\n",
    "outside": HEADER + "../secret.png,plain\n",
    "twice": HEADER + ROWS + "images/000.png,framed\n",
    "nothing": HEADER,
    "no-text": "",
    "cells": HEADER + "images/000.png,framed,more\n",
    "quote": HEADER + '"images/000.png,framed\n',
    "gone": HEADER + "images/a.png,framed\nimages/b.png,plain\n",
    "box": "path,label,left,top,right,bottom\nimages/000.png,framed,9,9,3,3\n",
    "half-box": "path,label,left\nimages/000.png,framed,9\n",
    "words": "path,label\nimages/000.png,yes\nimages/008.png,no\n",
    "doubled-column": "path,label,label\nimages/000.png,framed,plain\n",
    "nul": HEADER + "images/\0.png,plain\n",
}


def build(folder: Path) -> Path:
    """Write the world into a folder."""
    draw_set(folder / "set")
    (folder / "secret.png").touch()
    for name, table in TABLES.items():
        place = folder / "sets" / name
        (place / "images").mkdir(parents=True)
        for image in ("000.png", "008.png"):
            shutil.copy(folder / "set" / "images" / image, place / "images" / image)
        (place / "labels.csv").write_text(table, encoding="utf-8")
    _more_sets(folder / "sets", folder / "set")
    write_toys(folder)
    write_made_run(folder / "run")
    _broken_runs(folder)
    _files(folder)
    return folder


def _more_sets(sets: Path, whole: Path) -> None:
    (sets / "empty").mkdir()
    (sets / "latin").mkdir()
    (sets / "latin" / "labels.csv").write_bytes(b"path,label\ncaf\xe9.png,plain\n")
    (sets / "utf16").mkdir()
    (sets / "utf16" / "labels.csv").write_bytes((HEADER + ROWS).encode("utf-16"))
    shutil.copytree(whole, sets / "both")
    pq.write_table(pa.table({"path": ["images/000.png"], "label": ["framed"]}), sets / "both/labels.parquet")
    (sets / "parquet").mkdir()
    (sets / "parquet" / "labels.parquet").write_bytes(b"PAR1")
    (sets / "folders" / "Framed").mkdir(parents=True)
    shutil.copy(whole / "images" / "000.png", sets / "folders" / "Framed")
    (sets / "loose" / "framed").mkdir(parents=True)
    shutil.copy(whole / "images" / "000.png", sets / "loose" / "framed")
    shutil.copy(whole / "images" / "008.png", sets / "loose")
    shutil.copytree(whole, sets / "described")
    (sets / "described" / "dataset.json").write_text('{"name": 7}', encoding="utf-8")
    shutil.copytree(whole, sets / "deep")
    (sets / "deep" / "dataset.json").write_text("[" * 100_000, encoding="utf-8")


def _broken_runs(folder: Path) -> None:
    for name in ("cut", "newer", "mixed", "damaged", "json"):
        shutil.copytree(folder / "run", folder / "runs" / name)
    (folder / "runs" / "cut" / "results.json").unlink()
    _edit(folder / "runs" / "newer" / "run.json", schema="framejudge/run/2")
    dataset = json.loads((folder / "runs/mixed/results.json").read_text(encoding="utf-8"))["dataset"]
    _edit(folder / "runs" / "mixed" / "results.json", dataset={**dataset, "images_fingerprint": "77" * 32})
    (folder / "runs" / "damaged" / "predictions.parquet").write_bytes(b"PAR1")
    (folder / "runs" / "json" / "run.json").write_text("{", encoding="utf-8")


def _files(folder: Path) -> None:
    (folder / "file").touch()
    (folder / "picture.png").write_bytes((folder / "set" / "images" / "000.png").read_bytes())
    (folder / "text.png").write_text("hello", encoding="utf-8")
    (folder / "empty.jpg").touch()
    (folder / "page.jpg").write_text("<!DOCTYPE html>", encoding="utf-8")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "full").mkdir()
    (folder / "full" / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "bad.keras").write_bytes(b"PK")
    (folder / "bad.json").write_text('{"threshold": 0.5, "size_px": 32}', encoding="utf-8")
    (folder / "syntax.py").write_text("def (", encoding="utf-8")
    rules = folder / "rules"
    rules.mkdir()
    for name, text in {
        "syntax": "[[rule]\n",
        "unknown": '[[rule]]\nmetric = "accuracy"\nmaxdrop = 0.1\n',
        "metric": '[[rule]]\nmetric = "acuracy"\nmin = 0.9\n',
        "nothing": "",
        "text": '[[rule]]\nmetric = "accuracy"\nmin = "high"\n',
        "deep": "a = " + "[" * 50_000 + "\n",
        "nan": '[[rule]]\nmetric = "accuracy"\nmin = nan\n',
    }.items():
        (rules / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "recipe.toml").write_text("sed = 1\n", encoding="utf-8")


def _edit(file: Path, **fields: object) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**content, **fields}), encoding="utf-8")
