"""How strongly two measures rise together, by ranks, with an interval."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import spearmanr

from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["rank_correlation"]


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
    known = np.isfinite(x) & np.isfinite(y)
    first, second = x[known], y[known]
    n = len(first)
    if n < 10 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return Interval(float("nan"), -1.0, 1.0, level)
    r = round(float(spearmanr(first, second).statistic), 12)
    if abs(r) >= 1:
        return Interval(r, r, r, level)
    half = float(ndtri(0.5 + level / 2)) * np.sqrt((1 + r**2 / 2) / (n - 3))
    low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
    return Interval(r, float(low), float(high), level)
