"""How strongly two measures rise together, by ranks, with an interval and a p-value."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import spearmanr

from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["rank_correlation", "rank_correlation_p_value"]

_LEAST_PAIRS = 10


def rank_correlation(x: FloatArray, y: FloatArray, *, level: float = 0.95) -> Interval:
    """Return Spearman's rank correlation with the interval of Bonett and Wright (2000).

    On Fisher's scale, the standard error is the root of (1 + r^2 / 2) / (n - 3). Giant values and
    changes of unit do not matter, since only ranks count.

    Args:
        x: One value per customer; rows where either is missing are left out.
        y: Likewise.
        level: Confidence level.

    Returns:
        The correlation, -1 to 1. NaN with the interval -1 to 1 for fewer than ten pairs, or
        where one of the two does not vary.

    >>> r = rank_correlation(np.arange(20.0), np.arange(20.0) ** 3)
    >>> r.value, r.high
    (1.0, 1.0)
    """
    first, second = _pairs(x, y)
    n = len(first)
    if n == 0:
        return Interval(float("nan"), -1.0, 1.0, level)
    r = round(float(spearmanr(first, second).statistic), 12)
    if abs(r) >= 1:
        return Interval(r, r, r, level)
    half = float(ndtri(0.5 + level / 2)) * np.sqrt((1 + r**2 / 2) / (n - 3))
    low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
    return Interval(r, float(low), float(high), level)


def rank_correlation_p_value(x: FloatArray, y: FloatArray) -> float:
    """Return the chance of a rank correlation at least as strong if the two were independent.

    Args:
        x: One value per customer; rows where either is missing are left out.
        y: Likewise.

    Returns:
        The two-sided p-value, from the t distribution of n - 2 degrees of freedom. NaN where
        `rank_correlation` is NaN.

    >>> x = np.arange(10.0)
    >>> round(rank_correlation_p_value(x, np.array([1.0, 0, 3, 2, 9, 4, 5, 8, 7, 6])), 4)
    0.0133
    """
    first, second = _pairs(x, y)
    return float(spearmanr(first, second).pvalue) if len(first) else float("nan")


def _pairs(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows where both are known; none where they are too few, or where one does not vary."""
    known = np.isfinite(x) & np.isfinite(y)
    first, second = x[known], y[known]
    if len(first) < _LEAST_PAIRS or np.ptp(first) == 0 or np.ptp(second) == 0:
        return first[:0], second[:0]
    return first, second
