"""Segments across numbers of segments: the same numbers for the same segments, and SLSa."""

from __future__ import annotations

import numpy as np

from segmentation_lib.stats.agreement import match_groups, shared_rows
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["relabelled", "stability_across"]


def relabelled(labels: IntArray, reference: IntArray) -> IntArray:
    """Return ``labels`` numbered like the groups of ``reference`` that they share most rows with.

    Groups are matched one to one (the Hungarian method). Groups that are left over take the
    numbers that are left over, in their order.

    Args:
        labels: Group of each row, 0 or more.
        reference: Group of the same rows in the other grouping, 0 or more.

    >>> relabelled(np.array([0, 0, 1, 2]), np.array([1, 1, 0, 0])).tolist()
    [1, 1, 0, 2]
    """
    k, known = int(labels.max()) + 1, int(reference.max()) + 1
    matched = match_groups(shared_rows(labels, reference, k, known))
    free = iter(number for number in range(max(k, known)) if number not in set(matched.tolist()))
    numbers = [int(number) if number >= 0 else next(free) for number in matched]
    return np.array(numbers, dtype=np.int64)[labels]


def stability_across(coarse: IntArray, fine: IntArray) -> FloatArray:
    """Return the segment level stability across solutions (SLSa) of each finer group.

    1 says that a group comes whole from one coarser group; 0 that it is made of equal parts of all
    of them: 1 - H / ln(k), where H is the entropy of where its rows come from and k the number of
    coarser groups.

    Args:
        coarse: Group of each row among the fewer groups, 0 or more, at least two groups.
        fine: Group of each row among the more groups, 0 or more.

    Returns:
        One number per finer group, from 0 to 1; NaN for a group without rows.

    Raises:
        ValueError: There is one coarser group only: everything comes from it.

    Source: Dolnicar & Leisch 2017, as in Dolnicar, Gruen & Leisch 2018, chapter 7.
    """
    k, finer = int(coarse.max()) + 1, int(fine.max()) + 1
    if k < 2:
        raise ValueError("coarse has one group, must be at least 2; begin at two segments")
    shared = shared_rows(fine, coarse, finer, k).astype(np.float64)
    sizes = shared.sum(axis=1, keepdims=True)
    shares = np.divide(shared, sizes, out=np.full(shared.shape, np.nan), where=sizes > 0)
    logs = np.log(shares, out=np.zeros(shares.shape), where=~(shares <= 0))
    # Adding 0 turns the entropy -0.0 of a whole group into 0.
    entropy: FloatArray = 0.0 - (shares * logs).sum(axis=1)
    return 1.0 - entropy / float(np.log(k))
