"""Would segments made anew describe customers who had no part in making them better?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from scipy.special import ndtri

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, spawn_seeds
from segmentation_lib.stats.intervals import Interval

__all__ = ["held_out_gain"]


class _Centred(Protocol):
    @property
    def centres(self) -> FloatArray: ...

    def assign(self, X: FloatArray) -> IntArray: ...


class _MakesCentres(Protocol):
    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> _Centred: ...


def held_out_gain(
    X: FloatArray,
    assign: Callable[[FloatArray], IntArray],
    centres: FloatArray,
    algorithm: _MakesCentres,
    *,
    k: int,
    seed: int | Sequence[int],
    folds: int = 5,
    starts: int = 10,
    level: float = 0.95,
) -> Interval:
    """Return how much more of the variance segments made anew explain than the frozen ones.

    Each fold is described by segments that were made of the other folds. A row's error is its
    squared distance to the centre of its segment; the gain is the frozen error less the new one,
    as a share of the variance of all rows. Where the new segments are no more than the frozen
    ones, their having more rows to fit is no gain: they never see the rows that are counted.

    Args:
        X: The rows of today, shape (rows, columns).
        assign: The rule of the frozen segments.
        centres: Their centres as they were stored, shape (frozen segments, columns).
        algorithm: Makes the segments anew; it starts afresh.
        k: Number of segments made anew.
        seed: Seed of the folds and the starts.
        folds: Folds, at least 2.
        starts: Starts of each fit.
        level: Level of the interval, that of a mean of independent rows.

    Raises:
        ValueError: Fewer than two folds, or too few rows to leave ``k`` in each fit.

    >>> from segmentation_lib.cluster import KMeans
    >>> rows = np.repeat([[0.0], [1.0], [8.0], [9.0]], 25, axis=0)
    >>> old = np.array([[0.5], [4.5]])
    >>> nearest = lambda X: abs(X - old.T).argmin(axis=1)
    >>> gain = held_out_gain(rows, nearest, old, KMeans(), k=2, seed=1)
    >>> round(gain.value, 2), gain.low > 0
    (0.49, True)
    """
    if folds < 2:
        raise ValueError(f"{folds} folds, must be at least 2: one is held out")
    if len(X) - len(X) // folds <= k:
        raise ValueError(f"{len(X)} rows in {folds} folds leave no {k} segments; take fewer")
    deal, fits = spawn_seeds(seed, 2)
    fold = np.random.default_rng(deal).permutation(len(X)) % folds
    error = np.empty(len(X))
    with one_thread():
        for part, start in enumerate(fits.spawn(folds)):
            out = fold == part
            made = algorithm.fit(X[~out], k, seed=start, starts=starts)
            error[out] = _squares(X[out], made.centres[made.assign(X[out])])
        frozen = _squares(X, centres[assign(X)])
    total = float(_squares(X, X.mean(axis=0)).mean())
    gain = (frozen - error) / (total or 1.0)
    half = float(ndtri(0.5 + level / 2)) * float(gain.std(ddof=1)) / len(X) ** 0.5
    mean = float(gain.mean())
    return Interval(mean, mean - half, mean + half, level)


def _squares(X: FloatArray, Y: FloatArray) -> FloatArray:
    squares: FloatArray = ((X - Y) ** 2).sum(axis=1)
    return squares
