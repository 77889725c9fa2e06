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
    "silhouette",
]


@dataclass(frozen=True)
class Silhouette:
    """Silhouette widths, between -1 and 1; higher is more compact and more separate.

    Attributes:
        mean: Mean over the rows; NaN if the sample has rows of one group only.
        by_group: Mean per group, in the order of the labels; NaN for a group without rows.
        rows: Number of rows it was computed on.
    """

    mean: float
    by_group: FloatArray
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
        return Silhouette(mean=float("nan"), by_group=np.full(k, np.nan), rows=len(rows))
    with one_thread():
        widths = silhouette_samples(X[rows], labels[rows])
    sums = np.bincount(labels[rows], weights=widths, minlength=k)
    with np.errstate(invalid="ignore"):
        by_group = sums / counts
    return Silhouette(mean=float(widths.mean()), by_group=by_group, rows=len(rows))


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
