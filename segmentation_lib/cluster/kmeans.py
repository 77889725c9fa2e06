"""k-means: groups around centres, the same for a seed whatever the number of threads."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from segmentation_lib.cluster.groupings import NearestCentres, check_rows
from segmentation_lib.cluster.nearest import LaidOut
from segmentation_lib.cluster.search import finish, race, search, shake
from segmentation_lib.cluster.single_moves import settle
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread

__all__ = ["KMeans", "KMeansGrouping", "nearest_centre"]

# The optima of a sample are only candidates for all rows: there it pays to collect more of them.
_PATIENCE_ON_SAMPLE = 4
_KEPT_ON_SAMPLE = 48
# On the rows themselves the search ends when as many children in a row found nothing better.
_STALE_CHILDREN = 20


@dataclass(frozen=True)
class KMeansGrouping(NearestCentres):
    """Groups around centres, the largest group first.

    Attributes:
        centres: Mean of each group, shape (k, features).
        labels: Group of each row of the fit, 0 to k-1.
        inertia: Sum of squared distances of rows to their centre.
        found_share: Share of the cold starts that came within 0.01 % of the best sum of squares
            on their own, in the rows that the starts saw; 0 when only the search found it.
    """

    centres: FloatArray
    labels: IntArray
    inertia: float
    found_share: float = float("nan")

    def assign(self, X: FloatArray) -> IntArray:
        """Return the nearest centre of each row of ``X``."""
        return nearest_centre(X, self.centres)


@dataclass(frozen=True)
class KMeans:
    """k-means by many cold starts, recombination and single-row moves.

    Attributes:
        sample_size: Rows that the starts see at most; their best are then polished on all rows.

    Source: k-means++ starts (Arthur & Vassilvitskii 2007), moves of single rows (Hartigan & Wong
    1979), recombination (after Gribel & Vidal 2019).
    """

    sample_size: int = 2_000

    name = "kmeans"

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> KMeansGrouping:
        """Group the rows of ``X`` around ``k`` centres.

        Args:
            X: Matrix of shape (rows, features), without missing values, scaled.
            k: Number of groups.
            seed: Seed of the sample and of the search.
            starts: Number of cold starts, and of descents in each generation after them.

        Returns:
            The grouping, numbered by size and then by centre.

        Raises:
            ValueError: There are fewer rows than groups.
        """
        check_rows(len(X), k)
        with one_thread():
            centres, _, found_share = self._best_centres(X, None, k, seed, starts)
            settled = [settle(X, one, pairs=False) for one in centres]
            best = min(settled, key=lambda one: one.inertia)
            best = settle(X, best.centres)
        return _in_order(best.centres, best.labels, best.inertia, found_share)

    def fit_counts(
        self,
        X: FloatArray,
        counts: IntArray,
        k: int,
        *,
        seed: np.random.SeedSequence,
        starts: int,
    ) -> KMeansGrouping:
        """Group a sample in which row i of ``X`` occurs ``counts[i]`` times, and assign all rows.

        The same as `fit` on the repeated rows, up to the last digits, and cheaper for many rows.

        Args:
            X: Matrix of shape (rows, features), without missing values, scaled.
            counts: How often each row is in the sample, shape (rows,), not all 0.
            k: Number of groups.
            seed: Seed of the search.
            starts: Number of cold starts, and of descents in each generation after them.

        Returns:
            The grouping; ``labels`` are those of all rows of ``X``, ``inertia`` that of the sample.

        Raises:
            ValueError: The sample has fewer rows than groups.
        """
        drawn = np.flatnonzero(counts)
        if counts.sum() <= self.sample_size:
            fitted = self.fit(np.repeat(X, counts, axis=0), k, seed=seed, starts=starts)
            labels, inertia, share = fitted.assign(X), fitted.inertia, fitted.found_share
            return KMeansGrouping(fitted.centres, labels, inertia, share)
        with one_thread():
            centres, inertia, share = self._best_centres(X[drawn], counts[drawn], k, seed, starts)
        return _in_order(centres[0], nearest_centre(X, centres[0]), inertia, share)

    def _best_centres(
        self,
        X: FloatArray,
        counts: IntArray | None,
        k: int,
        seed: np.random.SeedSequence,
        starts: int,
    ) -> tuple[FloatArray, float, float]:
        """The best sets of centres, best first, the best sum of squares, and `found_share`."""
        rng = np.random.default_rng(seed)
        middle = X.mean(axis=0)
        centred = X - middle
        # One scale for all columns: single precision then has digits to spare, in any unit.
        scale = float(np.sqrt(np.einsum("nd,nd->", centred, centred) / len(X))) or 1.0
        centred /= scale
        size = len(X) if counts is None else int(counts.sum())
        if size <= self.sample_size:
            rows = LaidOut.of(centred)
            ends = search(rows, k, starts, rng, patience=ceil(_STALE_CHILDREN / starts))
            ends = finish(rows, shake(rows, ends, starts, rng))
            sets = ends.sets
        else:
            sample = LaidOut.of(centred[_sample(counts, len(X), self.sample_size, rng)])
            weights = None if counts is None else counts.astype(np.float64)
            ends = search(
                sample, k, starts, rng, patience=_PATIENCE_ON_SAMPLE, kept=_KEPT_ON_SAMPLE
            )
            ends = race(LaidOut.of(centred, weights), ends)
            sets = ends.sets[:1]
        return sets * scale + middle, float(ends.inertia[0]) * scale**2, ends.found_share


def _sample(counts: IntArray | None, n: int, size: int, rng: np.random.Generator) -> IntArray:
    """Rows of a sample of ``size``, ascending; with counts, out of the repeated rows."""
    if counts is None:
        return np.sort(rng.choice(n, size=size, replace=False))
    # Without replacement from the repeated rows, without repeating them.
    places = np.sort(rng.choice(int(counts.sum()), size=size, replace=False))
    return np.searchsorted(np.cumsum(counts), places, side="right")


def _in_order(
    centres: FloatArray, labels: IntArray, inertia: float, found_share: float
) -> KMeansGrouping:
    """Number groups by size, largest first, and equal sizes by their centres."""
    size = np.bincount(labels, minlength=len(centres))
    order = np.lexsort((*centres.T[::-1], -size))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return KMeansGrouping(centres[order], place[labels], float(inertia), found_share)


def nearest_centre(X: FloatArray, centres: FloatArray) -> IntArray:
    """Return the nearest centre of each row, the lower number when two are equally near."""
    length = (centres**2).sum(axis=1)
    with one_thread():
        # The square of the row is the same for all centres.
        distance = length[:, None] - 2 * (centres @ X.T)
    labels = np.zeros(len(X), dtype=np.int64)
    nearest = distance[0].copy()
    for number in range(1, len(centres)):
        closer = distance[number] < nearest
        np.copyto(labels, number, where=closer)
        np.minimum(nearest, distance[number], out=nearest)
    return labels
