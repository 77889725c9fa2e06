"""Does an effect differ between segments, and what is it in each once luck is taken off?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2

from segmentation_lib.stats.arm_effects import unlike_arms
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds

__all__ = [
    "DIFFER_LEVEL",
    "Heterogeneity",
    "Shrunken",
    "heterogeneity",
    "permuted_heterogeneity",
    "segments_differ",
    "shrunken",
]

DIFFER_LEVEL = 0.04
"""Up to here segments are said to differ: of experiments with one effect for all, measured, fewer
than 1 in 20 are told as several; at .05 it is 1 in 20 on average, and more with skewed revenue."""

_BATCH = 4_000_000
_GRID = 400
# A plain p-value above this is far from showing anything, and is not permuted.
_NEAR = 0.1


@dataclass(frozen=True)
class Heterogeneity:
    """Cochran's test that all segments share one effect.

    Attributes:
        statistic: Cochran's Q.
        freedom: Segments less one.
        p_value: Chance of such a spread if there is one effect; NaN with fewer than two segments.
        pooled: The effect that they share, weighted by precision.
        error: Its standard error.
    """

    statistic: float
    freedom: int
    p_value: float
    pooled: float
    error: float


def heterogeneity(effects: FloatArray, errors: FloatArray) -> Heterogeneity:
    """Test whether effects differ by more than their errors (Cochran 1954).

    That one segment shows an effect and another does not is no sign of a difference: with one
    effect for all this happens in three of four experiments.

    Args:
        effects: Effect per segment.
        errors: Its standard error; segments without a positive one are left out.

    >>> round(heterogeneity(np.array([0.0, 3.0]), np.array([1.0, 1.0])).p_value, 4)
    0.0339
    """
    known = np.isfinite(effects) & np.isfinite(errors) & (errors > 0)
    if not known.any():
        return Heterogeneity(np.nan, 0, np.nan, np.nan, np.nan)
    effects, weights = effects[known], errors[known] ** -2.0
    pooled = float(np.average(effects, weights=weights))
    error = float(weights.sum() ** -0.5)
    statistic = float((weights * (effects - pooled) ** 2).sum())
    freedom = int(known.sum()) - 1
    p_value = float(chi2.sf(statistic, freedom)) if freedom else np.nan
    return Heterogeneity(statistic, freedom, p_value, pooled, error)


def permuted_heterogeneity(
    arms: Sequence[tuple[FloatArray, FloatArray]],
    *,
    seed: int | Sequence[int],
    permutations: int = 999,
) -> float:
    """Return the p-value of Cochran's Q from customers exchanged between arms within segments.

    The effect that the segments share is taken off first, so what is exchanged differs only by
    what is asked. For segments with a small arm, where skewed revenue makes errors and effects
    lean on each other, and the chi-square law misleads.

    Args:
        arms: The measure of the treated and of the control customers, per segment.
        seed: Seed of the permutations.
        permutations: Number of permutations.
    """
    parts = [_difference(len(a), np.concatenate([a, b])[None]) for a, b in arms]
    effects = np.array([float(value[0]) for value, _ in parts])
    errors = np.array([float(error[0]) for _, error in parts])
    observed = heterogeneity(effects, errors)
    drawn = np.zeros((2, permutations, len(arms)))
    for place, branch in enumerate(spawn_seeds(seed, len(arms))):
        treated, control = arms[place]
        values = np.concatenate([treated - observed.pooled, control])
        rng = np.random.default_rng(branch)
        size = max(1, _BATCH // len(values))
        for start in range(0, permutations, size):
            stop = min(start + size, permutations)
            rows = rng.permuted(np.broadcast_to(values, (stop - start, len(values))), axis=1)
            drawn[:, start:stop, place] = _difference(len(treated), rows)
    weights = drawn[1] ** -2.0
    pooled = (weights * drawn[0]).sum(axis=1) / weights.sum(axis=1)
    statistics = (weights * (drawn[0] - pooled[:, None]) ** 2).sum(axis=1)
    beyond = int((statistics >= observed.statistic * (1 - 1e-12)).sum())
    return (1 + beyond) / (1 + permutations)


def segments_differ(
    effects: FloatArray,
    errors: FloatArray,
    arms: Sequence[tuple[FloatArray, FloatArray]],
    *,
    seed: int | Sequence[int],
) -> float:
    """Return the p-value that segments share one effect, permuted where small arms mislead it.

    Args:
        effects: Effect per segment.
        errors: Its standard error; segments without a positive one are left out.
        arms: Values of the treated and of the control customers that may be exchanged, of the
            segments that are not left out.
        seed: Seed of the permutations.

    >>> rng = np.random.default_rng(1)
    >>> arms = [(rng.normal(mean, size=90), rng.normal(size=90)) for mean in (1.0, 0.0)]
    >>> effects = np.array([a.mean() - b.mean() for a, b in arms])
    >>> segments_differ(effects, np.array([0.15, 0.15]), arms, seed=1) < 0.01
    True
    """
    p_value = heterogeneity(effects, errors).p_value
    if not p_value < _NEAR or not any(unlike_arms(len(a), len(b)) for a, b in arms):
        return p_value
    return max(p_value, permuted_heterogeneity(arms, seed=seed))


@dataclass(frozen=True)
class Shrunken:
    """Effects drawn towards the one that the segments share, as far as luck explains them.

    Attributes:
        values: Effect per segment.
        low: Lower ends of their intervals.
        high: Upper ends.
        spread: How much true effects differ, as a standard deviation.
    """

    values: FloatArray
    low: FloatArray
    high: FloatArray
    spread: float


def shrunken(effects: FloatArray, errors: FloatArray, *, level: float = 0.95) -> Shrunken:
    """Return segment effects with luck taken off, as parallel experiments (Rubin 1981).

    The spread of the true effects is not known, so all that the data allow are averaged by how
    well each explains them; a half-Cauchy prior keeps two or three segments from saying too much
    (Gelman 2006). A single estimate of the spread would be nought by chance, and the intervals too
    short.

    Args:
        effects: Effect per segment.
        errors: Its standard error; a segment without a positive one stays as it is.
        level: Level of the intervals.

    >>> found = shrunken(np.array([0.0, 0.1, 5.0]), np.array([1.0, 1.0, 1.0]))
    >>> bool(0 < found.values[0] < found.values[2] < 5)
    True
    """
    known = np.isfinite(effects) & np.isfinite(errors) & (errors > 0)
    values = effects.astype(np.float64).copy()
    low, high = np.full(len(values), np.nan), np.full(len(values), np.nan)
    half = float(ndtri(0.5 + level / 2))
    low[known] = values[known] - half * errors[known]
    high[known] = values[known] + half * errors[known]
    if known.sum() < 2:
        return Shrunken(values, low, high, 0.0)
    y, variance = values[known], errors[known] ** 2
    scale = float(np.median(errors[known]))
    grid = np.linspace(0.0, 4 * max(scale, float(y.std(ddof=1))), _GRID)[:, None]
    weights = 1 / (variance + grid**2)
    mean = (weights * y).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    log_like = 0.5 * (np.log(weights) - weights * (y - mean) ** 2).sum(axis=1)
    log_like -= 0.5 * np.log(weights.sum(axis=1)) + np.log1p((grid[:, 0] / scale) ** 2)
    belief = np.exp(log_like - log_like.max())
    belief /= belief.sum()
    kept = grid**2 / (variance + grid**2)
    centre = kept * y + (1 - kept) * mean
    within = kept * variance + (1 - kept) ** 2 / weights.sum(axis=1, keepdims=True)
    values[known] = belief @ centre
    deviation = np.sqrt(belief @ (within + (centre - values[known]) ** 2))
    low[known], high[known] = values[known] - half * deviation, values[known] + half * deviation
    return Shrunken(values, low, high, float(belief @ grid[:, 0]))


def _difference(treated: int, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Treated less control and its error, per row; the first values of a row are the treated."""
    first, second = rows[:, :treated], rows[:, treated:]
    value: FloatArray = first.mean(axis=1) - second.mean(axis=1)
    n = first.shape[1], second.shape[1]
    # As in the permuted Welch test: values that happen to be all equal get no infinite weight.
    floor = rows.var(axis=1, ddof=1)
    spread = [
        np.maximum(part.var(axis=1, ddof=1), floor / size) / size
        for part, size in zip((first, second), n, strict=True)
    ]
    return value, np.sqrt(spread[0] + spread[1])
