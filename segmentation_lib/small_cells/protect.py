"""Which counts of a table to hide, so that its totals do not give the small ones back.

A count from 1 to ``limit - 1`` is small and is hidden (``<10``). Where a reader could work it out
from a total and the counts beside it, further counts, or totals, are hidden with it. Which ones is
the answer of two linear programmes per small count: what is the least that must be hidden so that
the count could as well be 1, and as well be ``limit - 1``, for a reader who knows all that is
shown, that totals add up, that counts are not negative, and what each mark of a hidden count
stands for? Zeros are shown: nobody is in that cell.

Source: the linear programme is the heuristic of Kelly, Golden & Assad (1992), with the attacker
of Fischetti & Salazar (2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

__all__ = ["Hidden", "hide_parts", "hide_table"]

BoolArray: TypeAlias = NDArray[np.bool_]
FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

# Hiding a total costs a page more than hiding a count.
_TOTAL = 50.0
# What is never to be hidden gives way only where nothing else protects.
_NEVER = 1e6
_MOVED = 1e-6


@dataclass(frozen=True)
class Hidden:
    """Which counts are hidden, totals included.

    Attributes:
        counts: The counts with their totals: a last place for the total of parts, a last row and
            a last column for those of a table.
        small: Counts under the limit, shown as ``<10``.
        hidden: Counts that are not shown: the small ones, and those hidden to protect them.
        limit: The fewest people that are shown.
        withheld: Nothing of the table may be shown: totals that readers know would give a small
            count away whatever else is hidden. Which counts are small must not be marked either.
    """

    counts: IntArray
    small: BoolArray
    hidden: BoolArray
    limit: int
    withheld: bool = False


def hide_parts(parts: IntArray, *, limit: int, keep: BoolArray | None = None) -> Hidden:
    """Choose what to hide among parts of a total that readers know, or can add up.

    Args:
        parts: Counts, shape (parts,), whose sum is the total.
        limit: Counts from 1 to ``limit - 1`` are small.
        keep: Parts that are to be shown unless they are small themselves.

    Returns:
        The choice, with the total in the last place.
    """
    counts = np.append(parts, parts.sum()).astype(np.int64)
    cost = np.ones(len(counts))
    cost[-1] = _TOTAL
    if keep is not None:
        cost[:-1][keep] = _NEVER
    return _choose(counts, cost, limit)


def hide_table(table: IntArray, *, limit: int, totals_stay: bool = False) -> Hidden:
    """Choose what to hide in a table whose row and column totals readers know, or can add up.

    Args:
        table: Counts, shape (rows, columns).
        limit: Counts from 1 to ``limit - 1`` are small.
        totals_stay: The totals are published elsewhere, but for the small ones: readers know
            them, so hiding one here would protect nothing. Where no count but a total could
            protect a small one, the whole table is withheld.

    Returns:
        The choice, with the totals in the last row and column.
    """
    wide = np.column_stack([table, table.sum(axis=1)])
    counts = np.vstack([wide, wide.sum(axis=0)]).astype(np.int64)
    cost = np.ones(counts.shape)
    cost[-1, :] = cost[:, -1] = _TOTAL
    return _choose(counts, cost, limit, totals_stay=totals_stay)


def _choose(counts: IntArray, cost: FloatArray, limit: int, *, totals_stay: bool = False) -> Hidden:
    totals = _totals(counts)
    small = (counts > 0) & (counts < limit)
    hidden = small.copy()
    free = (counts > 0) & ~(totals & ~small & totals_stay)
    # A small total that is shown elsewhere bears the mark of a small count there.
    marked = small & (totals_stay | ~totals)
    sums = _sums(counts.shape)
    # A large count tells more, so it is dearer to hide; a tie goes to the later place.
    flat = cost.ravel() * (1 + np.log10(np.maximum(counts.ravel(), 1)))
    flat = flat * (1 - 1e-4 * np.arange(counts.size) / max(counts.size, 1))
    for place in np.flatnonzero(small & ~totals):
        for target in (limit - 1, 1):
            more = _cover(counts, marked, hidden, free, flat, sums, int(place), target, limit)
            if more is None:
                return Hidden(counts, small, ~totals | small, limit, withheld=True)
            hidden |= more
    return Hidden(counts, small, hidden, limit)


def _cover(
    counts: IntArray,
    marked: BoolArray,
    hidden: BoolArray,
    free: BoolArray,
    cost: FloatArray,
    sums: FloatArray,
    place: int,
    target: int,
    limit: int,
) -> BoolArray | None:
    """Return what must be hidden so that one small count could as well be ``target``.

    The other counts that are free move as little as can be while all totals still add up; those
    that move are hidden. None if no move of theirs adds up.
    """
    need = target - int(counts.ravel()[place])
    if need == 0:
        return np.zeros(counts.shape, dtype=bool)
    lower, upper = _bounds(counts, marked, hidden | free, limit)
    up, down = upper.ravel() - counts.ravel(), counts.ravel() - lower.ravel()
    limits = [(0.0, float(most)) for most in (*up, *down)]
    limits[place] = (max(need, 0), max(need, 0))
    limits[place + counts.size] = (max(-need, 0), max(-need, 0))
    price = np.where(hidden.ravel(), 1e-3, cost)
    moved = _solve(np.tile(price, 2), np.hstack([sums, -sums]), limits)
    if moved is None:
        return None
    steps = moved[: counts.size] + moved[counts.size :]
    return np.asarray(steps > _MOVED).reshape(counts.shape)


def _bounds(
    counts: IntArray, marked: BoolArray, hidden: BoolArray, limit: int
) -> tuple[FloatArray, FloatArray]:
    lower = counts.astype(np.float64)
    upper = lower.copy()
    lower[hidden], upper[hidden] = limit, np.inf
    # A hidden total bears one mark, whether it is small or hides something small.
    lower[hidden & _totals(counts)] = 1
    lower[hidden & marked], upper[hidden & marked] = 1, limit - 1
    return lower, upper


def _totals(counts: IntArray) -> BoolArray:
    found = np.zeros(counts.shape, dtype=bool)
    found[-1] = True
    if counts.ndim > 1:
        found[:, -1] = True
    return found


def _sums(shape: tuple[int, ...]) -> FloatArray:
    """Return one row per total: its parts less itself, which is zero."""
    places = np.arange(int(np.prod(shape))).reshape(shape)
    lines = [places] if len(shape) == 1 else [*places, *places.T]
    table = np.zeros((len(lines), places.size))
    for row, line in enumerate(lines):
        table[row, line[:-1]] = 1.0
        table[row, line[-1]] = -1.0
    return table


def _solve(aim: FloatArray, sums: FloatArray, limits: list[tuple[Any, Any]]) -> FloatArray | None:
    """Return the cheapest amounts that add up, None where there are none or there is no end."""
    known = [(low, None if np.isinf(high) else high) for low, high in limits]
    result = linprog(aim, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=known, method="highs-ds")
    return np.asarray(result.x) if result.status == 0 else None
