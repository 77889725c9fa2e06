"""How far two groups wander apart and back by themselves, and an interval that allows for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.stats import t

from segmentation_lib.implement.effects.did import DifferenceInDifferences
from segmentation_lib.implement.effects.gaps import Scale
from segmentation_lib.stats.arrays import BoolArray, FloatArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["allow_for_wandering", "measure_wandering"]


def measure_wandering(
    before: FloatArray, treated: BoolArray, *, scale: Scale, weights: FloatArray | None = None
) -> float:
    """Return how much the gap between two groups varies from block to block, beyond chance.

    A region, or a segment, is hit as a whole by weather, a rival or a strike. Errors that come
    from customers know nothing of that; the time before the date does.

    Args:
        before: What each customer did in each block before the date, shape (customers, blocks).
        treated: Who was treated, shape (customers,).
        scale: ``ratio`` or ``difference``, as in the comparison itself.
        weights: Weight of each customer; None for equal weights.

    Returns:
        Variance of the gap (of logarithms of means on the scale ``ratio``) less the one that
        chance among customers makes; 0 where that explains it all, or with fewer than 3 blocks.

    >>> before = np.array([[1.0, 3.0, 1.0, 3.0]] * 5 + [[1.0, 1.0, 1.0, 1.0]] * 5)
    >>> treated = np.arange(10) < 5
    >>> round(measure_wandering(before, treated, scale="difference"), 3)
    1.333
    """
    count = before.shape[1]
    if count < 3:
        return 0.0
    own = np.ones(len(before)) if weights is None else weights
    gaps, parts = np.zeros(count), np.zeros_like(before, dtype=np.float64)
    for group, sign in ((treated, 1.0), (~treated, -1.0)):
        shares = own[group] / own[group].sum()
        means = shares @ before[group]
        unit = means if scale == "ratio" else np.ones(count)
        gaps += sign * (np.log(means) if scale == "ratio" else means)
        parts[group] = sign * shares[:, None] * (before[group] - means) / unit
    # What is constant in a customer moves no gap, so it is taken off each one's parts.
    by_chance = float(((parts - parts.mean(axis=1, keepdims=True)) ** 2).sum() / (count - 1))
    return max(float(gaps.var(ddof=1)) - by_chance, 0.0)


def allow_for_wandering(
    found: DifferenceInDifferences, variance: float, blocks: int
) -> DifferenceInDifferences:
    """Return a comparison whose intervals hold what comes to a group as a whole.

    The block after the date wanders as those before it did, and what is known of that comes from
    them alone: hence Student's distribution with one degree less than there are blocks (Donald and
    Lang 2007). The intervals are never narrower than they were.

    Args:
        found: The comparison, with errors that come from customers.
        variance: What `measure_wandering` returned.
        blocks: Blocks before the date, 3 or more.
    """
    if variance <= 0:
        return found
    level = found.deciding.level
    error = float(np.sqrt(found.error**2 + variance * (1 + 1 / blocks)))
    half = float(t.ppf(0.5 + level / 2, blocks - 1)) * error
    ends = found.deciding
    if found.scale == "ratio":
        logs = np.log1p([ends.value, ends.low, ends.high])
        factor = 2 * half / float(logs[2] - logs[1])
        low, high = _stretched(logs[0], logs[1], logs[2], factor)
        relative = Interval(ends.value, float(np.expm1(low)), float(np.expm1(high)), level)
        return replace(found, relative=relative, effect=_wider(found.effect, factor))
    factor = 2 * half / (ends.high - ends.low)
    return replace(
        found, effect=_wider(found.effect, factor), relative=_wider(found.relative, factor)
    )


def _wider(interval: Interval, factor: float) -> Interval:
    low, high = _stretched(interval.value, interval.low, interval.high, factor)
    return Interval(interval.value, low, high, interval.level)


def _stretched(value: float, low: float, high: float, factor: float) -> tuple[float, float]:
    factor = max(factor, 1.0)
    return float(value - factor * (value - low)), float(value + factor * (high - value))
