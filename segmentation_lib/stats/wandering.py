"""Walks between pages by nothing but how often pages are visited: what comes back by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "ChanceReturns",
    "chance_returns",
    "fruitless_returns",
    "page_weights",
    "unseen_weights",
    "wander",
]

_ROUNDS = 200


@dataclass(frozen=True)
class ChanceReturns:
    """Fruitless returns of drawn walks; arrays of one number per page.

    Attributes:
        rate: Share of the visits that are fruitless returns; 0 where no walk came.
        variance: Of the rate, as walks are drawn and not counted out.
    """

    rate: FloatArray
    variance: FloatArray


def page_weights(arrivals: FloatArray, departures: FloatArray) -> FloatArray:
    """Return how popular each page is, if the next page is drawn whatever was visited before.

    From page a comes page b with chance w[b] / (1 - w[a]); a page does not follow itself. The
    weights are those of the greatest likelihood (quasi-independence; Bishop, Fienberg & Holland
    1975, chapter 5), by iteration.

    Args:
        arrivals: Moves to each page.
        departures: Moves from each page.

    Returns:
        The weights, of sum 1; equal ones where nobody moved.
    """
    size = len(arrivals)
    if arrivals.sum() <= 0:
        return np.full(size, 1 / size)
    weights = np.asarray((arrivals + 0.0) / arrivals.sum())
    for _ in range(_ROUNDS):
        # Two pages in turn would get all the weight between them.
        offered = departures / np.maximum(1 - weights, 1e-6)
        weights = arrivals / np.maximum(offered.sum() - offered, 1e-12)
        weights = weights / weights.sum()
    return np.asarray(weights)


def unseen_weights(arrivals: FloatArray, moves: FloatArray, *, else_: FloatArray) -> FloatArray:
    """Return how popular each page is with those who have not been there yet.

    Whoever goes round in circles makes a page look popular; who has not seen it does not.

    Args:
        arrivals: First arrivals of walks at each page by a move; a first page is none.
        moves: Moves from each page (rows) of walks that had not seen a page (columns) by then.
        else_: Weights for pages with fewer than 10 first arrivals: most walks begin there.

    Returns:
        The weights, of sum 1.
    """
    known = arrivals >= 10
    weights = np.asarray(else_, dtype=np.float64)
    for _ in range(_ROUNDS):
        offered = (moves / np.maximum(1 - weights, 1e-6)[:, None]).sum(axis=0)
        hazard = arrivals / np.maximum(offered, 1e-12)
        fresh = np.where(known, hazard, else_)
        left = max(1 - fresh[~known].sum(), 0.0)
        fresh[known] *= left / max(fresh[known].sum(), 1e-12)
        weights = fresh / max(fresh.sum(), 1e-12)
    return weights


def wander(
    first: FloatArray, weights: FloatArray, lengths: IntArray, *, rng: np.random.Generator
) -> IntArray:
    """Draw walks whose next page depends on no page but the one they are at, which it is not.

    Args:
        first: Chance of each page to be the first.
        weights: The result of `page_weights`.
        lengths: Pages of each walk, at least 1.
        rng: Source of randomness.

    Returns:
        Pages (walks x longest), -1 after the end of a walk.
    """
    pages = np.full((len(lengths), int(lengths.max(initial=1))), -1, dtype=np.int64)
    ends = weights.cumsum()
    last = len(weights) - 1
    begins = first.cumsum() / first.sum()
    pages[:, 0] = np.minimum(np.searchsorted(begins, rng.random(len(lengths)), "right"), last)
    for step in range(1, pages.shape[1]):
        here = pages[:, step - 1]
        own = weights[here]
        drawn = rng.random(len(lengths)) * (1 - own)
        # The place of the page itself is stepped over.
        drawn = drawn + np.where(drawn >= ends[here] - own, own, 0.0)
        pages[:, step] = np.minimum(np.searchsorted(ends, drawn, "right"), last)
    pages[np.arange(pages.shape[1]) >= lengths[:, None]] = -1
    return pages


def fruitless_returns(pages: IntArray) -> BoolArray:
    """Return which visits come back to a page without anything new before or after.

    Such a return saw no new page since the visit before, or sees none until the page comes again
    or the walk ends.

    Args:
        pages: Pages (walks x longest), -1 after the end of a walk, no page twice in a row.

    >>> fruitless_returns(np.array([[0, 1, 0, 2], [0, 1, 0, -1]]))[:, 2].tolist()
    [False, True]
    """
    walks, longest = pages.shape
    row, size = np.arange(walks), int(pages.max(initial=0)) + 1
    seen = np.full((walks, size + 1), -1)
    before = np.full(pages.shape, -1)
    last_new, newest = np.full(pages.shape, -1), np.full(walks, -1)
    for step in range(longest):
        page = pages[:, step]
        before[:, step] = seen[row, page]
        newest = np.where((before[:, step] < 0) & (page >= 0), step, newest)
        last_new[:, step] = newest
        seen[row, page] = step
    again = np.full((walks, size + 1), longest + 1)
    following = np.full(walks, longest + 2)
    stuck = np.zeros(pages.shape, dtype=bool)
    for step in range(longest - 1, -1, -1):
        page = pages[:, step]
        returns = (before[:, step] >= 0) & (page >= 0)
        nothing_after = (following == longest + 2) | (
            (again[row, page] <= longest) & (following > again[row, page])
        )
        stuck[:, step] = returns & ((last_new[:, step] <= before[:, step]) | nothing_after)
        following = np.where(~returns & (page >= 0), step, following)
        again[row, page] = step
    return stuck


def chance_returns(
    first: FloatArray, weights: FloatArray, lengths: IntArray, *, rng: np.random.Generator
) -> ChanceReturns:
    """Return how many visits come back with nothing new in walks that nothing holds up.

    Args:
        first: Chance of each page to be the first.
        weights: The result of `page_weights`.
        lengths: Pages of each walk.
        rng: Source of randomness.
    """
    pages = wander(first, weights, lengths, rng=rng)
    stuck = fruitless_returns(pages)
    size = len(weights)
    cell = np.arange(len(pages))[:, None] * size + np.maximum(pages, 0)
    there = pages >= 0
    visits = np.bincount(cell[there], minlength=len(pages) * size).reshape(-1, size)
    hits = np.bincount(cell[stuck], minlength=len(pages) * size).reshape(-1, size)
    total = visits.sum(axis=0)
    rate = hits.sum(axis=0) / np.maximum(total, 1)
    spread = ((hits - rate * visits) ** 2).sum(axis=0)
    return ChanceReturns(rate, spread / np.maximum(total, 1) ** 2)
