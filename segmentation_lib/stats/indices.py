"""How compact and how separate groups are: silhouette, Davies-Bouldin index, explained share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import silhouette_samples

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows

__all__ = [
    "DaviesBouldin",
    "Silhouette",
    "davies_bouldin",
    "explained_share",
    "group_means",
    "pair_separation",
    "silhouette",
    "silhouette_widths",
]


@dataclass(frozen=True)
class Silhouette:
    """Silhouette widths, between -1 and 1; higher is more compact and more separate.

    Attributes:
        mean: Mean over the rows; NaN if the sample has rows of one group only.
        by_group: Mean per group, in the order of the labels; NaN for a group without rows.
        below_zero: Share of a group's rows that are nearer to another group, in the same order.
        rows: Number of rows it was computed on.
    """

    mean: float
    by_group: FloatArray
    below_zero: FloatArray
    rows: int


def silhouette(
    X: FloatArray,
    labels: IntArray,
    *,
    sample_size: int | None = None,
    seed: int | Sequence[int] = 0,
) -> Silhouette:
    """Return the silhouette of a grouping (Rousseeuw 1987), of all rows or of a seeded sample.

    The cost grows with the square of the rows, hence the sample.

    Args:
        X: Matrix of shape (rows, features).
        labels: Group of each row, 0 to k-1.
        sample_size: Rows to use at most; None for all.
        seed: Seed of the sample.

    Raises:
        ValueError: Fewer than two groups, or as many groups as rows.
    """
    k = _count_groups(X, labels)
    rows = sample_rows(len(X), sample_size, seed=seed)
    counts = np.bincount(labels[rows], minlength=k)
    if (counts > 0).sum() < 2:
        unknown = np.full(k, np.nan)
        return Silhouette(mean=float("nan"), by_group=unknown, below_zero=unknown, rows=len(rows))
    with one_thread():
        widths = silhouette_samples(X[rows], labels[rows])
    with np.errstate(invalid="ignore"):
        by_group, below_zero = (
            np.bincount(labels[rows], weights=values, minlength=k) / counts
            for values in (widths, widths < 0)
        )
    return Silhouette(
        mean=float(widths.mean()), by_group=by_group, below_zero=below_zero, rows=len(rows)
    )


def silhouette_widths(distances: FloatArray, labels: IntArray) -> FloatArray:
    """Return the silhouette width of each row from all distances, for many groupings of one set.

    Args:
        distances: Distances of all rows, shape (rows, rows).
        labels: Group of each row, from 0; at least two groups with rows.
    """
    _, own = np.unique(labels, return_inverse=True)
    n, k = len(own), int(own.max()) + 1
    member = np.zeros((n, k))
    member[np.arange(n), own] = 1.0
    counts = member.sum(axis=0)
    sums = distances @ member
    within = sums[np.arange(n), own] / np.maximum(counts[own] - 1, 1)
    to_others = np.where(member > 0, np.inf, sums / counts)
    nearest = to_others.min(axis=1)
    longer = np.maximum(within, nearest)
    widths = np.divide(nearest - within, longer, out=np.zeros(n), where=longer > 0)
    return np.where(counts[own] == 1, 0.0, widths)


@dataclass(frozen=True)
class DaviesBouldin:
    """Davies-Bouldin index, 0 or more; lower is more compact and more separate.

    Attributes:
        index: Mean over the groups of their worst ratio.
        worst_pair: The two labels that are hardest to tell apart, the lower one first.
        worst_ratio: Ratio of that pair: the sum of their spreads over the distance of centres.
    """

    index: float
    worst_pair: tuple[int, int]
    worst_ratio: float


def davies_bouldin(X: FloatArray, labels: IntArray) -> DaviesBouldin:
    """Return the Davies-Bouldin index (Davies & Bouldin 1979) and the pair that is worst.

    Args:
        X: Matrix of shape (rows, features).
        labels: Group of each row, 0 to k-1, each with at least one row.

    Raises:
        ValueError: Fewer than two groups.
    """
    k = _count_groups(X, labels)
    centres = group_means(X, labels, k)
    to_centre = np.sqrt(((X - centres[labels]) ** 2).sum(axis=1))
    spread = np.bincount(labels, weights=to_centre, minlength=k) / np.bincount(labels, minlength=k)
    apart = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=-1))
    both = spread[:, None] + spread[None]
    ratio = np.divide(both, apart, out=np.full((k, k), np.inf), where=apart > 0)
    np.fill_diagonal(ratio, -np.inf)
    first, second = (int(place) for place in np.unravel_index(np.argmax(ratio), ratio.shape))
    return DaviesBouldin(
        index=float(ratio.max(axis=1).mean()),
        worst_pair=(min(first, second), max(first, second)),
        worst_ratio=float(ratio[first, second]),
    )


def explained_share(X: FloatArray, labels: IntArray) -> float:
    """Return the share of the total sum of squares that lies between groups, from 0 to 1.

    >>> explained_share(np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1]))
    0.9615384615384616
    """
    k = int(labels.max()) + 1
    total = float(((X - X.mean(axis=0)) ** 2).sum())
    within = float(((X - group_means(X, labels, k)[labels]) ** 2).sum())
    return 1.0 - within / total if total > 0 else 0.0


def pair_separation(X: FloatArray, labels: IntArray) -> FloatArray:
    """Return how far apart the centres of every two groups are, in units of their spread.

    The spread of a pair is its pooled within-group standard deviation, averaged over features: two
    round groups D standard deviations apart have separation D.

    Args:
        X: Matrix of shape (rows, features).
        labels: Group of each row, 0 to k-1.

    Returns:
        Shape (k, k), symmetric; infinite on the diagonal and with a group without rows.
    """
    k = int(labels.max()) + 1
    centres, counts = group_means(X, labels, k), np.bincount(labels, minlength=k)
    squares = np.bincount(labels, weights=((X - centres[labels]) ** 2).sum(axis=1), minlength=k)
    freedom = np.maximum(counts[:, None] + counts[None] - 2, 1) * X.shape[1]
    spread = np.sqrt((squares[:, None] + squares[None]) / freedom)
    apart = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=-1))
    apart[np.isnan(apart)] = np.inf
    separation: FloatArray = np.divide(apart, spread, out=np.full((k, k), np.inf), where=spread > 0)
    np.fill_diagonal(separation, np.inf)
    return separation


def group_means(X: FloatArray, labels: IntArray, k: int) -> FloatArray:
    """Return the mean of each group, shape (k, features); NaN for a group without rows."""
    counts = np.bincount(labels, minlength=k)
    sums = np.column_stack([np.bincount(labels, weights=c, minlength=k) for c in X.T])
    with np.errstate(invalid="ignore"):
        means: FloatArray = sums / counts[:, None]
    return means


def _count_groups(X: FloatArray, labels: IntArray) -> int:
    found = len(np.unique(labels))
    if not 2 <= found < len(X):
        raise ValueError(f"{found} groups in {len(X)} rows, must be 2 to {len(X) - 1} groups")
    return int(labels.max()) + 1
