"""Experiments by name."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framejudge.datasets.errors import InputError
from framejudge.detectors.network.model.experiments import (
    OUR_DROPOUT,
    PUBLISHED,
    Experiment,
    Optimiser,
    Pooling,
)

PUBLISHED_ROWS = (
    PUBLISHED,
    "128_16-16-16-16_conv3_fc16_sgd_lr_0_01_decay_0_00005",
    "128_16-16-16-16_conv7_fc16_sgd_lr_0_03_decay_0_00005",
)


def test_the_published_best_is_parsed_to_its_parts() -> None:
    assert Experiment.from_name(PUBLISHED) == Experiment(
        size_px=128,
        depths=(32, 32, 32, 32),
        kernel_px=3,
        optimiser="sgd",
        learning_rate=0.01,
        decay=0.00005,
        pooling="max",
        dense=16,
        dropout=OUR_DROPOUT,
    )


@pytest.mark.parametrize("name", PUBLISHED_ROWS)
def test_published_names_are_written_back(name: str) -> None:
    assert Experiment.from_name(name).name == name


experiments = st.builds(
    Experiment,
    size_px=st.integers(64, 256),
    depths=st.lists(st.integers(1, 512), min_size=1, max_size=6).map(tuple),
    kernel_px=st.sampled_from([1, 3, 5, 7]),
    optimiser=st.sampled_from(get_args(Optimiser)),
    learning_rate=st.integers(1, 10**6).map(lambda n: n / 10**6),
    decay=st.integers(0, 10**6).map(lambda n: n / 10**6),
    pooling=st.sampled_from(get_args(Pooling)),
    dense=st.none() | st.integers(1, 512),
    dropout=st.integers(0, 99).map(lambda n: n / 100),
)


@given(experiments)
def test_every_experiment_survives_being_named(experiment: Experiment) -> None:
    assert Experiment.from_name(experiment.name) == experiment


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "input size"),
        ("128", "filters of each layer is missing"),
        ("128_32-x_conv3_fc16_sgd_lr_0_01_decay_0", "'32-x'"),
        ("128_32_conv4_fc16_sgd_lr_0_01_decay_0", "conv4 is even"),
        ("128_32_conv3_fc16_lion_lr_0_01_decay_0", "'lion'"),
        ("128_32_conv3_fc16_sgd_lr_0_01", "decay is missing"),
        ("128_32_conv3_fc16_sgd_lr_0_01_decay_0_1_banana", "'banana'"),
        ("128_32_conv3_fc16_dropout_1_0_sgd_lr_0_01_decay_0", "[0, 1)"),
        ("128_32_conv3_fc16_sgd_lr_0_decay_0", "learning rate is 0"),
        ("16_1-1-1-1-1_conv3_fc16_sgd_lr_0_01_decay_0", "leave nothing"),
        ("9999_32_conv3_fc16_sgd_lr_0_01_decay_0", "out of range"),
    ],
)
def test_an_unknown_part_gets_one_clear_line(name: str, complaint: str) -> None:
    with pytest.raises(InputError) as raised:
        Experiment.from_name(name)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)
