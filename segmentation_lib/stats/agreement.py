"""How far two groupings of the same rows agree."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = [
    "adjusted_rand",
    "jaccard_table",
    "match_groups",
    "rand_of_table",
    "shared_rows",
]


def adjusted_rand(first: IntArray, second: IntArray) -> float:
    """Return the adjusted Rand index (Hubert & Arabie 1985): 1 the same, about 0 by chance."""
    one, other = (np.unique(labels, return_inverse=True) for labels in (first, second))
    return rand_of_table(shared_rows(one[1], other[1], len(one[0]), len(other[0])))


def rand_of_table(shared: IntArray) -> float:
    """Return the adjusted Rand index of two groupings from their table of shared rows.

    Args:
        shared: Table of shared rows, from `shared_rows`.

    >>> rand_of_table(np.array([[2, 0], [1, 1]]))
    0.0
    """
    both, first, second, every = (
        float((size * (size - 1)).sum()) / 2
        for size in (shared, shared.sum(axis=1), shared.sum(axis=0), shared.sum())
    )
    by_chance = first * second / every if every else 0.0
    largest = (first + second) / 2
    # Both put all rows together, or all apart: the same grouping.
    return 1.0 if largest == by_chance else (both - by_chance) / (largest - by_chance)


def shared_rows(first: IntArray, second: IntArray, k_first: int, k_second: int) -> IntArray:
    """Return the table of shared rows, shape (k_first, k_second); a label below 0 is no group."""
    both = (first >= 0) & (second >= 0)
    cells = first[both] * k_second + second[both]
    return np.bincount(cells, minlength=k_first * k_second).reshape(k_first, k_second)


def jaccard_table(shared: IntArray) -> FloatArray:
    """Return shared rows over joint rows for each pair of groups, from 0 to 1.

    Args:
        shared: Table of shared rows, from `shared_rows`.
    """
    joint = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    table: FloatArray = np.divide(shared, joint, out=np.zeros(shared.shape), where=joint > 0)
    return table


def match_groups(gain: FloatArray | IntArray) -> IntArray:
    """Match groups one to one so that the sum of gains is largest (the Hungarian method).

    Args:
        gain: Gain of matching row group i with column group j.

    Returns:
        For each row group the matched column group, or -1 where none is left.

    >>> match_groups(np.array([[5, 4], [5, 0]])).tolist()
    [1, 0]
    """
    rows, columns = linear_sum_assignment(gain, maximize=True)
    matched = np.full(len(gain), -1, dtype=np.int64)
    matched[rows] = columns
    return matched
