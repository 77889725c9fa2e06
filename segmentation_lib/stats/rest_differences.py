"""How far each group's mean lies from that of the rest, and how it would in other samples."""

from __future__ import annotations

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread

__all__ = ["bootstrap_rest_differences", "rest_differences"]

# Counts drawn at a time, to bound memory.
_BATCH = 4_000_000
_FLAT = 1e-9


def rest_differences(values: FloatArray, groups: IntArray) -> FloatArray:
    """Return each group's mean less the mean of all other rows, in standard deviations of all.

    Args:
        values: Measures, shape (rows, columns); NaN where not known.
        groups: Group of each row, 0 to k-1.

    Returns:
        Shape (k, columns); 0 for a column of one value, NaN where a group or its rest has no
        value.

    >>> rest_differences(np.array([[1.0], [1.0], [3.0], [3.0]]), np.array([0, 0, 1, 1])).tolist()
    [[-2.0], [2.0]]
    """
    parts = _Parts.of(values, groups)
    with one_thread():
        return np.asarray(parts.differences(np.ones((1, len(values))))[0])


def bootstrap_rest_differences(
    values: FloatArray, groups: IntArray, *, seed: np.random.SeedSequence, draws: int
) -> FloatArray:
    """Return the differences of `rest_differences` in bootstrap samples of the rows.

    Args:
        values: Measures, shape (rows, columns); NaN where not known.
        groups: Group of each row, 0 to k-1; rows are drawn from all groups together.
        seed: Seed of the samples.
        draws: Number of samples.

    Returns:
        Shape (draws, k, columns).
    """
    parts = _Parts.of(values, groups)
    rows = len(values)
    rng = np.random.default_rng(seed)
    size = max(1, _BATCH // max(rows, 1))
    found = []
    with one_thread():
        for start in range(0, draws, size):
            batch = min(size, draws - start)
            picked = rng.integers(0, rows, (batch, rows)) + rows * np.arange(batch)[:, None]
            counts = np.bincount(picked.ravel(), minlength=batch * rows).reshape(batch, rows)
            found.append(parts.differences(counts.astype(np.float64)))
    return np.concatenate(found)


class _Parts:
    """Values ready for weighted sums by group: centred, gaps as zeros, with a mask of the known."""

    def __init__(self, values: FloatArray, known: FloatArray, groups: IntArray) -> None:
        self.values, self.known, self.groups = values, known, groups
        self.members = [np.flatnonzero(groups == g) for g in range(int(groups.max()) + 1)]

    @classmethod
    def of(cls, values: FloatArray, groups: IntArray) -> _Parts:
        known = np.isfinite(values)
        counts = known.sum(axis=0).clip(min=1)
        filled = np.where(known, values, 0.0)
        centred = np.where(known, filled - filled.sum(axis=0) / counts, 0.0)
        scale = np.sqrt((centred**2).sum(axis=0) / counts)
        level = np.abs(filled).max(axis=0, initial=0.0)
        flat = scale <= _FLAT * np.maximum(level, 1e-300)
        return cls(np.where(flat, 0.0, centred / np.where(flat, 1.0, scale)),
                   known.astype(np.float64), groups)  # fmt: skip

    def differences(self, weights: FloatArray) -> FloatArray:
        """Differences under row weights of shape (samples, rows)."""
        n, total, squares = (
            np.stack([weights[:, rows] @ part[rows] for rows in self.members], axis=1)
            for part in (self.known, self.values, self.values**2)
        )
        n_all, total_all = n.sum(axis=1, keepdims=True), total.sum(axis=1, keepdims=True)
        mean = _ratio(total_all, n_all)
        variance = _ratio(squares.sum(axis=1, keepdims=True), n_all) - mean**2
        gap = _ratio(total, n) - _ratio(total_all - total, n_all - n)
        spread = np.sqrt(np.maximum(variance, 0.0))
        flat = np.broadcast_to(spread <= _FLAT, gap.shape)
        scaled = np.divide(gap, spread, out=np.zeros(gap.shape), where=~flat)
        return np.where(np.isnan(gap), np.nan, scaled)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))
