"""How close rows lie to the centres of their own group and of the others.

Distances are Euclidean, and cost rows x groups: nothing here compares rows with rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = [
    "Shadow",
    "border_distance",
    "shadow_similarity",
    "shadow_values",
]


@dataclass(frozen=True)
class Shadow:
    """Shadow values: near 0 in the middle of a group, 1 on the border to the next one.

    Attributes:
        values: Shadow value of each row, from 0 to 1.
        neighbour: The other group that is closest to each row, 0 to k-1.
    """

    values: FloatArray
    neighbour: IntArray


def shadow_values(X: FloatArray, centres: FloatArray, labels: IntArray) -> Shadow:
    """Return ``2 a / (a + b)``: a to the own centre, b to the closest other one (Leisch 2010).

    A row that lies closer to another centre than to its own, as groups of unequal spread have
    them, is past the border and gets 1, as on the border.

    Args:
        X: Matrix of shape (rows, features).
        centres: Centre of each group, shape (k, features), k at least 2.
        labels: Group of each row, 0 to k-1.

    Raises:
        ValueError: Fewer than two groups, or shapes that do not belong together.

    >>> centres, labels = np.array([[0.0], [10.0]]), np.array([0, 0, 1])
    >>> shadow_values(np.array([[0.0], [3.0], [8.0]]), centres, labels).values
    array([0. , 0.6, 0.4])
    """
    own, other, neighbour = _own_and_other(_distances(X, centres), labels)
    both = own + other
    with np.errstate(invalid="ignore"):
        values = np.where(both > 0, 2 * own / both, 1.0)
    return Shadow(values=np.minimum(values, 1.0), neighbour=neighbour)


def shadow_similarity(shadow: Shadow, labels: IntArray, k: int) -> FloatArray:
    """Return how much each group leans towards each other one (Leisch 2010).

    Entry (i, j) is the sum of the shadow values of those rows of group i whose closest other
    group is j, divided by the size of i; so a row of the matrix sums, off the diagonal, to the
    group's mean shadow value. It is not symmetric: a small group may lean on a large one.

    Args:
        shadow: Shadow values of the rows.
        labels: Group of each row, 0 to k-1.
        k: Number of groups.

    Returns:
        Matrix of shape (k, k), from 0 to 1, with ones on its diagonal; 0 for an empty group.
    """
    sums = np.bincount(labels * k + shadow.neighbour, weights=shadow.values, minlength=k * k)
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    similarity: FloatArray = sums.reshape(k, k) / sizes[:, None]
    np.fill_diagonal(similarity, 1.0)
    return similarity


def border_distance(X: FloatArray, centres: FloatArray) -> FloatArray:
    """Return how far inside of each group's cell each row lies; below 0 if outside.

    The cell of a group is where its centre is the closest; the border to a neighbour is the plane
    half-way between the two centres. The value is the distance to the nearest border for a row
    inside, and minus the distance to the plane that is furthest overstepped for one outside.

    Args:
        X: Matrix of shape (rows, features).
        centres: Centre of each group, shape (k, features), k at least 2 and all different.

    Returns:
        Matrix of shape (rows, k), in the units of ``X``.

    Raises:
        ValueError: Fewer than two groups, or shapes that do not belong together.

    >>> border_distance(np.array([[1.0], [7.0]]), np.array([[0.0], [10.0]]))
    array([[ 4., -4.],
           [-2.,  2.]])
    """
    if len(centres) < 2:
        raise ValueError(f"{len(centres)} centre, must be 2 or more: a border needs two groups")
    squared = _distances(X, centres) ** 2
    apart = _distances(centres, centres)
    inside = np.empty_like(squared)
    for group in range(len(centres)):
        others = [other for other in range(len(centres)) if other != group and apart[group, other]]
        gain = (squared[:, others] - squared[:, [group]]) / (2 * apart[group, others])
        inside[:, group] = gain.min(axis=1) if others else 0.0
    return inside


def _distances(X: FloatArray, centres: FloatArray) -> FloatArray:
    if X.ndim != 2 or centres.ndim != 2 or X.shape[1] != centres.shape[1]:
        raise ValueError(
            f"rows of shape {X.shape} and centres of shape {centres.shape}, must be two matrices "
            "with the same columns"
        )
    distances: FloatArray = cdist(X, centres)
    return distances


def _own_and_other(
    distances: FloatArray, labels: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return distances to the own and to the closest other centre, and which one that is."""
    rows, k = distances.shape
    if k < 2:
        raise ValueError(f"{k} group, must be 2 or more: shadow values compare two groups")
    if labels.shape != (rows,):
        raise ValueError(f"{len(labels)} labels for {rows} rows, must be one label per row")
    every = np.arange(rows)
    others = distances.copy()
    others[every, labels] = np.inf
    neighbour = others.argmin(axis=1).astype(np.int64)
    return distances[every, labels], others[every, neighbour], neighbour
