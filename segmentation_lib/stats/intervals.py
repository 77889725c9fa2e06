"""Intervals of shares and means, and p-values of many questions asked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["Interval", "holm", "mean_interval", "wilson_interval"]

_BATCH = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A value with its confidence interval.

    Attributes:
        value: The estimate.
        low: Lower end.
        high: Upper end.
        level: Confidence level, such as 0.95.
    """

    value: float
    low: float
    high: float
    level: float


def wilson_interval(successes: int, trials: int, *, level: float = 0.95) -> Interval:
    """Return a share with Wilson's score interval (Wilson 1927).

    Args:
        successes: Rows that have the property.
        trials: All rows; with none, the interval is 0 to 1 and the value NaN.
        level: Confidence level.

    Raises:
        ValueError: Negative counts, or more successes than trials.

    >>> share = wilson_interval(5, 10)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2366, 0.7634)
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials, must be 0 to {trials}")
    if trials == 0:
        return Interval(float("nan"), 0.0, 1.0, level)
    z = float(ndtri(0.5 + level / 2))
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / (1 + z**2 / trials)
    # Rounding must not push the ends past 0, 1 or the share itself.
    low = min(max(float(centre - half), 0.0), share)
    high = max(min(float(centre + half), 1.0), share)
    return Interval(share, low, high, level)


def mean_interval(
    values: FloatArray,
    *,
    seed: int | Sequence[int],
    draws: int = 999,
    level: float = 0.95,
) -> Interval:
    """Return a mean with its percentile bootstrap interval, for describing a segment.

    Args:
        values: A measure per row, without missing values; none gives NaN throughout.
        seed: Seed of the resampling.
        draws: Number of bootstrap samples.
        level: Confidence level.
    """
    n = len(values)
    if n == 0:
        return Interval(float("nan"), float("nan"), float("nan"), level)
    rng = np.random.default_rng(seed)
    size = max(1, _BATCH // n)
    means = np.concatenate(
        [
            values[rng.integers(0, n, (min(size, draws - start), n))].mean(axis=1)
            for start in range(0, draws, size)
        ]
    )
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(values.mean()), float(low), float(high), level)


def holm(p_values: FloatArray | Sequence[float]) -> FloatArray:
    """Return Holm-corrected p-values (Holm 1979), in the order given; NaN stays and counts not.

    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    raw = np.asarray(p_values, dtype=np.float64)
    corrected = np.full(raw.shape, np.nan)
    known = np.flatnonzero(~np.isnan(raw))
    order = known[np.argsort(raw[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(raw[order] * factors), 1.0)
    return corrected
