"""Many k-means descents at once: every candidate set of centres moves in the same few products.

A candidate set is one start. All sets meet all rows in one matrix product, so that twenty starts
cost little more than a few. Single precision serves the search; `segmentation_lib.cluster.kmeans`
settles the winners in double precision.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["Gait", "LaidOut", "descend", "spread_starts"]

Single: TypeAlias = NDArray[np.float32]

# Numbers of one block: a few of them stay in the processor's cache.
_BLOCK = 1 << 17
_CHECK_EVERY = 3
# Rounds at the end that step to the means, no further.
_PLAIN_ROUNDS = 2


@dataclass(frozen=True)
class Gait:
    """How a descent goes.

    Attributes:
        rounds: Rounds at most; the last two step to the means.
        pace: Step, as a multiple of the way to the mean; above 1 it gets further in as many rounds.
        momentum: Share of the last move that is added.
        moves_from: First round with the exact rule for single rows, at least 1; None for never,
            and for weighted rows.
        tolerance: A set is done when its centres are within this squared distance of the means.
        halved_at: Round after which only the better half of the sets goes on; None for all. Those
            that stay behind are returned as they were then.
    """

    rounds: int
    pace: float = 1.0
    momentum: float = 0.0
    moves_from: int | None = 1
    tolerance: float = 0.0
    halved_at: int | None = None


@dataclass(frozen=True)
class LaidOut:
    """Rows laid out for products with many centres.

    Attributes:
        columns: ``x, |x|^2, 1`` of each row, shape (features + 2, rows).
        weighted: The same, one line a row, times the row's weight, shape (rows, features + 2).
        total: Sum of the weights.
        squares: Weighted sum of ``|x|^2``.
    """

    columns: Single
    weighted: Single
    total: float
    squares: float = field(repr=False)

    @classmethod
    def of(cls, X: FloatArray, weights: FloatArray | None = None) -> LaidOut:
        """Lay out ``X``, shape (rows, features), centred and of moderate size."""
        n, d = X.shape
        lines = np.empty((n, d + 2), dtype=np.float32)
        lines[:, :d] = X
        lines[:, d] = np.einsum("nd,nd->n", X, X)
        lines[:, d + 1] = 1
        weighted = lines if weights is None else lines * weights.astype(np.float32)[:, None]
        squares = float(weighted[:, d].sum(dtype=np.float64))
        total = float(n if weights is None else weights.sum())
        return cls(np.ascontiguousarray(lines.T), weighted, total, squares)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of features."""
        return self.columns.shape[1], len(self.columns) - 2


def spread_starts(rows: LaidOut, k: int, starts: int, rng: np.random.Generator) -> Single:
    """Return ``starts`` sets of ``k`` centres drawn by k-means++, shape (starts, k, features).

    Rows are drawn without regard to their weights. Source: Arthur & Vassilvitskii 2007.
    """
    n, d = rows.shape
    centres = np.empty((starts, k, d), dtype=np.float32)
    chances = rng.random((k, starts))
    picked = (chances[0] * n).astype(np.int64)
    nearest: Single | None = None
    for place in range(k):
        centres[:, place] = rows.columns[:d, picked].T
        if place == k - 1:
            break
        distance = _products(centres[:, place : place + 1]) @ rows.columns
        np.maximum(distance, 0, out=distance)
        nearest = distance if nearest is None else np.minimum(nearest, distance)
        reach = np.cumsum(nearest, axis=1, dtype=np.float64)
        aim = chances[place + 1] * reach[:, -1]
        found = [np.searchsorted(*pair, side="right") for pair in zip(reach, aim, strict=True)]
        picked = np.minimum(found, n - 1)
    return centres


