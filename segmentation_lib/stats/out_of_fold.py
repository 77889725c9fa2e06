"""Gains on rows that a model has not seen, with intervals that know the folds share their rows."""

from __future__ import annotations

import numpy as np
from scipy.stats import t
from sklearn.model_selection import RepeatedStratifiedKFold

from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["corrected_interval", "group_predictions", "repeated_folds"]


def repeated_folds(
    strata: IntArray, *, parts: int, repeats: int, seed: np.random.SeedSequence
) -> list[tuple[IntArray, IntArray]]:
    """Return rows to fit on and rows to judge on, for each part of each repeat.

    Args:
        strata: Each part gets its share of each stratum, shape (rows,); zeros for one stratum.
        parts: Parts per repeat, at least 2.
        repeats: How often all rows are dealt out anew.
        seed: Seed of the dealing.

    Returns:
        ``parts * repeats`` pairs; those of one repeat stand together.
    """
    deal = RepeatedStratifiedKFold(
        n_splits=parts, n_repeats=repeats, random_state=int(seed.generate_state(1)[0])
    )
    return [
        (fit.astype(np.int64), judge.astype(np.int64))
        for fit, judge in deal.split(np.zeros((len(strata), 1)), strata)
    ]


def corrected_interval(gains: FloatArray, *, parts: int, level: float = 0.95) -> Interval:
    """Return the mean gain with an interval that allows for folds sharing their training rows.

    The plain t interval of fold gains is far too narrow; this one errs on the careful side.

    Args:
        gains: Gain in each fold of a repeated cross-validation.
        parts: Parts per repeat.
        level: Confidence level.

    Raises:
        ValueError: Fewer than two folds or two parts.

    Source: Nadeau & Bengio (2003); Bouckaert & Frank (2004).

    >>> interval = corrected_interval(np.array([0.0, 0.02, 0.01, 0.01]), parts=2)
    >>> round(interval.value, 3), round(interval.low, 4), round(interval.high, 4)
    (0.01, -0.0191, 0.0391)
    """
    folds = len(gains)
    if folds < 2 or parts < 2:
        raise ValueError(f"{folds} folds in {parts} parts, must be at least 2 of each")
    error = np.sqrt((1 / folds + 1 / (parts - 1)) * np.var(gains, ddof=1))
    half = float(t.ppf(0.5 + level / 2, folds - 1) * error)
    mean = float(np.mean(gains))
    return Interval(mean, mean - half, mean + half, level)


def group_predictions(
    values: FloatArray, groups: IntArray, fit: IntArray, judge: IntArray
) -> FloatArray:
    """Return the mean of the own group among the rows to fit on, for each row to judge on.

    A group without a row to fit on takes the mean of all.

    Args:
        values: A measure per row, without missing values.
        groups: Group of each row, 0 to k-1.
        fit: Rows that the means are taken from.
        judge: Rows to predict.
    """
    size = int(groups.max()) + 1
    counts = np.bincount(groups[fit], minlength=size)
    sums = np.bincount(groups[fit], weights=values[fit], minlength=size)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), values[fit].mean())
    return np.asarray(means[groups[judge]], dtype=np.float64)
