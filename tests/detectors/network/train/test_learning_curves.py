"""What a training's epochs show."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from framejudge.detectors.network.train.learning_curves import (
    convergence,
    draw_curves,
    training_loss,
    write_report,
)


def history(train: list[float], validation: list[float] | None = None) -> list[dict[str, float]]:
    pairs = zip(train, validation or train, strict=True)
    return [
        {
            "epoch": epoch,
            "accuracy": one,
            "loss": 1.5 - one,
            "val_accuracy": other,
            "val_loss": 1.5 - other,
            "val_auc": other,
        }
        for epoch, (one, other) in enumerate(pairs)
    ]


STUCK = [0.5, 0.55, 0.58, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
LEARNED = [0.6, 0.8, 0.9, 0.94, 0.95, 0.96, 0.969, 0.97, 0.97, 0.97]


@pytest.mark.parametrize(
    ("epochs", "said"),
    [
        (history(LEARNED), "converges"),
        (history(STUCK), "does not converge: stays at 0.60"),
        (history([0.5 + 0.03 * epoch for epoch in range(10)]), "still rising"),
        (history(STUCK, [0.5, 0.5, 0.5, 0.5, 0.5, 0.52, 0.54, 0.56, 0.58, 0.6]), "still rising"),
        (history([0.5, 0.6]), "too short to judge: 2 epochs"),
        (history([0.5] * 5 + [math.nan]), "diverges"),
    ],
)
def test_the_verdict(epochs: list[dict[str, float]], said: str) -> None:
    assert convergence(epochs).startswith(said)


def test_a_network_with_two_outputs_is_judged_by_its_probability() -> None:
    renamed = [
        {("framed_accuracy" if key == "accuracy" else key): value for key, value in figures.items()}
        for figures in history(LEARNED)
    ]
    assert convergence(renamed) == "converges"


def test_the_loss_shown_is_that_of_the_probability() -> None:
    assert training_loss(history([0.5, 0.9])) == pytest.approx([1.0, 0.6])
    several = [{**figures, "framed_loss": 0.3} for figures in history([0.5, 0.9])]
    assert training_loss(several) == [0.3, 0.3]


def test_several_experiments_share_one_chart(tmp_path: Path) -> None:
    paths = draw_curves({"lr_0_03": history(LEARNED), "lr_0_02": history(STUCK)}, tmp_path)
    svg = paths[0].read_text(encoding="utf-8")
    assert "lr_0_03" in svg
    assert "lr_0_02" in svg
    assert paths[1].read_bytes().startswith(b"\x89PNG")


def test_a_report_says_that_a_training_does_not_converge(tmp_path: Path) -> None:
    text = write_report("published", history(STUCK), tmp_path).read_text(encoding="utf-8")
    assert "does not converge" in text
    assert "| last, 10 | 0.600 |" in text
    assert (tmp_path / "curves.svg").exists()
