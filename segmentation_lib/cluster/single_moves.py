"""The end of a k-means descent, in double precision: no row can change its group and gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["Settled", "settle"]

# Rounds cost rows times groups; few rows are followed to the very end.
_ROUNDS_FOR_FEW, _FEW = 500, 20_000
_ROUNDS_FOR_MANY = 10
# Rows at the border that are looked at in pairs.
_BORDER = 24


@dataclass(frozen=True)
class Settled:
    """Groups that no single row wants to leave.

    Attributes:
        centres: Means of the groups, shape (k, features); an empty group keeps its centre.
        labels: Group of each row.
        inertia: Sum of squared distances of rows to their centre.
    """

    centres: FloatArray
    labels: IntArray
    inertia: float


def settle(X: FloatArray, centres: FloatArray, *, pairs: bool = True) -> Settled:
    """Move rows until none lowers the sum of squares by changing its group alone.

    All rows that would gain move at once if that gains; otherwise the one that gains most moves.
    Above 20,000 rows ten rounds are enough: what is left is in the eighth digit.

    Args:
        X: Matrix of shape (rows, features).
        centres: Where a descent ended, shape (k, features).
        pairs: Whether two rows also move together that gain together and lose alone.

    Source: the criterion of Hartigan & Wong 1979, ``n/(n+1) d_other^2 < n/(n-1) d_own^2``.
    """
    now = _means(X, _distances(X, centres).argmin(axis=0), centres)
    for _ in range(_ROUNDS_FOR_FEW if len(X) <= _FEW else _ROUNDS_FOR_MANY):
        gain, goal = _gains(X, now.labels, now.centres, _sizes(now))
        # Gains of rounding errors would move rows to and fro for ever.
        least = 1e-12 * max(now.inertia / len(X), float(np.finfo(np.float64).tiny))
        willing = np.flatnonzero(gain > least)
        if len(willing) == 0 and pairs:
            willing = _pair(X, now, gain, goal, least)
        if len(willing) == 0:
            break
        after = _moved(X, now, willing, goal)
        if after.inertia >= now.inertia:
            after = _moved(X, now, willing[[gain[willing].argmax()]], goal)
        if after.inertia >= now.inertia:
            break
        now = after
    return now


def _sizes(now: Settled) -> FloatArray:
    return np.bincount(now.labels, minlength=len(now.centres)).astype(np.float64)


def _gains(
    X: FloatArray, labels: IntArray, centres: FloatArray, size: FloatArray
) -> tuple[FloatArray, IntArray]:
    """What each row gains by the best change of its group alone, and which group that is."""
    distance = _distances(X, centres)
    every = np.arange(len(X))
    leave = distance[labels, every] * (size / np.maximum(size - 1, 1))[labels]
    enter = distance * (size / (size + 1))[:, None]
    enter[labels, every] = np.inf
    goal = enter.argmin(axis=0)
    return leave - enter[goal, every], goal


def _pair(X: FloatArray, now: Settled, gain: FloatArray, goal: IntArray, least: float) -> IntArray:
    """Two rows that lose alone and gain together, out of those that lose least; else none.

    Source of false optima that differ in a few rows at the border.
    """
    size = _sizes(now)
    near = np.argsort(-gain, kind="stable")[:_BORDER]
    near = near[np.isfinite(gain[near]) & (size[now.labels[near]] > 1)]
    own, other, first = now.labels[near], goal[near], np.arange(len(near))
    # The groups after each row's move alone, shape (rows, k, features).
    centres, sizes = np.tile(now.centres, (len(near), 1, 1)), np.tile(size, (len(near), 1))
    centres[first, own] += (centres[first, own] - X[near]) / (size[own] - 1)[:, None]
    centres[first, other] += (X[near] - centres[first, other]) / (size[other] + 1)[:, None]
    sizes[first, own] -= 1
    sizes[first, other] += 1
    # What each other row gains then by the move that it would make alone.
    left = ((X[near] - centres[:, own]) ** 2).sum(axis=2)
    entered = ((X[near] - centres[:, other]) ** 2).sum(axis=2)
    stay = sizes[:, own]
    second = left * stay / np.maximum(stay - 1, 1)
    second -= entered * sizes[:, other] / (sizes[:, other] + 1)
    total = gain[near][:, None] + second
    total[first, first] = -np.inf
    if len(near) == 0 or total.max() <= least:
        return np.empty(0, dtype=np.int64)
    return near[list(np.unravel_index(total.argmax(), total.shape))]


def _moved(X: FloatArray, now: Settled, chosen: IntArray, goal: IntArray) -> Settled:
    labels = now.labels.copy()
    labels[chosen] = goal[chosen]
    return _means(X, labels, now.centres)


def _means(X: FloatArray, labels: IntArray, before: FloatArray) -> Settled:
    k = len(before)
    member = (labels == np.arange(k)[:, None]).astype(np.float64)
    size, sums = member.sum(axis=1), member @ X
    centres = np.where(size[:, None] > 0, sums / np.maximum(size, 1)[:, None], before)
    apart = X - centres[labels]
    return Settled(centres, labels, float(np.einsum("nd,nd->", apart, apart)))


def _distances(X: FloatArray, centres: FloatArray) -> FloatArray:
    """Squared distances, shape (k, rows)."""
    square = np.einsum("nd,nd->n", X, X) + (centres**2).sum(axis=1)[:, None]
    distance: FloatArray = np.maximum(square - 2 * centres @ X.T, 0.0)
    return distance
