"""Repeated values: how wide and how common a value is that many customers share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import BoolArray, FloatArray

__all__ = ["Cells"]


@dataclass(frozen=True)
class Cells:
    """For every entry, the space between it and its neighbours, if its value is repeated.

    The cell of a repeated value ends half-way to the next smaller and the next larger value of its
    column; at an end of the column it is as wide on both sides. An entry that occurs once, and
    one of a column with one value, has no width.

    Attributes:
        low: Lower end of each entry's cell, shape (rows, columns).
        high: Upper end of each entry's cell, shape (rows, columns).
        spike: How much larger the share of one value is than those of its neighbours, at most, per
            column, 0 to 1: large where most customers have none of something.
    """

    low: FloatArray
    high: FloatArray
    spike: FloatArray

    @classmethod
    def of(cls, X: FloatArray) -> Cells:
        """Return the cells of ``X``, shape (rows, columns)."""
        low, high, spike = X.copy(), X.copy(), np.zeros(X.shape[1])
        for place, column in enumerate(X.T):
            values, which, counts = np.unique(column, return_inverse=True, return_counts=True)
            repeated: BoolArray = counts > 1
            if len(values) < 2 or not repeated.any():
                continue
            spike[place] = _spike(counts / len(X))
            gaps = np.diff(values) / 2
            below = values - np.r_[gaps[0], gaps] * repeated
            above = values + np.r_[gaps, gaps[-1]] * repeated
            low[:, place], high[:, place] = below[which], above[which]
        return cls(low, high, spike)

    @property
    def spread(self) -> FloatArray:
        """Mean square of half a cell per column, shape (columns,): what a value cannot tell."""
        half = (self.high - self.low) / 2
        spread: FloatArray = (half * half).mean(axis=0)
        return spread

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return a point of each entry's cell, drawn evenly, shape (rows, columns)."""
        drawn: FloatArray = self.low + rng.random(self.low.shape) * (self.high - self.low)
        return drawn


def _spike(shares: FloatArray) -> float:
    below, above = np.r_[0.0, shares[:-1]], np.r_[shares[1:], 0.0]
    return max(0.0, float((shares - np.maximum(below, above)).max()))