def descend(
    rows: LaidOut, centres: FloatArray | Single, gait: Gait
) -> tuple[FloatArray, FloatArray]:
    """Move every set of centres downhill, and return the best set first.

    A round assigns every row and moves each centre towards its mean. From round
    ``gait.moves_from`` a row changes its group if that alone lowers the sum of squares
    (``n/(n+1) d_other^2 < n/(n-1) d_own^2``, Hartigan & Wong 1979), which leaves fewer false optima
    than the nearest centre does.

    Args:
        rows: The rows, from `LaidOut.of`.
        centres: Sets of centres, shape (sets, k, features).
        gait: How far and how long.

    Returns:
        The sets, shape (sets, k, features), and their sums of squares, in ascending order. A group
        that lost all its rows keeps its centre.
    """
    sets, k, d = centres.shape
    width = max(256, _BLOCK // (sets * k))
    here: Single = centres.astype(np.float32)
    last: Single = np.zeros_like(here)
    held: list[Single] | None = None if gait.moves_from is None else []
    final, kept = np.empty((sets, k, d + 2), dtype=np.float32), here.copy()
    active = np.arange(sets)
    count: Single | None = None
    for turn in range(gait.rounds):
        exact = count if gait.moves_from is not None and turn >= gait.moves_from else None
        sums = _assign(rows, here, exact, held, width)
        count = sums[:, :, d + 1]
        mean = _means(sums)
        if count.min() < 0.5:
            np.copyto(mean, here, where=count[:, :, None] < 0.5)
        step = mean - here
        over = turn == gait.rounds - 1
        still = np.full(len(active), not over)
        check = over or turn % _CHECK_EVERY == _CHECK_EVERY - 1
        if check or turn == gait.halved_at:
            final[active], kept[active] = sums, mean
        if turn == gait.halved_at:
            still &= _better_half(sums)
        if check:
            still &= np.einsum("skd,skd->s", step, step) > gait.tolerance
            if not still.any():
                break
        if turn < gait.rounds - _PLAIN_ROUNDS:
            last *= np.float32(gait.momentum)
            last += np.float32(gait.pace) * step
            here = here + last
        else:
            here = mean
        if not still.all():
            active, here, last, count = active[still], here[still], last[still], count[still]
            held = held and [_rows_of_sets(block, still, k) for block in held]
    return _ranked(rows, final, kept)


def _assign(
    rows: LaidOut, centres: Single, count: Single | None, held: list[Single] | None, width: int
) -> Single:
    """Sums of ``x, |x|^2, 1`` over each group's rows; ``held`` keeps who is where."""
    sets, k, d = centres.shape
    products = _products(centres.reshape(sets * k, 1, d))
    own = None
    if count is not None and held:
        size = np.maximum(count, np.float32(2)).reshape(-1, 1)
        products *= size / (size + 1)
        own = 2 / (size - 1)
    n = rows.shape[0]
    sums = np.zeros((sets * k, d + 2), dtype=np.float32)
    for block, begin in enumerate(range(0, n, width)):
        part = slice(begin, min(begin + width, n))
        distance = products @ rows.columns[:, part]
        if own is not None and held:
            # For the own group the factor is (n+1)/(n-1) times that of the others.
            factor = held[block]
            factor *= own
            factor += 1
            distance *= factor
        member = _nearest(distance.reshape(sets, k, -1))
        if held is not None:
            held[block : block + 1] = [member]
        sums += member @ rows.weighted[part]
    return sums.reshape(sets, k, d + 2)


def _means(sums: Single) -> Single:
    count = np.maximum(sums[:, :, -1:], np.float32(1))
    return np.divide(sums[:, :, :-2], count, dtype=np.float32)


def _nearest(distance: Single) -> Single:
    """1 where a row's centre is, else 0, shape (sets * k, rows); a tie goes to the first."""
    sets, k, n = distance.shape
    nearest = distance == distance.min(axis=1, keepdims=True)
    if np.count_nonzero(nearest) > sets * n:
        nearest &= np.cumsum(nearest, axis=1) == 1
    member: Single = nearest.reshape(sets * k, n).astype(np.float32)
    return member


def _products(centres: Single) -> Single:
    """Rows that give squared distances when multiplied with `LaidOut.columns`."""
    flat = centres.reshape(-1, centres.shape[-1])
    lines = np.empty((len(flat), flat.shape[1] + 2), dtype=np.float32)
    np.multiply(flat, np.float32(-2), out=lines[:, :-2])
    lines[:, -2] = 1
    lines[:, -1] = np.einsum("cd,cd->c", flat, flat)
    return lines


def _rows_of_sets(member: Single, chosen: NDArray[np.bool_], k: int) -> Single:
    kept: Single = member.reshape(len(chosen), -1)[chosen].reshape(int(chosen.sum()) * k, -1)
    return kept


def _better_half(sums: Single) -> NDArray[np.bool_]:
    better = np.zeros(len(sums), dtype=np.bool_)
    better[np.argsort(-_explained(sums), kind="stable")[: (len(sums) + 1) // 2]] = True
    return better


def _explained(sums: Single) -> FloatArray:
    """What the means of each set take off the sum of squares."""
    exact = sums.astype(np.float64)
    squares: FloatArray = (exact[:, :, :-2] ** 2).sum(axis=2) / np.maximum(exact[:, :, -1], 1.0)
    total: FloatArray = squares.sum(axis=1)
    return total


def _ranked(rows: LaidOut, sums: Single, centres: Single) -> tuple[FloatArray, FloatArray]:
    inertia = rows.squares - _explained(sums)
    order = np.argsort(inertia, kind="stable")
    return centres[order].astype(np.float64), inertia[order]
