"""k-means: groups around centres, the same for a seed whatever the number of threads.

Most starts end in a false optimum, and on a shapeless cloud nearly all do. So cold starts are only
the first generation of a search: the ends of two are combined, or a centre is put elsewhere, and
all descend again, until three generations bring nothing better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from segmentation_lib.cluster.descent import Gait, LaidOut, descend, spread_starts
from segmentation_lib.cluster.groupings import NearestCentres, check_rows
from segmentation_lib.cluster.single_moves import settle
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread

__all__ = ["KMeans", "KMeansGrouping", "nearest_centre"]

_GENERATIONS = 6
_PATIENCE = 2
_AGAIN = 3
_KEPT = 16
_CROSSED = 0.6
_FINALISTS = 4
# On all rows only those are followed that are this near to the best on the sample.
_IN_REACH = 0.01
# Two ends are the same optimum when their sums of squares differ by less than this share.
_SAME = 1e-7
# So near that they are the same groups in another order.
_EQUAL = 1e-10
# A start has found the best when it ends this near to it, as a share of its sum of squares.
_FOUND = 1e-4
# When this share of the starts ends at one and the same optimum, there is nothing to search for.
_AGREED = 0.8
_SEARCH = Gait(rounds=12, pace=2.0, momentum=0.5)
# Children start near an optimum: after a few rounds it shows which are worth following.
_YOUNG = replace(_SEARCH, rounds=10, halved_at=3)
_FINISH = Gait(rounds=8, pace=1.5, momentum=0.3)
_ALL_ROWS = Gait(rounds=60, pace=2.0, momentum=0.5, moves_from=None, tolerance=1e-7)


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
            settled = [settle(X, one) for one in centres]
        best = min(settled, key=lambda one: one.inertia)
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
            sets, _, share = _search(rows, k, starts, rng)
            sets, inertia = descend(rows, sets[:_FINALISTS], _FINISH)
            sets, inertia = _distinct(sets, inertia, same=_EQUAL)
            sets = sets[inertia <= inertia[0] * (1 + 1e-5)]
        else:
            sample = _sample(counts, len(X), self.sample_size, rng)
            sets, value, share = _search(LaidOut.of(centred[sample]), k, starts, rng)
            weights = None if counts is None else counts.astype(np.float64)
            sets = sets[value <= value[0] * (1 + _IN_REACH)][: _FINALISTS - 1]
            sets, inertia = descend(LaidOut.of(centred, weights), sets, _ALL_ROWS)
            sets = sets[:1]
        return sets * scale + middle, float(inertia[0]) * scale**2, share


def _sample(counts: IntArray | None, n: int, size: int, rng: np.random.Generator) -> IntArray:
    """Rows of a sample of ``size``, ascending; with counts, out of the repeated rows."""
    if counts is None:
        return np.sort(rng.choice(n, size=size, replace=False))
    # Without replacement from the repeated rows, without repeating them.
    places = np.sort(rng.choice(int(counts.sum()), size=size, replace=False))
    return np.searchsorted(np.cumsum(counts), places, side="right")


def _search(
    rows: LaidOut, k: int, starts: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, float]:
    """The distinct ends of the search, best first, their sums of squares, and `found_share`."""
    sets, inertia = descend(rows, spread_starts(rows, k, starts, rng), _SEARCH)
    cold = inertia
    sets, inertia = _distinct(sets, inertia)
    agreed = np.mean(cold <= inertia[0] * (1 + _FOUND / 10))
    stale = 0
    for _ in range(0 if agreed >= _AGREED else _GENERATIONS):
        best = inertia[0]
        young, value = descend(rows, _offspring(sets, rows, starts, rng), _YOUNG)
        sets, inertia = _distinct(np.concatenate([sets, young]), np.concatenate([inertia, value]))
        again = int(np.sum(value <= best * (1 + _SAME)))
        stale = 0 if inertia[0] < best * (1 - _SAME) else stale + (2 if again >= _AGAIN else 1)
        if stale >= _PATIENCE:
            break
    return sets, inertia, float(np.mean(cold <= inertia[0] * (1 + _FOUND)))


def _distinct(
    sets: FloatArray, inertia: FloatArray, *, same: float = _SAME
) -> tuple[FloatArray, FloatArray]:
    """The best sets, one of each optimum."""
    order = np.argsort(inertia, kind="stable")
    ranked = inertia[order]
    fresh = np.append(True, np.diff(ranked) > same * abs(ranked[0]))
    order = order[fresh][:_KEPT]
    return sets[order], inertia[order]


def _offspring(
    sets: FloatArray, rows: LaidOut, number: int, rng: np.random.Generator
) -> FloatArray:
    """Sets from two good parents, or from one with a centre moved to a random row."""
    parents, k, d = sets.shape
    one = rng.integers(0, parents, (2, number)).min(axis=0)
    crossed = (rng.random(number) < _CROSSED) & (min(parents, k) > 1)
    other = rng.integers(0, max(parents - 1, 1), (2, number)).min(axis=0)
    young: FloatArray = sets[one]
    mate = sets[np.where(crossed, other + (other >= one), 0)]
    # At least one centre of each parent: a child like its parent would find nothing new.
    rank = rng.random((number, k)).argsort(axis=1)
    taken = (rank < rng.integers(1, max(k, 2), (number, 1))) & crossed[:, None]
    apart = ((young[:, :, None] - mate[:, None]) ** 2).sum(axis=3)
    for place in range(k):
        # A centre of the mate takes the place of the nearest that has not been replaced.
        chosen = np.flatnonzero(taken[:, place])
        nearest = apart[chosen, :, place].argmin(axis=1)
        young[chosen, nearest] = mate[chosen, place]
        apart[chosen, nearest] = np.inf
    moved = np.flatnonzero(~crossed)
    drawn = rng.integers(0, rows.shape[0], len(moved))
    young[moved, rng.integers(0, k, len(moved))] = rows.columns[:d, drawn].T
    return young


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
