"""The optimiser: kernels of convolutions are updated as matrices, outputs and biases by AdamW."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

keras = pytest.importorskip("keras", reason="needs framejudge[tensorflow]")
pytestmark = pytest.mark.tensorflow

from framejudge.detectors.network.train.muon import Muon  # noqa: E402  (imports Keras)

RATE = 0.01
Array = npt.NDArray[np.float32]


def updates(
    optimiser: Any, shape: tuple[int, ...], gradients: list[Array], weight: float = 0.0
) -> list[Array]:
    """Return by how much a variable of one value changes at each of the gradients."""
    variable = keras.Variable(np.full(shape, weight, np.float32))
    optimiser.build([variable])
    changes = []
    for gradient in gradients:
        before = keras.ops.convert_to_numpy(variable).copy()
        optimiser.apply([keras.ops.reshape(gradient, shape)], [variable])
        changes.append(keras.ops.convert_to_numpy(variable) - before)
    return changes


def without_decay(kind: type) -> Any:
    return kind(RATE, weight_decay=None, adam_weight_decay=None)


@pytest.fixture
def gradients() -> list[Array]:
    return list(np.random.default_rng(0).normal(size=(3, 36, 8)).astype(np.float32))


def test_a_kernel_is_updated_as_the_matrix_of_its_outputs(gradients: list[Array]) -> None:
    kernel = updates(without_decay(Muon), (3, 3, 4, 8), gradients)
    matrix = updates(without_decay(keras.optimizers.Muon), (36, 8), gradients)
    for one, other in zip(kernel, matrix, strict=True):
        np.testing.assert_allclose(one.reshape(36, 8), other, atol=1e-6)


def test_an_update_has_about_the_same_size_in_every_direction(gradients: list[Array]) -> None:
    stretched = gradients[0] * np.geomspace(0.1, 10, 8, dtype=np.float32)
    (change,) = updates(without_decay(Muon), (3, 3, 4, 8), [stretched])
    sizes = np.linalg.svd(change.reshape(36, 8), compute_uv=False)
    assert sizes.max() / sizes.min() < 2  # of the gradient itself: about 100
    assert sizes.max() == pytest.approx(RATE * 0.2 * np.sqrt(36), rel=0.3)


@pytest.mark.parametrize("shape", [(8,), (4, 1), (4, 2)], ids=["bias", "probability", "two outputs"])
def test_biases_and_outputs_are_left_to_adamw(shape: tuple[int, ...]) -> None:
    gradients = list(np.random.default_rng(1).normal(size=(3, *shape)).astype(np.float32))
    ours = updates(without_decay(Muon), shape, gradients)
    theirs = updates(keras.optimizers.Adam(RATE), shape, gradients)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_weights_decay() -> None:
    decaying = Muon(RATE, weight_decay=0.5, adam_weight_decay=0.25)
    (change,) = updates(decaying, (3, 3, 4, 8), [np.zeros((36, 8), np.float32)], weight=2.0)
    np.testing.assert_allclose(change, -2.0 * 0.5 * RATE, rtol=1e-5)
