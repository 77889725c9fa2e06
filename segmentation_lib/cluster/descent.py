"""Many k-means descents at once: every candidate set of centres moves in the same few products.

A candidate set is one start. All sets meet all rows in one matrix product, so that twenty starts
cost little more than a few. Single precision serves the search; `segmentation_lib.cluster.kmeans`
settles the winners in double precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation_lib.cluster.nearest import LaidOut, Nearest, Single, products
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["Gait", "descend", "spread_starts"]

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
        moves_from: First round with the rule for single rows, at least 1; None for never,
            and for weighted rows.
        tolerance: A set is done when its centres are within this squared distance of the means.
        halved_at: Rounds after each of which only the better half of the sets goes on. Those that
            stay behind are returned as they were then.
    """

    rounds: int
    pace: float = 1.0
    momentum: float = 0.0
    moves_from: int | None = 1
    tolerance: float = 0.0
    halved_at: tuple[int, ...] = ()


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
        distance = products(centres[:, place : place + 1]) @ rows.columns
        np.maximum(distance, 0, out=distance)
        nearest = distance if nearest is None else np.minimum(nearest, distance)
        reach = np.cumsum(nearest, axis=1, dtype=np.float64)
        aim = chances[place + 1] * reach[:, -1]
        picked = np.minimum(np.count_nonzero(reach <= aim[:, None], axis=1), n - 1)
    return centres


def descend(
    rows: LaidOut, centres: FloatArray | Single, gait: Gait
) -> tuple[FloatArray, FloatArray]:
    """Move every set of centres downhill, and return the best set first.

    A round assigns every row and moves each centre towards its mean. From round
    ``gait.moves_from`` a row changes its group if that alone lowers the sum of squares, or nearly
    so (see `Nearest.sums`), which leaves fewer false optima than the nearest centre does.

    Args:
        rows: The rows, from `LaidOut.of`.
        centres: Sets of centres, shape (sets, k, features).
        gait: How far and how long.

    Returns:
        The sets, shape (sets, k, features), and their sums of squares, in ascending order. A group
        that lost all its rows keeps its centre.
    """
    sets, k, d = centres.shape
    here: Single = centres.astype(np.float32)
    last: Single = np.zeros_like(here)
    groups = Nearest(rows, sets, k, remember=gait.moves_from is not None)
    final, kept = np.empty((sets, k, d + 2), dtype=np.float32), here.copy()
    active = np.arange(sets)
    count: Single | None = None
    for turn in range(gait.rounds):
        alone = gait.moves_from is not None and turn >= gait.moves_from
        sums = groups.sums(here, count if alone else None)
        count = sums[:, :, d + 1]
        mean = _means(sums)
        if count.min() < 0.5:
            np.copyto(mean, here, where=count[:, :, None] < 0.5)
        step = mean - here
        over = turn == gait.rounds - 1
        check = over or turn % _CHECK_EVERY == _CHECK_EVERY - 1
        if check or turn in gait.halved_at:
            final[active], kept[active] = sums, mean
            still = np.full(len(active), not over)
            if turn in gait.halved_at:
                still &= _better_half(sums)
            if check:
                still &= np.einsum("skd,skd->s", step, step) > gait.tolerance
            if not still.any():
                break
            if not still.all():
                active, here, last, count = active[still], here[still], last[still], count[still]
                step, mean = step[still], mean[still]
                groups.keep(still)
        if turn < gait.rounds - _PLAIN_ROUNDS:
            last *= np.float32(gait.momentum)
            step *= np.float32(gait.pace)
            last += step
            here = here + last
        else:
            here = mean
    return _ranked(rows, final, kept)


def _means(sums: Single) -> Single:
    count = np.maximum(sums[:, :, -1:], np.float32(1))
    return np.divide(sums[:, :, :-2], count, dtype=np.float32)


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
