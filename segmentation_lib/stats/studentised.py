"""Intervals of means of skewed values: the bootstrap-t, which keeps its level where few buy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["studentised_difference", "studentised_mean"]

_BATCH = 4_000_000
# The mean of more values than this is as good as normal, and is not resampled.
_LARGE = 10_000


def studentised_mean(
    values: FloatArray, *, seed: int | Sequence[int], draws: int = 999, level: float = 0.95
) -> Interval:
    """Return a mean with its bootstrap-t interval (Efron 1981; Hall 1988).

    Percentiles of resampled means end too low where a few customers spend most. Each sample is
    studentised by its own error, which mends that; the ends are never nearer than the normal ones.

    Args:
        values: A measure per row, without missing values.
        seed: Seed of the resampling.
        draws: Number of bootstrap samples.
        level: Confidence level.

    Returns:
        The interval; its ends are NaN where too few samples vary to tell, and the mean itself
        where all values are equal.
    """
    return _studentised((values,), seed=seed, draws=draws, level=level)


def studentised_difference(
    first: FloatArray,
    second: FloatArray,
    *,
    seed: int | Sequence[int],
    draws: int = 1999,
    level: float = 0.95,
) -> Interval:
    """Return the difference of two means with its bootstrap-t interval, as `studentised_mean`.

    Args:
        first: A measure per row of the first group, without missing values.
        second: The same of the group that is taken off.
        seed: Seed of the resampling.
        draws: Number of bootstrap samples.
        level: Confidence level.
    """
    return _studentised((first, second), seed=seed, draws=draws, level=level)


def _studentised(
    groups: tuple[FloatArray, ...], *, seed: int | Sequence[int], draws: int, level: float
) -> Interval:
    nan = float("nan")
    if any(len(values) == 0 for values in groups):
        return Interval(nan, nan, nan, level)
    signs = np.array([1.0, -1.0])[: len(groups)]
    value = float(signs @ [values.mean() for values in groups])
    if any(len(values) < 2 for values in groups):
        return Interval(value, nan, nan, level)
    if all((values == values[0]).all() for values in groups):
        return Interval(value, value, value, level)
    error = float(np.sqrt(sum(values.var(ddof=1) / len(values) for values in groups)))
    rng = np.random.default_rng(seed)
    drawn = [_resampled(values, draws, rng) for values in groups]
    means = signs @ np.array([mean for mean, _ in drawn])
    errors = np.sqrt(np.array([squared for _, squared in drawn]).sum(axis=0))
    varied = errors > 0
    if varied.sum() < draws / 2:
        return Interval(value, nan, nan, level)
    pivots = (means[varied] - value) / errors[varied]
    low, high = np.quantile(pivots, [(1 - level) / 2, (1 + level) / 2])
    normal = float(ndtri((1 + level) / 2))
    # Where the studentised draws say less than the normal law, the normal law is taken.
    ends = value - max(float(high), normal) * error, value - min(float(low), -normal) * error
    return Interval(value, ends[0], ends[1], level)


def _resampled(
    values: FloatArray, draws: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Means of resampled values, and the squared error of each."""
    n = len(values)
    if n > _LARGE:
        squared = float(values.var(ddof=1)) / n
        return rng.normal(values.mean(), np.sqrt(squared), draws), np.full(draws, squared)
    means, squares = np.empty(draws), np.empty(draws)
    size = max(1, _BATCH // n)
    for start in range(0, draws, size):
        batch = min(size, draws - start)
        sample = values[rng.integers(0, n, (batch, n))]
        means[start : start + batch] = sample.mean(axis=1)
        squares[start : start + batch] = sample.var(axis=1, ddof=1) / n
    return means, squares
