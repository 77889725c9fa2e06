"""How unequally value is spread over customers: the Gini coefficient and the value curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["gini", "gini_interval"]


def gini(values: FloatArray) -> float:
    """Return the Gini coefficient: 0 when all have the same, towards 1 when one has everything.

    Negative values count too: the differences are set against the sum of the sizes of all values
    (Raffinetti, Siletti & Vernizzi 2015), which keeps the coefficient within 0 and 1 and is the
    usual one where no value is negative.

    Args:
        values: A value per customer, without missing ones; NaN when there is none, or all are 0.

    >>> gini(np.array([0.0, 0.0, 0.0, 1.0])), gini(np.array([2.0, 2.0]))
    (0.75, 0.0)
    """
    n, size = len(values), float(np.abs(values).sum())
    if n == 0 or size == 0:
        return float("nan")
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float(ranks @ np.sort(values)) / (n * size)


def gini_interval(
    values: FloatArray,
    *,
    seed: int | Sequence[int],
    draws: int = 999,
    level: float = 0.95,
) -> Interval:
    """Return the Gini coefficient with its bootstrap interval.

    Percentiles of resampled coefficients are too low where few customers have much. So each sample
    is studentised by the coefficient's own influence values on the scale of its log odds (the
    bootstrap-t), which keeps its level on skewed values.

    Args:
        values: A value per customer, without missing ones.
        seed: Seed of the resampling.
        draws: Number of bootstrap samples.
        level: Confidence level.
    """
    value = gini(values)
    if not 0 < value < 1 or len(values) < 2:
        return Interval(value, value, value, level)
    ordered = np.sort(values)
    n = len(values)
    centre, error = _log_odds(ordered)
    rng = np.random.default_rng(seed)
    pivots = np.empty(draws)
    for number in range(draws):
        # Counts of an ordered sample give an ordered resample without sorting again.
        counts = np.bincount(rng.integers(0, n, n), minlength=n)
        drawn, doubt = _log_odds(np.repeat(ordered, counts))
        pivots[number] = (drawn - centre) / doubt if doubt > 0 else np.nan
    known = pivots[np.isfinite(pivots)]
    if len(known) < draws / 2:
        return Interval(value, 0.0, 1.0, level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    # Where the studentised draws say less than the normal law, the normal law is taken.
    normal = float(ndtri((1 + level) / 2))
    ends = centre - max(high, normal) * error, centre - min(low, -normal) * error
    bottom, top = (1 / (1 + np.exp(-np.array(ends)))).tolist()
    return Interval(value, min(bottom, value), max(top, value), level)


def _log_odds(ordered: FloatArray) -> tuple[float, float]:
    """Log odds of the coefficient of ordered values, and the standard error by influence values."""
    n = len(ordered)
    sizes = np.abs(ordered)
    size = float(sizes.sum())
    if size == 0:
        return 0.0, 0.0
    ranks = 2 * np.arange(1, n + 1) - n - 1
    value = float(ranks @ ordered) / (n * size)
    if not 0 < value < 1:
        return 0.0, 0.0
    # Mean distance of each value to all others.
    before = np.cumsum(ordered) - ordered
    total = float(ordered.sum())
    rank = np.arange(n)
    distance = (rank * ordered - before + (total - before - ordered) - (n - 1 - rank) * ordered) / n
    influence = (distance - value * (sizes + size / n)) / (size / n)
    error = float(np.sqrt((influence**2).sum())) / n
    return float(np.log(value / (1 - value))), error / (value * (1 - value))
