"""k-means: groups around centres, the same for a seed whatever the number of threads."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans as LloydKMeans
from sklearn.exceptions import ConvergenceWarning

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows

__all__ = ["KMeans", "KMeansGrouping", "nearest_centre"]

_MAX_ITERATIONS = 300


@dataclass(frozen=True)
class KMeansGrouping:
    """Groups around centres, the largest group first.

    Attributes:
        centres: Mean of each group, shape (k, features).
        labels: Group of each row of the fit, 0 to k-1.
        inertia: Sum of squared distances of rows to their centre.
    """

    centres: FloatArray
    labels: IntArray
    inertia: float

    def assign(self, X: FloatArray) -> IntArray:
        """Return the nearest centre of each row of ``X``."""
        return nearest_centre(X, self.centres)


@dataclass(frozen=True)
class KMeans:
    """k-means with k-means++ starts (Lloyd 1982; Arthur & Vassilvitskii 2007).

    Attributes:
        sample_size: Rows for the starts at most; the best one is then polished on all rows.
    """

    sample_size: int = 50_000

    name = "kmeans"

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> KMeansGrouping:
        """Group the rows of ``X`` around ``k`` centres, keeping the best of ``starts`` starts.

        Args:
            X: Matrix of shape (rows, features), without missing values, scaled.
            k: Number of groups.
            seed: Seed of the sample and of the starts.
            starts: Number of cold starts.

        Returns:
            The grouping, numbered by size and then by centre.
        """
        draw, start = seed.generate_state(2)
        rows = sample_rows(len(X), self.sample_size, seed=int(draw))
        with one_thread(), warnings.catch_warnings():
            # Fewer distinct rows than k leave groups empty: the sizes say so.
            warnings.simplefilter("ignore", ConvergenceWarning)
            best = _lloyd(k, "k-means++", starts, int(start)).fit(X[rows])
            if len(rows) < len(X):
                best = _lloyd(k, best.cluster_centers_, 1, 0).fit(X)
        return _in_order(best.cluster_centers_, best.labels_.astype(np.int64), best.inertia_)


def _lloyd(k: int, init: str | FloatArray, starts: int, seed: int) -> LloydKMeans:
    return LloydKMeans(
        k, init=init, n_init=starts, max_iter=_MAX_ITERATIONS, random_state=seed, algorithm="lloyd"
    )


def _in_order(centres: FloatArray, labels: IntArray, inertia: float) -> KMeansGrouping:
    """Number groups by size, largest first, and equal sizes by their centres."""
    size = np.bincount(labels, minlength=len(centres))
    order = np.lexsort((*centres.T[::-1], -size))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return KMeansGrouping(centres[order], place[labels], float(inertia))


def nearest_centre(X: FloatArray, centres: FloatArray) -> IntArray:
    """Return the nearest centre of each row, the lower number when two are equally near."""
    length = (centres**2).sum(axis=1)
    with one_thread():
        # The square of the row is the same for all centres.
        nearest = np.argmin(length - 2 * (X @ centres.T), axis=1)
    return np.asarray(nearest, dtype=np.int64)
