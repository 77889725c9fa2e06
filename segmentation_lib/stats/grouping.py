"""What the ground floor asks of a clustering algorithm, and nothing more."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["Algorithm", "Grouping"]


class Grouping(Protocol):
    """A fitted grouping of rows."""

    @property
    def labels(self) -> IntArray:
        """Group of each row of the fit, 0 to k-1."""
        ...

    def assign(self, X: FloatArray) -> IntArray:
        """Return the group of each row of ``X``, 0 to k-1."""
        ...


class Algorithm(Protocol):
    """A way to group rows; it must start afresh at every fit."""

    def fit(self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int) -> Grouping:
        """Group the rows of ``X`` into ``k``, keeping the best of ``starts`` starts."""
        ...
