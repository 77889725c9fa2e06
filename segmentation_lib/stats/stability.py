"""Do the same groups come back from other samples: bootstrap stability, prediction strength.

Every refit starts cold. A refit that starts at the published centres finds them again even on
one cloud without groups, so its agreement says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.agreement import (
    jaccard_table,
    match_groups,
    rand_of_table,
    shared_rows,
)
from segmentation_lib.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    one_thread,
    spawn_seeds,
)
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.parallel import map_rows
from segmentation_lib.stats.resample import bootstrap_counts, refit_labels

__all__ = [
    "PredictionStrength",
    "Stability",
    "bootstrap_stability",
    "prediction_strength",
    "split_halves",
]


@dataclass(frozen=True)
class Stability:
    """Agreement of bootstrap refits with a grouping.

    Attributes:
        jaccard: Jaccard of each group with its match in each refit, shape (draws, k), 0 to 1.
        adjusted_rand: Adjusted Rand index of each refit with the grouping, shape (draws,).
        consistency: Share of refits that put each row in its own group, shape (rows,).
    """

    jaccard: FloatArray
    adjusted_rand: FloatArray
    consistency: FloatArray

    @property
    def mean_jaccard(self) -> FloatArray:
        """Mean Jaccard per group; under 0.6 do not trust, from 0.75 stable (Hennig 2007)."""
        mean: FloatArray = self.jaccard.mean(axis=0)
        return mean

    def jaccard_quantile(self, share: float) -> FloatArray:
        """Return a quantile of the Jaccard per group over the refits."""
        return np.quantile(self.jaccard, share, axis=0)


def bootstrap_stability(
    X: FloatArray,
    labels: IntArray,
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    draws: int = 100,
    starts: int = 10,
    sample_size: int | None = None,
    workers: int = 1,
) -> Stability:
    """Refit on bootstrap samples, match groups one to one, and compare on all rows.

    Args:
        X: Matrix of shape (rows, features).
        labels: The grouping in question, 0 to k-1.
        algorithm: Refits it, from a cold start.
        seed: Seed; the result does not depend on ``workers``.
        draws: Number of refits.
        starts: Starts of each refit.
        sample_size: Rows of a bootstrap sample; all by default, which is what stability means.
            Fewer are quicker and less stable. All rows are compared in any case.
        workers: Cores to use.

    Source: Hennig 2007, with Hungarian matching on shared rows instead of the best match.
    """
    k = int(labels.max()) + 1
    seeds = spawn_seeds(seed, draws)

    def work(branch: np.random.SeedSequence) -> tuple[FloatArray, float, BoolArray]:
        return _refit(X, labels, k, algorithm, branch, starts, sample_size)

    refits = map_rows(work, seeds, rows=len(X), workers=workers)
    agree = np.zeros(len(X))
    for refit in refits:
        agree += refit[2]
    return Stability(
        jaccard=np.array([refit[0] for refit in refits]),
        adjusted_rand=np.array([refit[1] for refit in refits]),
        consistency=agree / draws,
    )


def _refit(
    X: FloatArray,
    labels: IntArray,
    k: int,
    algorithm: Algorithm,
    seed: np.random.SeedSequence,
    starts: int,
    size: int | None,
) -> tuple[FloatArray, float, BoolArray]:
    draw, start = seed.spawn(2)
    counts = bootstrap_counts(len(X), size, seed=draw)
    refit = refit_labels(X, counts, k, algorithm, seed=start, starts=starts)
    shared = shared_rows(labels, refit, k, k)
    matched = match_groups(shared)
    jaccard = jaccard_table(shared)[np.arange(k), matched]
    return jaccard, rand_of_table(shared), matched[labels] == refit


@dataclass(frozen=True)
class PredictionStrength:
    """How well groups of one half predict which rows of the other half belong together.

    Attributes:
        by_split: Strength of each split, the weakest group of each half, averaged over the halves.
        by_group: Mean strength per group of the given labels; empty without labels.
    """

    by_split: FloatArray
    by_group: FloatArray

    @property
    def mean(self) -> float:
        """Mean over the splits, from 0 to 1; from 0.8 the groups come back."""
        return float(self.by_split.mean())


def prediction_strength(
    X: FloatArray,
    k: int,
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    splits: int = 5,
    starts: int = 10,
    labels: IntArray | None = None,
) -> PredictionStrength:
    """Return the prediction strength of ``k`` groups (Tibshirani & Walther 2005).

    Each half is grouped afresh. For each group of a half: the share of its pairs of rows that the
    grouping of the other half also puts together. A group of one row has strength 0.

    Args:
        X: Matrix of shape (rows, features), at least 2 k rows.
        k: Number of groups, at least 2.
        algorithm: Groups each half.
        seed: Seed of the splits and starts.
        splits: Number of random splits into halves.
        starts: Starts of each fit.
        labels: A grouping of all rows, for a strength per group of it.
    """
    strengths, per_group = [], []
    for branch in spawn_seeds(seed, splits):
        draw, *starting = branch.spawn(3)
        halves = split_halves(len(X), seed=draw)
        with one_thread():
            fits = [
                algorithm.fit(X[half], k, seed=start, starts=starts)
                for half, start in zip(halves, starting, strict=True)
            ]
            predicted = [fits[1].assign(X[halves[0]]), fits[0].assign(X[halves[1]])]
        pairs = [
            _pairs_kept(fit.labels, other, k) for fit, other in zip(fits, predicted, strict=True)
        ]
        strengths.append(np.mean([kept.min() for kept in pairs]))
        if labels is not None:
            for half, fit, kept in zip(halves, fits, pairs, strict=True):
                groups = int(labels.max()) + 1
                matched = match_groups(shared_rows(labels[half], fit.labels, groups, k))
                per_group.append(np.where(matched >= 0, kept[matched], 0.0))
    by_group = np.mean(per_group, axis=0) if per_group else np.empty(0)
    return PredictionStrength(by_split=np.array(strengths), by_group=by_group)


def split_halves(n: int, *, seed: np.random.SeedSequence) -> tuple[IntArray, IntArray]:
    """Return two random halves of ``n`` rows, ascending; the first has the odd row."""
    order = np.random.default_rng(seed).permutation(n)
    middle = (n + 1) // 2
    return np.sort(order[:middle]), np.sort(order[middle:])


def _pairs_kept(own: IntArray, predicted: IntArray, k: int) -> FloatArray:
    shared = shared_rows(own, predicted, k, k)
    size = shared.sum(axis=1)
    together = (shared * (shared - 1)).sum(axis=1)
    pairs = size * (size - 1)
    kept: FloatArray = np.divide(together, pairs, out=np.zeros(k), where=pairs > 0)
    return kept
