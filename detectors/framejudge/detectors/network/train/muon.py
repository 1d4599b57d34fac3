"""The optimiser of the recommended network: Muon, for convolutions too.

docs/training-studies.md compares it with AdamW on the same pictures.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class Muon(keras.optimizers.Muon):  # type: ignore[misc]  # Keras is untyped
    """Keras' Muon, which has AdamW update all that is not a matrix, with kernels of convolutions as matrices.

    A kernel (..., in, out) is updated as the matrix (... x in, out), as its authors do (K. Jordan and others,
    "Muon: An optimizer for hidden layers in neural networks", 2024). Biases, normalisation and layers of one
    or two units, which are outputs, stay with AdamW.
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        return len(variable.shape) < 2 or variable.shape[-1] <= 2

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Return a kernel's gradient made orthogonal as a matrix, in the kernel's own shape."""
        return ops.reshape(super().zeropower_via_newtonschulz5(_as_matrix(x), steps), x.shape)

    def lr_adjust(self, x: Any) -> Any:
        """Return an update scaled by the sides of its matrix, in the kernel's own shape."""
        return ops.reshape(super().lr_adjust(_as_matrix(x)), x.shape)


def _as_matrix(x: Any) -> Any:
    return ops.reshape(x, (-1, x.shape[-1]))
