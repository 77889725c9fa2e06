"""The effect of a treatment: treated against control, as a mean, a share or a ratio.

All three come down to a value per customer whose means are compared by Welch's test. Where an arm
is small or the arms are unlike in size, skewed revenue misleads it (plain Welch rejects 7 to 23 %
of true nulls with arms of 1 to 9): its statistic is then permuted, for the p-value and for the
interval. Both need the values themselves, so a tool that sees only sums would not do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import fisher_exact, ttest_ind

from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.effects import permuted_welch
from segmentation_lib.stats.intervals import wilson_interval
from segmentation_lib.stats.permuted_gap import permuted_gap

__all__ = [
    "ArmEffect",
    "adjusted_values",
    "mean_effect",
    "ratio_effect",
    "ratio_values",
    "share_effect",
    "unlike_arms",
]

# Arms under this size, or one this many times the other, are permuted.
_SMALL_ARM, _UNLIKE = 500, 1.5
_PERMUTATIONS, _DRAWS = 1999, 999
# Draws beyond each end of an interval: with many questions at once the ends lie far out.
_BEYOND = 5
# A plain p-value above this is far from showing anything, and is not permuted.
_NEAR = 0.1
# With fewer expected in a cell the score test of shares does not hold.
_EXPECTED = 5.0


@dataclass(frozen=True)
class ArmEffect:
    """What a treatment changed.

    Attributes:
        treated: The measure in the treated arm; adjusted, where what came before was used.
        control: The same in the control arm.
        value: Treated less control.
        low: Lower end of the interval.
        high: Upper end.
        error: Standard error of the value.
        p_value: Two-sided; NaN where nothing varies.
        relative: The value by the control; NaN where that is not positive.
        variance_left: Share of the variance that is left after the adjustment; 1 without.
        method: ``Welch``, ``CUPED``, ``ratio``, each also ``, permuted``; ``shares`` or
            ``shares, exact``; empty where nothing can be said.
    """

    treated: float
    control: float
    value: float
    low: float
    high: float
    error: float
    p_value: float
    relative: float
    variance_left: float
    method: str


def mean_effect(
    treated: FloatArray,
    control: FloatArray,
    *,
    before: tuple[FloatArray, FloatArray] | None = None,
    seed: int | Sequence[int] = 0,
    level: float = 0.95,
) -> ArmEffect:
    """Compare the means of two arms.

    Args:
        treated: A measure per treated customer, without missing values.
        control: The same of the control arm.
        before: A measure of both arms' customers from before the treatment, in the same order,
            which takes off what they would have done anyway (CUPED; Deng et al. 2013).
        seed: Seed of the permutations.
        level: Level of the interval.

    >>> effect = mean_effect(np.arange(2.0, 602.0), np.arange(600.0))
    >>> effect.value, effect.method
    (2.0, 'Welch')
    """
    method, left = "Welch", 1.0
    if before is not None:
        method = "CUPED"
        measure = np.concatenate([treated, control])
        adjusted = adjusted_values(measure, np.concatenate(before))
        spread = float(measure.var())
        left = float(adjusted.var()) / spread if spread > 0 else 1.0
        treated, control = adjusted[: len(treated)], adjusted[len(treated) :]
    return _compared(treated, control, (treated, control), method, left, seed, level)


def ratio_effect(
    treated: tuple[FloatArray, FloatArray],
    control: tuple[FloatArray, FloatArray],
    *,
    seed: int | Sequence[int] = 0,
    level: float = 0.95,
) -> ArmEffect:
    """Compare a ratio of two sums, such as revenue per order, by the delta method.

    Orders are not drawn, customers are: each customer counts with their part of both sums (Deng,
    Knoblich & Lu 2018).

    Args:
        treated: Numerator and denominator per treated customer.
        control: The same of the control arm.
        seed: Seed of the permutations.
        level: Level of the interval.
    """
    if min(treated[1].sum(), control[1].sum()) <= 0:
        return _unknown(math.nan, math.nan)
    # Around one common ratio customers may be exchanged, so these are what is permuted.
    pairs = zip(treated, control, strict=True)
    null = ratio_values(*(np.concatenate(pair) for pair in pairs))
    own = [ratio_values(top, bottom) for top, bottom in (treated, control)]
    return _compared(
        own[0], own[1], (null[: len(own[0])], null[len(own[0]) :]), "ratio", 1.0, seed, level
    )


def share_effect(treated: FloatArray, control: FloatArray, *, level: float = 0.95) -> ArmEffect:
    """Compare shares of customers: the score test and Newcombe's interval (Newcombe 1998).

    Args:
        treated: 0 or 1 per treated customer.
        control: The same of the control arm.
        level: Level of the interval.
    """
    sizes = len(treated), len(control)
    if min(sizes) < 2:
        return _unknown(_mean(treated), _mean(control))
    hits = round(float(treated.sum())), round(float(control.sum()))
    first, second = (wilson_interval(h, n, level=level) for h, n in zip(hits, sizes, strict=True))
    value = first.value - second.value
    low = value - math.hypot(first.value - first.low, second.high - second.value)
    high = value + math.hypot(first.high - first.value, second.value - second.low)
    pooled = sum(hits) / sum(sizes)
    rarer = min(pooled, 1 - pooled) * min(sizes)
    error = math.sqrt(
        sum(i.value * (1 - i.value) / n for i, n in zip((first, second), sizes, strict=True))
    )
    scale = math.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    method = "shares" if rarer >= _EXPECTED else "shares, exact"
    if scale == 0:
        p_value = math.nan
    elif rarer >= _EXPECTED:
        p_value = math.erfc(abs(value) / scale / math.sqrt(2))
    else:
        table = [[hit, size - hit] for hit, size in zip(hits, sizes, strict=True)]
        p_value = float(fisher_exact(table).pvalue)
    relative = value / second.value if second.value > 0 else math.nan
    return ArmEffect(
        first.value, second.value, value, low, high, max(error, scale), p_value, relative, 1.0,
        method,
    )  # fmt: skip


def unlike_arms(treated: int, control: int) -> bool:
    """Tell whether plain Welch is not to be trusted: an arm is small, or one is much larger."""
    sizes = treated, control
    return min(sizes) < _SMALL_ARM or max(sizes) > _UNLIKE * min(sizes)


def adjusted_values(measure: FloatArray, past: FloatArray) -> FloatArray:
    """Return a measure less what was to be expected from before, which knows no arms (CUPED).

    Args:
        measure: A measure per customer of all arms.
        past: A measure of the same customers from before the treatment.
    """
    spread = float(past.var())
    slope = float(np.cov(measure, past, bias=True)[0, 1]) / spread if spread > 0 else 0.0
    values: FloatArray = measure - slope * (past - past.mean())
    return values


def ratio_values(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Return a value per customer whose mean is the ratio of two sums (delta method).

    Args:
        top: Numerator per customer.
        bottom: Denominator per customer; its sum is positive.
    """
    ratio = top.sum() / bottom.sum()
    values: FloatArray = ratio + (top - ratio * bottom) / bottom.mean()
    return values


