"""What a training does."""

from __future__ import annotations

from dataclasses import dataclass

from framejudge.detectors.network.train.stream import SHARD_PICTURES

BATCH = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training does.

    Attributes
    ----------
    architecture
        ``profile`` or an experiment's name.
    epochs
        Passes over a window of the stream.
    window_shards
        Shards of `SHARD_PICTURES` pictures in one epoch.
    fresh_shards
        Shards that are new in each epoch; the others were in the last one too.
    validation_shards
        Shards of the validation stream.
    learning_rate
        Peak rate of the recommended network's schedule; an experiment's name brings its own.
    vary_colours
        Swap channels, beside the flips.
    seed
        Of the initial weights, the order of pictures and the flips.
    initial
        A ``.keras`` file of the same architecture to start from; None for fresh weights.
    mixed_precision
        Compute in bfloat16; the weights stay, and are shipped, in float32.
    images
        Pictures of a fixed set, each seen once in an epoch; None for a stream, whose window says how many.
    patience
        Stop after so many epochs in which the validation loss did not fall, and keep the weights of the best
        epoch; None to train every epoch and keep the last.
    skipped_shards
        Shards at the head of the stream that are left out: those that ``initial`` was trained on.
    together
        So many pictures in a row come in one batch: a picture framed and plain.
    averaged
        Ship the exponential moving average of the weights, not the last ones (B. T. Polyak and
        A. B. Juditsky, 1992).
    """

    architecture: str
    epochs: int = 30
    window_shards: int = 12
    fresh_shards: int = 3
    validation_shards: int = 2
    learning_rate: float = 1e-2
    vary_colours: bool = True
    seed: int = 0
    initial: str | None = None
    mixed_precision: bool = False
    images: int | None = None
    patience: int | None = None
    skipped_shards: int = 0
    together: int = 1
    averaged: bool = False

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches of one epoch."""
        return (self.images or self.window_shards * SHARD_PICTURES) // BATCH
