"""How many groups stand apart: given groups joined wherever no valley lies between neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows, spawn_seeds
from segmentation_lib.stats.indices import group_means
from segmentation_lib.stats.intervals import holm
from segmentation_lib.stats.parallel import map_seeds
from segmentation_lib.stats.stability import split_halves
from segmentation_lib.stats.valley import gabriel_pairs, valley_p_value, valleys

__all__ = ["separated_groups"]


def separated_groups(
    X: FloatArray,
    labels: IntArray,
    *,
    seed: int | Sequence[int],
    level: float = 0.05,
    splits: int = 5,
    sample_size: int = 20_000,
    workers: int = 1,
) -> int:
    """Count the groups that remain when neighbours without a valley between them are joined.

    For each pair of neighbours, windows are chosen on one half of the rows and tested on the
    other; twice the median p-value over halves is corrected over the pairs (Holm).

    Args:
        X: Matrix of shape (rows, features), without missing values, whole numbers dithered.
        labels: Group of each row, 0 to k-1.
        seed: Seed of sample and splits.
        level: Level at which a valley is believed.
        splits: Random splits into halves; each half plays both parts.
        sample_size: Rows used at most; a seeded sample where there are more.
        workers: Processes to use; the result does not depend on them.

    Returns:
        A lower bound: a valley that was not found may be there. Empty groups do not count.

    Source: held-out multivariate mode hunting (Burman & Polonik 2009).
    """
    branch = (seed,) if isinstance(seed, int) else tuple(seed)
    rows = sample_rows(len(X), sample_size, seed=(*branch, 1))
    sample, own = X[rows], np.unique(labels[rows], return_inverse=True)[1].astype(np.int64)
    pairs = gabriel_pairs(group_means(sample, own, int(own.max()) + 1))

    def work(seed: np.random.SeedSequence) -> list[FloatArray]:
        one, other = split_halves(len(sample), seed=seed)
        return [
            _held_out(sample[fitted], own[fitted], sample[tested], pairs)
            for fitted, tested in ((one, other), (other, one))
        ]

    found = np.array(map_seeds(work, spawn_seeds((*branch, 2), splits), workers=workers))
    halves = found.reshape(2 * splits, len(pairs))
    p_values = holm(np.minimum(2 * np.median(halves, axis=0), 1.0))
    return _joined(pairs[p_values > level], int(own.max()) + 1)


def _held_out(
    fitted: FloatArray, labels: IntArray, tested: FloatArray, pairs: IntArray
) -> FloatArray:
    """P-value of each pair, shape (pairs,); 1 for a pair that are no neighbours in this half."""
    found = valleys(fitted, labels)
    p_values = np.ones(len(pairs))
    for place, pair in enumerate(pairs):
        across = (found.pairs == pair).all(axis=1)
        if across.any():
            p_values[place] = valley_p_value(tested, found, across)
    return p_values


def _joined(pairs: IntArray, k: int) -> int:
    """Number of groups after those of each pair are joined."""
    group = np.arange(k)
    for a, b in pairs:
        group[group == group[b]] = group[a]
    return len(np.unique(group))
