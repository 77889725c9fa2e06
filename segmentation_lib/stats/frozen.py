"""Frozen segments: what they were at the open, and how far they have all moved together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = ["CommonDrift", "Frozen", "common_drift"]

Assign = Callable[[FloatArray], IntArray]

# A drift of all segments together: beyond chance (about six standard errors), larger than this
# share of a standard deviation within segments, and what single segments do besides is at most
# half of it.
_DRIFT_P, _SMALLEST_DRIFT, _REST = 1e-6, 0.15, 0.5
_ROUNDS, _STILL = 25, 1e-3
_BOOTSTRAPS, _BOOTSTRAP_ROWS = 30, 5000
_RADIUS = 0.99


@dataclass(frozen=True)
class Frozen:
    """Segments as they were when the quarter opened.

    Attributes:
        assign: Puts points into the segments, by the frozen rule; 0 to k-1.
        centres: Mean of each segment's rows, shape (k, columns).
        within: Standard deviation within segments per column, shape (columns,).
        radius: Distance from its centre within which 99 % of a segment lie, shape (k,).
        scatter: Covariance of each segment's rows, shape (k, columns, columns).
        sizes: Rows of each segment, shape (k,).
    """

    assign: Assign
    centres: FloatArray
    within: FloatArray
    radius: FloatArray
    scatter: FloatArray
    sizes: IntArray

    @classmethod
    def of(cls, X: FloatArray, assign: Assign, *, k: int) -> Frozen:
        """Freeze segments.

        Args:
            X: The rows at the open, shape (rows, columns).
            assign: The rule that puts points into the segments.
            k: Number of segments.

        Raises:
            ValueError: No rows.
        """
        if not len(X):
            raise ValueError("no rows to freeze segments on, must be at least 1")
        labels = assign(X)
        sizes = np.bincount(labels, minlength=k)
        centres = _means(X, labels, sizes)
        gaps = X - centres[labels]
        distances = np.sqrt((gaps**2).sum(axis=1))
        radius = np.array(
            [
                np.quantile(distances[labels == j], _RADIUS, method="higher") if sizes[j] else 0.0
                for j in range(k)
            ]
        )
        within = np.sqrt((gaps**2).sum(axis=0) / max(len(X) - k, 1))
        scatter = np.array(
            [gaps[labels == j].T @ gaps[labels == j] / max(int(sizes[j]), 1) for j in range(k)]
        )
        return cls(assign, centres, within, radius, scatter, sizes.astype(np.int64))


@dataclass(frozen=True)
class CommonDrift:
    """A move of all segments together.

    Attributes:
        shift: The move, in the units of the columns; subtract it to compare with the open.
        size: Its length, in standard deviations within segments.
        found: Whether it is larger than chance, worth speaking of, and common to the segments.
    """

    shift: FloatArray
    size: float
    found: bool


def common_drift(
    frozen: Frozen,
    opened: FloatArray,
    closed: FloatArray,
    *,
    seed: np.random.SeedSequence,
    expected: BoolArray | None = None,
) -> CommonDrift:
    """Follow the frozen segments to where they are now, and take out what they have in common.

    Starting at the frozen segments is right here: it keeps who is who. The rows are put into the
    frozen segments, moved back by the common shift of the segments' means, and put in again. The
    error of the shift is that of bootstrap samples of open and close.

    Args:
        frozen: The segments at the open.
        opened: The rows at the open, shape (rows, columns).
        closed: The rows at the close.
        seed: Seed of the bootstrap.
        expected: Columns that move by themselves, as age does; they are no news.

    Raises:
        ValueError: No rows at the open or at the close.
    """
    if not len(opened) or not len(closed):
        raise ValueError(
            f"{len(opened)} rows at the open and {len(closed)} at the close, must be at least 1 "
            "each"
        )
    within = np.where(frozen.within > 0, frozen.within, 1.0)
    shift, moves, weights = _followed(frozen, closed)
    error = _error_of_shift(frozen, opened, closed, seed)
    news = np.ones(len(shift), dtype=bool) if expected is None else ~expected
    whole = float(((shift / within) ** 2).sum())
    # Means of small segments scatter: that much of the rest is chance.
    chance = 1 / len(opened) + 1 / len(closed)
    scatter = (int((weights > 0).sum()) - 1) * len(shift) * chance
    rest = float((((moves - shift) / within) ** 2).sum(axis=1) @ weights)
    common = max(0.0, rest - scatter) < _REST**2 * whole
    if not (common and _large(shift, within, error)):
        return CommonDrift(np.zeros(len(shift)), 0.0, False)
    size = float(np.sqrt(((shift / within)[news] ** 2).sum()))
    return CommonDrift(shift, size, _large(shift[news], within[news], error[news]))


def _followed(frozen: Frozen, X: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the common shift of rows, the shift of each segment, and their weights."""
    within = np.where(frozen.within > 0, frozen.within, 1.0)
    shift = np.zeros(X.shape[1])
    for _ in range(_ROUNDS):
        labels = frozen.assign(X - shift)
        sizes = np.bincount(labels, minlength=len(frozen.centres))
        weights = np.where(frozen.sizes > 0, sizes, 0) / len(X)
        moves = _means(X, labels, sizes) - frozen.centres
        last, shift = shift, weights @ moves
        if np.abs((shift - last) / within).max() < _STILL:
            break
    return shift, moves, weights


def _error_of_shift(
    frozen: Frozen, opened: FloatArray, closed: FloatArray, seed: np.random.SeedSequence
) -> FloatArray:
    """Return the standard error of the common shift per column, by the bootstrap."""
    rng = np.random.default_rng(seed)
    size = min(len(opened), len(closed), _BOOTSTRAP_ROWS)
    found = np.empty((2, _BOOTSTRAPS, closed.shape[1]))
    for place, X in enumerate((opened, closed)):
        for draw in range(_BOOTSTRAPS):
            rows = rng.integers(0, len(X), size)
            found[place, draw] = _followed(frozen, X[rows])[0]
    variances = found.var(axis=1, ddof=1) * size
    error: FloatArray = np.sqrt(variances[0] / len(opened) + variances[1] / len(closed))
    return error


def _large(shift: FloatArray, within: FloatArray, error: FloatArray) -> bool:
    """Tell whether a shift is both beyond chance and large enough to speak of."""
    moved = error > 0
    z = float(((shift[moved] / error[moved]) ** 2).sum())
    beyond = chi2.sf(z, max(int(moved.sum()), 1)) < _DRIFT_P
    return bool(beyond and ((shift / within) ** 2).sum() > _SMALLEST_DRIFT**2)


def _means(X: FloatArray, labels: IntArray, sizes: IntArray) -> FloatArray:
    sums = np.column_stack(
        [np.bincount(labels, weights=column, minlength=len(sizes)) for column in X.T]
    )
    means: FloatArray = sums / np.maximum(sizes, 1)[:, None]
    return means
