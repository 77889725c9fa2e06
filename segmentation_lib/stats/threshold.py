"""From how many times on something goes with an outcome: finding the threshold, judging it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import fisher_exact

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.intervals import Interval, wilson_interval

__all__ = ["BestThreshold", "ThresholdQuality", "best_threshold", "threshold_quality"]

# A side of the cut with fewer rows than this is not looked at.
_LEAST_ROWS = 20


@dataclass(frozen=True)
class BestThreshold:
    """The count from which the outcome differs most.

    Attributes:
        value: The smallest count that is enough.
        low: 2.5 % quantile of it over bootstrap samples.
        high: 97.5 % quantile.
    """

    value: int
    low: int
    high: int


@dataclass(frozen=True)
class ThresholdQuality:
    """How well reaching a threshold tells the outcome.

    Attributes:
        reached: Rows that reached it.
        reach: Their share of all rows.
        ppv: Positive predictive value: share of those who reached it that have the outcome.
        npv: Negative predictive value: share of those who did not that do not have it.
        lift: ``ppv`` over the share of all rows that have the outcome.
        phi: Correlation of reaching it and the outcome, -1 to 1.
        p_value: Of no association, by Fisher's exact test.
    """

    reached: int
    reach: Interval
    ppv: Interval
    npv: Interval
    lift: Interval
    phi: Interval
    p_value: float


def best_threshold(
    counts: IntArray,
    outcome: BoolArray,
    *,
    most: int = 10,
    seed: np.random.SeedSequence,
    draws: int = 200,
) -> BestThreshold | None:
    """Find the threshold from 1 to ``most`` with the greatest absolute phi.

    Args:
        counts: How often each row did it.
        outcome: Whether it has the outcome.
        most: The largest threshold looked at.
        seed: Seed of the bootstrap.
        draws: Bootstrap samples.

    Returns:
        The threshold; None if no cut leaves 20 rows on either side, or the outcome is one.
    """
    cells = np.bincount(np.minimum(counts, most) * 2 + outcome, minlength=2 * (most + 1))
    table = cells.reshape(most + 1, 2)
    rows = table.sum(axis=1)
    reached = rows[::-1].cumsum()[::-1][1:]
    allowed = (reached >= _LEAST_ROWS) & (len(counts) - reached >= _LEAST_ROWS)
    if not allowed.any() or not outcome.any() or outcome.all():
        return None
    drawn = np.random.default_rng(seed).multinomial(len(counts), cells / cells.sum(), draws)
    tables = np.concatenate([table[None], drawn.reshape(draws, most + 1, 2)])
    above = tables[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    below = tables.sum(axis=1)[:, None] - above
    strength = np.abs(_phi(above[..., 1], above[..., 0], below[..., 1], below[..., 0]))
    # The same number twice must not depend on the last digit of a sum.
    places = np.where(allowed, np.round(strength, 12), -1.0).argmax(axis=1) + 1
    low, high = np.quantile(places[1:], [0.025, 0.975], method="nearest")
    return BestThreshold(int(places[0]), int(low), int(high))


def threshold_quality(
    reached: BoolArray,
    outcome: BoolArray,
    *,
    seed: np.random.SeedSequence,
    draws: int = 2000,
    level: float = 0.95,
) -> ThresholdQuality:
    """Judge a threshold on rows that did not choose it.

    Shares have Wilson's interval, lift and phi that of a percentile bootstrap.

    Args:
        reached: Whether a row reached the threshold.
        outcome: Whether it has the outcome.
        seed: Seed of the bootstrap.
        draws: Bootstrap samples.
        level: Confidence level.
    """
    n = len(outcome)
    a, b = int((reached & outcome).sum()), int((reached & ~outcome).sum())
    c, d = int((~reached & outcome).sum()), int((~reached & ~outcome).sum())
    if not n:
        none = Interval(np.nan, np.nan, np.nan, level)
        return ThresholdQuality(0, none, none, none, none, none, np.nan)
    drawn = np.random.default_rng(seed).multinomial(n, np.array([a, b, c, d]) / n, draws)
    cells = np.concatenate([[[a, b, c, d]], drawn]).astype(np.float64).T
    base, above = cells[0] + cells[2], cells[0] + cells[1]
    lift = np.divide(cells[0] * n, above * base, out=np.full(draws + 1, np.nan),
                     where=above * base > 0)  # fmt: skip
    p_value = float(fisher_exact([[a, b], [c, d]]).pvalue)
    return ThresholdQuality(
        reached=a + b,
        reach=wilson_interval(a + b, n, level=level),
        ppv=wilson_interval(a, a + b, level=level),
        npv=wilson_interval(d, c + d, level=level),
        lift=_percentiles(lift, level),
        phi=_percentiles(_phi(*cells), level),
        p_value=p_value,
    )


def _phi(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> FloatArray:
    a, b, c, d = (np.asarray(cell, dtype=np.float64) for cell in (a, b, c, d))
    scale = np.sqrt((a + b) * (c + d) * (a + c) * (b + d))
    phi: FloatArray = np.divide(a * d - b * c, scale, out=np.zeros_like(scale), where=scale > 0)
    return phi


def _percentiles(values: FloatArray, level: float) -> Interval:
    known = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or not len(known):
        return Interval(float(values[0]), np.nan, np.nan, level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(values[0]), float(low), float(high), level)
