"""How far two groups' means lie apart, and whether by more or less than a given amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["MeanGap", "mean_gap"]

_BATCH = 4_000_000
# A p-value above this is far from showing anything, and is not permuted.
_NEAR = 0.1
# The mean of more rows than this is as good as normal, and resampling would only cost time.
_LARGE = 5000


@dataclass(frozen=True)
class MeanGap:
    """The difference of two means, with an interval, held against an amount.

    Attributes:
        value: Mean of the first group less that of the second.
        low: Lower end of the interval.
        high: Upper end.
        p_above: One-sided p-value of "the difference is at most the amount".
        p_below: One-sided p-value of "the difference is at least the amount".
    """

    value: float
    low: float
    high: float
    p_above: float
    p_below: float

    @property
    def p_value(self) -> float:
        """Two-sided p-value of "the difference is the amount"; NaN where there is none."""
        return float(np.minimum(1.0, 2 * np.minimum(self.p_above, self.p_below)))


def mean_gap(
    first: FloatArray,
    second: FloatArray,
    *,
    amount: float = 0.0,
    seed: int | Sequence[int] | np.random.SeedSequence,
    draws: int = 1999,
    level: float = 0.95,
) -> MeanGap:
    """Compare two means, and their difference with an amount.

    Shares (values of 0 and 1 only) are compared after one imagined customer of either kind is
    added to each group (Agresti and Caffo 2000). Other means get the studentised bootstrap (Efron
    and Tibshirani 1993, chapter 12): the customers of each group are drawn anew, and Welch's
    statistic of the draws takes the place of the t distribution, which suits skewed money and
    groups of unlike size and spread. A small p-value must hold against permuted groups as well
    (Janssen 1997): where nothing but the amount lies between the groups, these are exact.

    Args:
        first: A measure per row, without missing values.
        second: The same of the other group.
        amount: What the difference is held against.
        seed: Seed of the resampling.
        draws: Bootstrap samples; no one-sided p-value is under ``1 / (draws + 1)``.
        level: Confidence level of the interval.

    Returns:
        The comparison; interval and p-values are NaN where a group has fewer than two rows or
        nothing varies.

    >>> gap = mean_gap(np.repeat([0.0, 1.0], [20, 80]), np.repeat([0.0, 1.0], [60, 40]), seed=1)
    >>> round(gap.value, 3), round(gap.low, 3), round(gap.high, 3), gap.p_above < 0.001
    (0.4, 0.269, 0.515, True)
    """
    if min(len(first), len(second)) < 1:
        return MeanGap(*[float("nan")] * 5)
    value = float(first.mean() - second.mean())
    if min(len(first), len(second)) < 2:
        return MeanGap(value, *[float("nan")] * 4)
    if np.ptp(first) == 0 and np.ptp(second) == 0 and first[0] == second[0]:
        return MeanGap(value, *[float("nan")] * 4)
    if all(np.isin(group, (0.0, 1.0)).all() for group in (first, second)):
        return _share_gap(first, second, value, amount, level)
    error = _error(first.var(ddof=1), second.var(ddof=1), len(first), len(second))
    if error <= 1e-12 * abs(value):
        return MeanGap(value, *[float("nan")] * 4)
    rng = np.random.default_rng(seed)
    drawn = _studentised(first, second, rng, draws)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    seen = (value - amount) / float(error)
    p_above, p_below = _tails(drawn, seen)
    if min(p_above, p_below) <= _NEAR:
        permuted = _permuted(first - amount, second, rng, draws)
        above, below = _tails(permuted, seen)
        p_above, p_below = max(p_above, above), max(p_below, below)
    ends = (value - float(high) * float(error), value - float(low) * float(error))
    return MeanGap(value, *ends, p_above, p_below)


def _tails(drawn: FloatArray, seen: float) -> tuple[float, float]:
    """Return how often a statistic at least as high, or at least as low, was drawn."""
    n = len(drawn) + 1
    return (1 + int((drawn >= seen).sum())) / n, (1 + int((drawn <= seen).sum())) / n


def _share_gap(
    first: FloatArray, second: FloatArray, value: float, amount: float, level: float
) -> MeanGap:
    shares = [(float(group.sum()) + 1) / (len(group) + 2) for group in (first, second)]
    spreads = [share * (1 - share) for share in shares]
    error = float(_error(spreads[0], spreads[1], len(first) + 2, len(second) + 2))
    centre, half = shares[0] - shares[1], float(ndtri(0.5 + level / 2)) * error
    low, high = max(centre - half, -1.0), min(centre + half, 1.0)
    z = (centre - amount) / error
    return MeanGap(value, min(low, value), max(high, value), float(ndtr(-z)), float(ndtr(z)))


def _studentised(
    first: FloatArray, second: FloatArray, rng: np.random.Generator, draws: int
) -> FloatArray:
    """Return Welch's statistic of bootstrap samples around the difference of the sample."""
    means, spreads = zip(*(_resampled(group, rng, draws) for group in (first, second)), strict=True)
    return _ratio(means[0] - means[1], _error(spreads[0], spreads[1], len(first), len(second)))


def _permuted(
    first: FloatArray, second: FloatArray, rng: np.random.Generator, draws: int
) -> FloatArray:
    """Return Welch's statistic of the groups after their rows were shuffled between them."""
    parts = [
        rng.choice(group, _LARGE, replace=False) if len(group) > _LARGE else group
        for group in (first, second)
    ]
    pooled, n = np.concatenate(parts), len(parts[0])
    size = max(1, _BATCH // len(pooled))
    found = []
    for start in range(0, draws, size):
        rows = np.broadcast_to(pooled, (min(size, draws - start), len(pooled)))
        shuffled = rng.permuted(rows, axis=1)
        one, other = shuffled[:, :n], shuffled[:, n:]
        spreads = one.var(axis=1, ddof=1), other.var(axis=1, ddof=1)
        errors = _error(spreads[0], spreads[1], n, len(parts[1]))
        found.append(_ratio(one.mean(axis=1) - other.mean(axis=1), errors))
    return np.concatenate(found)


def _ratio(gaps: FloatArray, errors: FloatArray) -> FloatArray:
    # A sample of one value only says nothing of its spread: it counts as beyond any other.
    beyond = np.where(gaps == 0, 0.0, np.copysign(np.inf, gaps))
    return np.asarray(np.divide(gaps, errors, out=beyond, where=errors > 0))


def _resampled(
    group: FloatArray, rng: np.random.Generator, draws: int
) -> tuple[FloatArray, FloatArray]:
    """Return means (around the group's mean) and variances of bootstrap samples of a group."""
    if len(group) > _LARGE:
        spread = group.var(ddof=1)
        return rng.normal(0.0, np.sqrt(spread / len(group)), draws), np.full(draws, spread)
    centred = group - group.mean()
    size = max(1, _BATCH // len(group))
    means, spreads = [], []
    for start in range(0, draws, size):
        sample = centred[rng.integers(0, len(group), (min(size, draws - start), len(group)))]
        means.append(sample.mean(axis=1))
        spreads.append(sample.var(axis=1, ddof=1))
    return np.concatenate(means), np.concatenate(spreads)


def _error(
    first: float | FloatArray, second: float | FloatArray, n_first: int, n_second: int
) -> FloatArray:
    return np.asarray(np.sqrt(first / n_first + second / n_second))
