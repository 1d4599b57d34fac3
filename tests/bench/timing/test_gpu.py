"""The answers of `nvidia-smi`."""

from __future__ import annotations

from pathlib import Path

import pytest

from framejudge.bench.timing.gpu import Gpu, gpus, parse_query


def test_each_line_is_a_gpu() -> None:
    text = "NVIDIA A100-SXM4-40GB, 550.54.15, 40960 MiB\nNVIDIA T4, 550.54.15, 15360 MiB\n"
    assert parse_query(text) == [
        Gpu("NVIDIA A100-SXM4-40GB", "550.54.15", "40960 MiB"),
        Gpu("NVIDIA T4", "550.54.15", "15360 MiB"),
    ]


@pytest.mark.parametrize("text", ["", "No devices were found\n", "a, b\n"])
def test_another_answer_is_no_gpu(text: str) -> None:
    assert parse_query(text) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 'NVIDIA T4, 550.54.15, 15360 MiB'", [Gpu("NVIDIA T4", "550.54.15", "15360 MiB")]),
        ("echo 'driver mismatch'; exit 9", []),
    ],
)
def test_the_tool_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: list[Gpu]
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus() == expected
