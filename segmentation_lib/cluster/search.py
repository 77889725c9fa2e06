"""The search for the best sum of squares: cold starts, their offspring, and shaking.

Most starts end in a false optimum, and on a shapeless cloud nearly all do. So cold starts are only
the first generation: the ends of two are combined, or a centre is put elsewhere, and all descend
again, until that brings nothing better; then the best are shaken a little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from segmentation_lib.cluster.descent import Gait, descend, spread_starts
from segmentation_lib.cluster.nearest import LaidOut
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["Ends", "distinct", "finish", "race", "search", "shake"]

_GENERATIONS = 6
# A generation that finds nothing better is stale, and counts twice when it found the best again.
_AGAIN = 3
_CROSSED = 0.6
_FINALISTS = 4
# Neighbours of the best differ from them in a few rows at the borders.
_SHAKINGS, _STALE_SHAKINGS = 4, 2
_WORTH_SHAKING = 1e-3
_SHIFT = (0.5, 6.0)
# On all rows those are followed that are this near to the best on the sample: with 2,000 rows
# chance alone sets the sums of squares of two optima some per cent apart.
_IN_REACH = 0.05
# Two ends are the same optimum when their sums of squares differ by less than this share.
_SAME = 1e-7
# So near that they are the same groups in another order.
_EQUAL = 1e-10
# Single precision and the mean excess of `Nearest.sums` may hide a difference as small as this.
_UNDECIDED = 1e-5
# A start has found the best when it ends this near to it, as a share of its sum of squares.
_FOUND = 1e-4
# When this share of the starts ends at one and the same optimum, there is nothing to search for.
_AGREED = 0.8
_SEARCH = Gait(rounds=12, pace=2.0, momentum=0.5, moves_from=2)
# Children start near an optimum: after a few rounds it shows which are worth following.
_YOUNG = replace(_SEARCH, rounds=10, halved_at=(3,))
_SHAKEN = Gait(rounds=10, pace=1.5, momentum=0.3, moves_from=1, halved_at=(3,))
_FINISH = Gait(rounds=4, pace=1.5, momentum=0.3)
# One round on all rows already tells most candidates apart.
_ALL_ROWS = Gait(
    rounds=60, pace=2.0, momentum=0.5, moves_from=None, tolerance=1e-7, halved_at=(0, 2, 8, 16)
)


@dataclass(frozen=True)
class Ends:
    """Where descents ended, best first.

    Attributes:
        sets: Sets of centres, shape (sets, k, features).
        inertia: Their sums of squares, ascending, shape (sets,).
        found_share: Share of the cold starts that came within 0.01 % of the best on their own.
    """

    sets: FloatArray
    inertia: FloatArray
    found_share: float


def search(
    rows: LaidOut,
    k: int,
    starts: int,
    rng: np.random.Generator,
    *,
    patience: int,
    kept: int = 32,
) -> Ends:
    """Return the distinct ends of cold starts and of generations after them.

    Args:
        rows: The rows.
        k: Number of groups.
        starts: Number of cold starts, and of children in each generation.
        rng: Source of the starts and children.
        patience: Stale generations after which the search ends.
        kept: Ends that are kept at most, and may have offspring.

    Source: recombination after Gribel & Vidal 2019.
    """
    sets, inertia = descend(rows, spread_starts(rows, k, starts, rng), _SEARCH)
    cold = inertia
    sets, inertia = distinct(sets, inertia, kept=kept)
    agreed = np.mean(cold <= inertia[0] * (1 + _FOUND / 10))
    stale = 0
    for _ in range(0 if agreed >= _AGREED else _GENERATIONS):
        best = inertia[0]
        young, value = descend(rows, _offspring(sets, rows, starts, rng), _YOUNG)
        every = np.concatenate([sets, young]), np.concatenate([inertia, value])
        sets, inertia = distinct(*every, kept=kept)
        again = int(np.sum(value <= best * (1 + _SAME)))
        stale = 0 if inertia[0] < best * (1 - _SAME) else stale + (2 if again >= _AGAIN else 1)
        if stale >= patience:
            break
    return Ends(sets, inertia, float(np.mean(cold <= inertia[0] * (1 + _FOUND))))


def shake(rows: LaidOut, ends: Ends, number: int, rng: np.random.Generator) -> Ends:
    """Return the ends and the better neighbours of the best of them.

    A child is a good set whose centres are all shifted, by about as much as those of another sample
    of the rows would be; shaking goes on while it helps. Source: iterated local search (Lourenço,
    Martin & Stützle 2003).

    Args:
        rows: The rows.
        ends: What the search found.
        number: Children in each shaking.
        rng: Source of the shifts.
    """
    n, d = rows.shape
    sets, inertia = ends.sets, ends.inertia
    low, high = float(np.log(_SHIFT[0])), float(np.log(_SHIFT[1]))
    stale = 0
    for _ in range(_SHAKINGS):
        best = inertia[0]
        near = sets[:_FINALISTS][inertia[:_FINALISTS] <= best * (1 + _WORTH_SHAKING)]
        one = rng.integers(0, len(near), (2, number)).min(axis=0)
        shift = np.sqrt(sets.shape[1] / n / d) * np.exp(rng.uniform(low, high, number))
        young = near[one] + rng.normal(size=near[one].shape) * shift[:, None, None]
        young, value = descend(rows, young, _SHAKEN)
        sets, inertia = distinct(np.concatenate([sets, young]), np.concatenate([inertia, value]))
        stale = 0 if inertia[0] < best * (1 - _SAME) else stale + 1
        if stale >= _STALE_SHAKINGS:
            break
    return replace(ends, sets=sets, inertia=inertia)


def finish(rows: LaidOut, ends: Ends) -> Ends:
    """Return the few best ends, descended further; only those that may yet turn out the best."""
    sets, inertia = descend(rows, ends.sets[:_FINALISTS], _FINISH)
    sets, inertia = distinct(sets, inertia, same=_EQUAL)
    near = inertia <= inertia[0] * (1 + _UNDECIDED)
    return replace(ends, sets=sets[near], inertia=inertia[near])


def race(rows: LaidOut, ends: Ends) -> Ends:
    """Descend on all rows from what a sample of them found, and drop the worse half on the way.

    Args:
        rows: All rows, weighted or not.
        ends: The ends on the sample.

    Returns:
        The ends on all rows, best first; those that were dropped as they were then.
    """
    sets = ends.sets[ends.inertia <= ends.inertia[0] * (1 + _IN_REACH)]
    sets, inertia = descend(rows, sets, _ALL_ROWS)
    return replace(ends, sets=sets, inertia=inertia)


def distinct(
    sets: FloatArray, inertia: FloatArray, *, kept: int = 32, same: float = _SAME
) -> tuple[FloatArray, FloatArray]:
    """Return the best sets, one of each optimum, best first; ``kept`` at most."""
    order = np.argsort(inertia, kind="stable")
    ranked = inertia[order]
    fresh = np.append(True, np.diff(ranked) > same * abs(ranked[0]))
    order = order[fresh][:kept]
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
