"""Do two samples give the same groups: for each number of groups, for each segment, for each seed.

Pairs of bootstrap samples are grouped apart, from cold starts, and both groupings are applied to
all rows (Dolnicar & Leisch 2010; `bootFlexclust` and `slswFlexclust` in R).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from segmentation_lib.stats.agreement import adjusted_rand, jaccard_table, shared_rows
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, spawn_seeds
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.parallel import map_rows
from segmentation_lib.stats.resample import bootstrap_counts, refit_labels

__all__ = ["global_stability", "seed_agreement", "segment_level_stability"]


def global_stability(
    X: FloatArray,
    ks: Sequence[int],
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    draws: int = 100,
    starts: int = 10,
    sample_size: int | None = None,
    workers: int = 1,
) -> FloatArray:
    """Return the agreement of two samples' groupings for each number of groups.

    The two samples of a draw are the same for all numbers of groups, so that these compare.

    Args:
        X: Matrix of shape (rows, features).
        ks: Numbers of groups, each at least 2.
        algorithm: Groups each sample, from a cold start.
        seed: Seed; the result does not depend on ``workers``.
        draws: Pairs of samples.
        starts: Starts of each fit.
        sample_size: Rows of a sample; all by default. All rows are compared in any case.
        workers: Cores to use.

    Returns:
        Adjusted Rand indices, shape (numbers of groups, draws); about 0 by chance, 1 the same.

    Source: Dolnicar & Leisch 2010, global stability.
    """

    def work(branch: np.random.SeedSequence) -> list[float]:
        drawing, *fitting = branch.spawn(1 + len(ks))
        pair = [bootstrap_counts(len(X), sample_size, seed=one) for one in drawing.spawn(2)]
        found = []
        for k, start in zip(ks, fitting, strict=True):
            first, second = (
                refit_labels(X, counts, k, algorithm, seed=one, starts=starts)
                for counts, one in zip(pair, start.spawn(2), strict=True)
            )
            found.append(adjusted_rand(first, second))
        return found

    agreement = map_rows(work, spawn_seeds(seed, draws), rows=len(X), workers=workers)
    return np.array(agreement, dtype=np.float64).T


def segment_level_stability(
    X: FloatArray,
    labels: IntArray,
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    draws: int = 100,
    starts: int = 10,
    sample_size: int | None = None,
    workers: int = 1,
) -> FloatArray:
    """Return how well each segment is found again, with the number of segments as it is (SLSw).

    For each segment the best Jaccard with any group of a refit, the mean of a pair of samples.

    Args:
        X: Matrix of shape (rows, features).
        labels: The segments, 0 to k-1.
        algorithm: Groups each sample, from a cold start.
        seed: Seed; the result does not depend on ``workers``.
        draws: Pairs of samples.
        starts: Starts of each fit.
        sample_size: Rows of a sample; all by default. All rows are compared in any case.
        workers: Cores to use.

    Returns:
        Shape (draws, k), from 0 to 1.

    Source: Dolnicar & Leisch 2017, segment level stability within solutions.
    """
    k = int(labels.max()) + 1

    def best_match(branch: np.random.SeedSequence) -> FloatArray:
        drawing, start = branch.spawn(2)
        counts = bootstrap_counts(len(X), sample_size, seed=drawing)
        refit = refit_labels(X, counts, k, algorithm, seed=start, starts=starts)
        best: FloatArray = jaccard_table(shared_rows(labels, refit, k, k)).max(axis=1)
        return best

    def work(branch: np.random.SeedSequence) -> FloatArray:
        pair: FloatArray = np.mean([best_match(one) for one in branch.spawn(2)], axis=0)
        return pair

    return np.array(map_rows(work, spawn_seeds(seed, draws), rows=len(X), workers=workers))


def seed_agreement(
    X: FloatArray,
    k: int,
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    starts: int,
    seeds: int = 5,
) -> float:
    """Return the mean adjusted Rand index between fits that differ in nothing but the seed.

    Args:
        X: Matrix of shape (rows, features).
        k: Number of groups.
        algorithm: Groups all rows.
        seed: Seed that the others branch from.
        starts: Starts of each fit.
        seeds: Number of fits, at least 2.

    Raises:
        ValueError: Fewer than two fits cannot agree.
    """
    if seeds < 2:
        raise ValueError(f"seeds = {seeds}, must be at least 2: one fit has nothing to agree with")
    with one_thread():
        fits = [
            algorithm.fit(X, k, seed=branch, starts=starts).labels
            for branch in spawn_seeds(seed, seeds)
        ]
    return float(np.mean([adjusted_rand(*pair) for pair in combinations(fits, 2)]))
