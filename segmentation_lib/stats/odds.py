"""Odds ratios over strata, and the difference of two shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.intervals import Interval, wilson_interval

__all__ = ["StratifiedOdds", "length_bands", "share_difference", "stratified_odds"]

# Fewer expected in a cell than this, and the normal distribution is a bad guide (Cochran 1954).
_LEAST_EXPECTED = 5.0
_EXACT_LENGTH, _BAND = 20, 1.1


@dataclass(frozen=True)
class StratifiedOdds:
    """How many times higher the odds of an outcome are with a property, strata held equal.

    Attributes:
        odds_ratio: Mantel and Haenszel's; NaN where no stratum has both.
        low: Lower end of its interval.
        high: Upper end.
        p_value: Of no association in any stratum; NaN where the counts are too small to tell.
        clustering: How many times larger the variance is than that of independent rows.
    """

    odds_ratio: float
    low: float
    high: float
    p_value: float
    clustering: float


def stratified_odds(
    has: BoolArray,
    outcome: BoolArray,
    strata: IntArray,
    clusters: IntArray | None = None,
    *,
    level: float = 0.95,
) -> StratifiedOdds:
    """Compare the odds of an outcome with and without a property, within strata.

    The test is that of Cochran, Mantel and Haenszel (1959) without continuity correction, the
    interval that of Robins, Breslow and Greenland (1986). Rows of one cluster may be alike: both
    variances are multiplied by the ratio of the score's variance summed by cluster to that summed
    by row, where it is above 1, and a t distribution allows for clusters that are few. An odds
    ratio of 0 or infinity is drawn in by half a row in each cell, spread over the strata by their
    size.

    Args:
        has: Whether a row has the property, shape (rows,).
        outcome: Whether it has the outcome.
        strata: Stratum of each row, from 0.
        clusters: Cluster of each row, from 0; every row is its own without.
        level: Confidence level.

    >>> has = np.repeat([True, True, False, False], [6, 4, 3, 7])
    >>> outcome = np.repeat([True, False, True, False], [6, 4, 3, 7])
    >>> round(stratified_odds(has, outcome, np.zeros(20, dtype=int)).odds_ratio, 4)
    3.5
    """
    size = int(strata.max(initial=-1)) + 1
    n, with_, yes, both = (
        np.bincount(strata, weights=w, minlength=size).astype(np.float64)
        for w in (np.ones(len(strata)), has, outcome, has & outcome)
    )
    told = (with_ > 0) & (with_ < n) & (yes > 0) & (yes < n)
    if not told.any():
        return StratifiedOdds(np.nan, np.nan, np.nan, np.nan, 1.0)
    clustering, freedom = _clustering(
        has, outcome, strata, clusters, with_ / n.clip(1), yes / n.clip(1)
    )
    n, with_, yes, both = n[told], with_[told], yes[told], both[told]
    cells = np.array([both, with_ - both, yes - both, n - with_ - yes + both])
    expected = np.array([with_ * yes, with_ * (n - yes), (n - with_) * yes,
                         (n - with_) * (n - yes)]) / n  # fmt: skip
    variance = (with_ * yes * (n - with_) * (n - yes) / (n**2 * (n - 1))).sum()
    score = (cells[0] - expected[0]).sum()
    p_value = float(2 * t.sf(abs(score) / np.sqrt(variance * clustering), freedom))
    if expected.sum(axis=1).min() < _LEAST_EXPECTED:
        p_value = np.nan
    ratio, error = _log_odds(cells, n)
    half = float(t.ppf(0.5 + level / 2, freedom)) * error * np.sqrt(clustering)
    low, value, high = np.exp([ratio - half, ratio, ratio + half])
    return StratifiedOdds(float(value), float(low), float(high), p_value, clustering)


def length_bands(lengths: IntArray) -> IntArray:
    """Return the stratum of each length: exact up to 20, then within a tenth of each other.

    Coarser bands leave long and short ones together, and longer ones contain more of everything.

    Args:
        lengths: Lengths of 0 or more.

    >>> length_bands(np.array([0, 3, 20, 21, 22, 23, 40])).tolist()
    [0, 3, 20, 20, 21, 21, 27]
    """
    beyond = np.log(np.maximum(lengths, _EXACT_LENGTH) / _EXACT_LENGTH) / np.log(_BAND)
    # Rounding keeps a band's edge the same on every machine.
    bands = np.minimum(lengths, _EXACT_LENGTH) + np.floor(np.round(beyond, 9))
    return np.asarray(bands, dtype=np.int64)


def share_difference(
    successes: int, trials: int, other_successes: int, other_trials: int, *, level: float = 0.95
) -> Interval:
    """Return the difference of two independent shares with Newcombe's interval (1998, method 10).

    Args:
        successes: Rows of the first group that have the property.
        trials: All rows of the first group; with none, the difference is NaN.
        other_successes: Those of the second group.
        other_trials: All rows of the second group.
        level: Confidence level.

    >>> found = share_difference(56, 70, 48, 80)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    one = wilson_interval(successes, trials, level=level)
    other = wilson_interval(other_successes, other_trials, level=level)
    if not trials or not other_trials:
        return Interval(float("nan"), -1.0, 1.0, level)
    value = one.value - other.value
    low = value - np.hypot(one.value - one.low, other.high - other.value)
    high = value + np.hypot(one.high - one.value, other.value - other.low)
    return Interval(value, float(low), float(high), level)


def _clustering(
    has: BoolArray,
    outcome: BoolArray,
    strata: IntArray,
    clusters: IntArray | None,
    with_: FloatArray,
    yes: FloatArray,
) -> tuple[float, float]:
    """Return how much alike rows of a cluster are, and the degrees of freedom that leaves.

    A property of few clusters leaves few: the variance rests on those that carry the score.
    """
    score = (has - with_[strata]) * (outcome - yes[strata])
    by_row = float((score**2).sum())
    if clusters is None or by_row == 0 or np.bincount(clusters).max() == 1:
        return 1.0, np.inf
    squares = np.bincount(clusters, weights=score) ** 2
    by_cluster = float(squares.sum())
    freedom = by_cluster**2 / float((squares**2).sum()) if by_cluster > 0 else np.inf
    return max(1.0, by_cluster / by_row), max(freedom, 1.0)


def _log_odds(cells: FloatArray, n: FloatArray) -> tuple[float, float]:
    """Return the logarithm of the odds ratio and its standard error."""
    a, b, c, d = cells
    if not (a * d).sum() or not (b * c).sum():
        a, b, c, d = cells + 0.5 * n / n.sum()
        n = n + 2.0 * n / n.sum()
    for_, against = a * d / n, b * c / n
    agree, differ = (a + d) / n, (b + c) / n
    r, s = for_.sum(), against.sum()
    variance = (
        (agree * for_).sum() / (2 * r**2)
        + (agree * against + differ * for_).sum() / (2 * r * s)
        + (differ * against).sum() / (2 * s**2)
    )
    return float(np.log(r / s)), float(np.sqrt(variance))