def _compared(
    treated: FloatArray,
    control: FloatArray,
    null: tuple[FloatArray, FloatArray],
    method: str,
    left: float,
    seed: int | Sequence[int],
    level: float,
) -> ArmEffect:
    """Compare means; ``null`` holds the values that may be exchanged if there is no effect."""
    sizes = len(treated), len(control)
    means = _mean(treated), _mean(control)
    if min(sizes) < 2:
        return _unknown(*means)
    value = means[0] - means[1]
    relative = value / means[1] if means[1] > 0 else math.nan
    error = math.sqrt(sum(arm.var(ddof=1) / len(arm) for arm in (treated, control)))
    if error == 0:
        # Of all ways to draw the arms, only one or two part two values so cleanly.
        p_value = min(1.0, 2 / math.comb(sum(sizes), sizes[0])) if value else math.nan
        return ArmEffect(*means, value, value, value, 0.0, p_value, relative, left, method)
    low, high, p_value = _welch(treated, control, level)
    if unlike_arms(*sizes):
        method = f"{method}, permuted"
        permuting, drawing = np.random.SeedSequence(seed).generate_state(2).tolist()
        draws = max(_DRAWS, math.ceil(_BEYOND * 2 / (1 - level)))
        found = permuted_gap(treated, control, seed=drawing, draws=draws, level=level)
        low, high = found.low, found.high
        if p_value < _NEAR:
            arms = np.repeat([0, 1], sizes).astype(np.int64)
            permuted = permuted_welch(
                np.concatenate(null), arms, seed=permuting, permutations=_PERMUTATIONS
            )
            p_value = max(p_value, permuted.p_value)
    return ArmEffect(*means, value, low, high, error, p_value, relative, left, method)


def _welch(treated: FloatArray, control: FloatArray, level: float) -> tuple[float, float, float]:
    """The interval of Welch's test and its p-value."""
    found = ttest_ind(treated, control, equal_var=False)
    ends = found.confidence_interval(level)
    return float(ends.low), float(ends.high), float(found.pvalue)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _unknown(treated: float, control: float) -> ArmEffect:
    nan = math.nan
    return ArmEffect(treated, control, treated - control, nan, nan, nan, nan, nan, 1.0, "")
