"""Bootstrap samples as counts of rows, and an algorithm refitted on one from a cold start."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread
from segmentation_lib.stats.grouping import Algorithm, Grouping

__all__ = ["CountsAlgorithm", "bootstrap_counts", "refit_labels"]


@runtime_checkable
class CountsAlgorithm(Protocol):
    """An algorithm that takes a row and how often it occurs, instead of repeated rows."""

    def fit_counts(
        self,
        X: FloatArray,
        counts: IntArray,
        k: int,
        *,
        seed: np.random.SeedSequence,
        starts: int,
    ) -> Grouping:
        """Group the sample in which row i of ``X`` occurs ``counts[i]`` times.

        ``labels`` of the grouping are those of all rows of ``X``.
        """
        ...


def bootstrap_counts(n: int, size: int | None, *, seed: np.random.SeedSequence) -> IntArray:
    """Return how often each of ``n`` rows is drawn in ``size`` draws with replacement.

    Args:
        n: Number of rows.
        size: Draws; None for ``n``, and never more.
        seed: Seed of the draws.
    """
    draws = n if size is None else min(n, size)
    return np.bincount(np.random.default_rng(seed).integers(0, n, draws), minlength=n)


def refit_labels(
    X: FloatArray,
    counts: IntArray,
    k: int,
    algorithm: Algorithm,
    *,
    seed: np.random.SeedSequence,
    starts: int,
) -> IntArray:
    """Return the group of every row of ``X`` under a cold refit on a bootstrap sample.

    Args:
        X: Matrix of shape (rows, features).
        counts: How often each row is in the sample, shape (rows,).
        k: Number of groups.
        algorithm: Refits; with ``fit_counts`` if it has that, else on repeated rows.
        seed: Seed of the refit.
        starts: Starts of the refit.
    """
    with one_thread():
        if isinstance(algorithm, CountsAlgorithm):
            return algorithm.fit_counts(X, counts, k, seed=seed, starts=starts).labels
        sample = np.repeat(X, counts, axis=0)
        return algorithm.fit(sample, k, seed=seed, starts=starts).assign(X)
