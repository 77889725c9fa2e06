"""Difference-in-differences: how much more the treated changed than the control group did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from segmentation_lib.implement.effects.gaps import Changes, Scale, gap_changes
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.intervals import Interval
from segmentation_lib.stats.studentised import studentised_difference

__all__ = ["DifferenceInDifferences", "difference_in_differences", "scale_of"]

_RATIOS = ("revenue", "orders")


@dataclass(frozen=True)
class DifferenceInDifferences:
    """What the treated did beyond what the control group lets expect.

    Attributes:
        effect: Per treated customer in the block after the date, in the unit of the metric.
        relative: The same as a share of what was expected of the treated; NaN where that is not
            above 0.
        scale: On which of the two the groups were taken to move together.
        treated_means: Mean of the treated before (all blocks) and after.
        control_means: Mean of the control group before and after.
        error: Standard error on the scale that decides (of logarithms on the scale ``ratio``).
    """

    effect: Interval
    relative: Interval
    scale: Scale
    treated_means: tuple[float, float]
    control_means: tuple[float, float]
    error: float = float("nan")

    @property
    def deciding(self) -> Interval:
        """The interval on the scale on which the groups were taken to move together."""
        return self.relative if self.scale == "ratio" else self.effect


def scale_of(metric: str) -> Scale:
    """Return the scale on which two groups move together if nothing happens.

    Amounts and numbers of purchases grow by factors: a season lifts a group that spends twice as
    much by twice as much money, so their money would drift apart in levels without any effect.
    Shares and scores have a ceiling and are compared as differences. The rule looks at the
    metric only, never at its values, so nobody can choose the scale that shows an effect.

    Args:
        metric: Name of the metric.

    >>> scale_of("revenue"), scale_of("active")
    ('ratio', 'difference')
    """
    return "ratio" if metric in _RATIOS else "difference"


def difference_in_differences(
    blocks: FloatArray,
    treated: BoolArray,
    *,
    scale: Scale,
    clusters: IntArray | None = None,
    weights: FloatArray | None = None,
    seed: int | Sequence[int] = 0,
    draws: int = 999,
    level: float = 0.95,
) -> DifferenceInDifferences:
    """Compare how two groups changed from the blocks before a date to the block after it.

    On the scale ``ratio`` the treated are expected to change by the factor of the control group.
    Without clusters and weights the interval is the bootstrap-t of customers' own changes, which
    suits skewed money; else Student's, with errors by cluster.

    Args:
        blocks: What each customer did in each block, shape (customers, blocks); the last block is
            after the date, all others are before it.
        treated: Who was treated, shape (customers,).
        scale: ``ratio`` or ``difference``; see `scale_of`.
        clusters: Number of the cluster of each customer; None for each customer alone.
        weights: Weight of each customer; None for equal weights.
        seed: Seed of the resampling.
        draws: Bootstrap samples.
        level: Confidence level.

    Raises:
        ValueError: As `gap_changes`, or fewer than two blocks.

    Source: Angrist and Pischke (2009), chapter 5; errors by cluster: Bertrand, Duflo and
        Mullainathan (2004).

    >>> blocks = np.array([[1.0, 4.0], [3.0, 6.0], [1.0, 2.0], [3.0, 4.0], [2.0, 3.0]])
    >>> found = difference_in_differences(
    ...     blocks, np.array([True, True, False, False, False]), scale="difference")
    >>> found.effect.value, found.treated_means, round(found.relative.value, 3)
    (2.0, (2.0, 5.0), 0.667)
    """
    blocks = np.asarray(blocks, np.float64)
    if blocks.shape[1] < 2:
        raise ValueError("there is one block only; give at least one before the date and one after")
    before = blocks[:, :-1].mean(axis=1)
    pair = np.column_stack([before, blocks[:, -1]])
    means = [
        tuple(np.average(pair[group], axis=0, weights=None if weights is None else weights[group]))
        for group in (treated, ~treated)
    ]
    contrast = np.array([[-1.0, 1.0]])
    plain = clusters is None and weights is None

    def interval(changes: Changes) -> Interval:
        return _interval(changes, treated, plain, seed, draws, level)

    (was, now), (control_was, control_now) = means
    if scale == "ratio":
        changes = gap_changes(pair, treated, contrast, scale="ratio", clusters=clusters,
                              weights=weights)  # fmt: skip
        logs = interval(changes)
        relative = _mapped(logs, lambda end: float(np.expm1(end)))
        effect = interval(_grown(pair, treated, clusters, weights, control_now / control_was))
    else:
        changes = gap_changes(pair, treated, contrast, clusters=clusters, weights=weights)
        effect = interval(changes)
        expected = float(now) - effect.value
        relative = _mapped(effect, lambda end: end / expected if expected > 0 else float("nan"))
    return DifferenceInDifferences(
        effect,
        relative,
        scale,
        (float(was), float(now)),
        (float(control_was), float(control_now)),
        float(changes.errors[0]),
    )


def _mapped(interval: Interval, rule: Callable[[float], float]) -> Interval:
    return Interval(rule(interval.value), rule(interval.low), rule(interval.high), interval.level)


def _grown(
    pair: FloatArray,
    treated: BoolArray,
    clusters: IntArray | None,
    weights: FloatArray | None,
    growth: float,
) -> Changes:
    """The change of the treated beyond the growth of the control group, in the metric's unit."""
    grown = np.column_stack([growth * pair[:, 0], pair[:, 1]])
    own = np.ones(len(pair)) if weights is None else weights
    was_treated = np.average(pair[treated, 0], weights=own[treated])
    was_control = np.average(pair[~treated, 0], weights=own[~treated])
    # The growth is estimated as well: its error weighs by how much the treated spent before.
    grown[~treated] *= was_treated / was_control
    return gap_changes(grown, treated, np.array([[-1.0, 1.0]]), clusters=clusters, weights=weights)


def _interval(
    changes: Changes,
    treated: BoolArray,
    plain: bool,
    seed: int | Sequence[int],
    draws: int,
    level: float,
) -> Interval:
    value, error = float(changes.values[0]), float(changes.errors[0])
    half = float(t.ppf(0.5 + level / 2, changes.freedom[0])) * error
    if not plain:
        return Interval(value, value - half, value + half, level)
    scores = changes.scores[:, 0]
    found = studentised_difference(
        scores[treated], scores[~treated], seed=seed, draws=draws, level=level
    )
    below, above = found.value - found.low, found.high - found.value
    if not np.isfinite([below, above]).all():
        return Interval(value, float("nan"), float("nan"), level)
    return Interval(value, value - max(below, half), value + max(above, half), level)
