"""Does a measure differ between groups, and by how much: effect size, permuted Welch test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["Effect", "WelchTest", "effect_size", "epsilon_squared", "permuted_welch"]

# Numbers drawn at a time, to bound memory.
_BATCH = 4_000_000


@dataclass(frozen=True)
class Effect:
    """An effect size with its interval.

    Attributes:
        estimate: Share of the variance that the groups explain, bias-adjusted, 0 to 1.
        low: Lower end of the interval.
        high: Upper end of the interval.
        level: Confidence level of the interval, such as 0.95.
    """

    estimate: float
    low: float
    high: float
    level: float


def epsilon_squared(values: FloatArray, groups: IntArray) -> float:
    """Return the bias-adjusted share of variance between groups (Kelley 1935), clipped to 0..1.

    Args:
        values: A measure per row, without missing values.
        groups: Group of each row, 0 to k-1.

    >>> round(epsilon_squared(np.array([1.0, 2.0, 5.0, 6.0]), np.array([0, 0, 1, 1])), 4)
    0.9118
    """
    measure = _Sorted.of(values, groups)
    return float(measure.epsilon_squared(*measure.moments(measure.values[None]))[0])


def effect_size(
    values: FloatArray,
    groups: IntArray,
    *,
    seed: int | Sequence[int],
    draws: int = 999,
    level: float = 0.95,
) -> Effect:
    """Return epsilon squared with a percentile bootstrap interval, resampled within groups.

    Args:
        values: A measure per row, without missing values.
        groups: Group of each row, 0 to k-1.
        seed: Seed of the resampling.
        draws: Number of bootstrap samples.
        level: Confidence level.

    Raises:
        ValueError: A missing value, fewer than two groups, or too few rows.
    """
    measure = _Sorted.of(values, groups)
    rng = np.random.default_rng(seed)
    sizes = np.repeat(measure.counts, measure.counts)
    first = np.repeat(measure.starts, measure.counts)
    drawn = []
    for batch in _batches(draws, len(values)):
        # A uniform number times the size picks a row of the group; rounding never reaches it.
        rows = first + (rng.random((batch, len(values))) * sizes).astype(np.int64)
        drawn.append(measure.epsilon_squared(*measure.moments(measure.values[rows])))
    tail = (1 - level) / 2
    low, high = np.quantile(np.concatenate(drawn), [tail, 1 - tail])
    estimate = float(measure.epsilon_squared(*measure.moments(measure.values[None]))[0])
    return Effect(estimate, float(low), float(high), level)


@dataclass(frozen=True)
class WelchTest:
    """A permutation test that groups have the same mean.

    Attributes:
        statistic: Welch's statistic; larger says the means differ more.
        p_value: Share of permutations at least as extreme, the observed one included.
        permutations: Number of permutations.
    """

    statistic: float
    p_value: float
    permutations: int


def permuted_welch(
    values: FloatArray,
    groups: IntArray,
    *,
    seed: int | Sequence[int],
    permutations: int = 999,
) -> WelchTest:
    """Test equal means by permuting Welch's statistic (Welch 1951; Chung & Romano 2013).

    Plain Welch rejects 13-28 % of true nulls on skewed revenue with small segments; permuted, it
    keeps its level. A group whose values are all equal would get infinite weight: its variance is
    taken as the overall variance over its size, about what n equal values still allow.

    Args:
        values: A measure per row, without missing values.
        groups: Group of each row, 0 to k-1.
        seed: Seed of the permutations.
        permutations: Number of permutations.

    Raises:
        ValueError: A missing value, fewer than two groups, or too few rows.
    """
    measure = _Sorted.of(values, groups)
    observed = float(measure.welch(*measure.moments(measure.values[None]))[0])
    rng = np.random.default_rng(seed)
    extreme = 0
    for batch in _batches(permutations, len(values)):
        rows = np.broadcast_to(measure.values, (batch, len(values)))
        shuffled = measure.welch(*measure.moments(rng.permuted(rows, axis=1)))
        # Equal in exact arithmetic counts as extreme, whatever the order of the sums.
        extreme += int((shuffled >= observed * (1 - 1e-12)).sum())
    return WelchTest(observed, (1 + extreme) / (1 + permutations), permutations)


@dataclass(frozen=True)
class _Sorted:
    """Values sorted by group, with where each group starts; empty groups are left out."""

    values: FloatArray
    starts: IntArray
    counts: IntArray

    @classmethod
    def of(cls, values: FloatArray, groups: IntArray) -> _Sorted:
        values = np.asarray(values, dtype=np.float64)
        if not np.isfinite(values).all():
            raise ValueError("values hold missing or infinite numbers; leave those rows out")
        order = np.argsort(groups, kind="stable")
        _, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
        if len(starts) < 2 or len(values) <= len(starts):
            raise ValueError(
                f"{len(starts)} groups in {len(values)} rows, must be at least 2 groups and "
                "more rows than groups"
            )
        # Centred values keep sums of squares exact for amounts far from zero.
        return cls(values[order] - values.mean(), starts.astype(np.int64), counts.astype(np.int64))

    def moments(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Means and sums of squared deviations, shape (data sets, groups)."""
        means = np.add.reduceat(rows, self.starts, axis=1) / self.counts
        squares = np.add.reduceat(rows**2, self.starts, axis=1)
        return means, np.maximum(squares - self.counts * means**2, 0.0)

    def epsilon_squared(self, means: FloatArray, deviations: FloatArray) -> FloatArray:
        n, k = self.counts.sum(), len(self.counts)
        grand = (means * self.counts).sum(axis=1, keepdims=True) / n
        between = (self.counts * (means - grand) ** 2).sum(axis=1)
        within = deviations.sum(axis=1)
        total = between + within
        adjusted = between - (k - 1) * within / (n - k)
        share = np.divide(adjusted, total, out=np.zeros(len(means)), where=total > 0)
        clipped: FloatArray = np.clip(share, 0.0, 1.0)
        return clipped

    def welch(self, means: FloatArray, deviations: FloatArray) -> FloatArray:
        n, k = self.counts.sum(), len(self.counts)
        # The values are centred, so this is their variance, the same for every permutation.
        overall = (self.values**2).sum() / (n - 1)
        variances = deviations / np.maximum(self.counts - 1, 1)
        variances = np.maximum(variances, overall / self.counts)
        weights = np.divide(self.counts, variances, out=np.zeros(means.shape), where=variances > 0)
        total = weights.sum(axis=1, keepdims=True)
        grand = np.divide(
            (weights * means).sum(axis=1, keepdims=True),
            total,
            out=np.zeros(total.shape),
            where=total > 0,
        )
        between = (weights * (means - grand) ** 2).sum(axis=1) / (k - 1)
        share = np.divide(weights, total, out=np.full(means.shape, 1.0 / k), where=total > 0)
        tail = ((1 - share) ** 2 / np.maximum(self.counts - 1, 1)).sum(axis=1)
        statistic: FloatArray = between / (1 + 2 * (k - 2) / (k**2 - 1) * tail)
        return statistic


def _batches(draws: int, rows: int) -> Iterator[int]:
    size = max(1, _BATCH // rows)
    for start in range(0, draws, size):
        yield min(size, draws - start)
