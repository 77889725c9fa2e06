"""Would a fresh fit at the close give the segments of the open again?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows, spawn_seeds
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.parallel import map_seeds

__all__ = ["RefitAgreement", "refit_agreement"]


@dataclass(frozen=True)
class RefitAgreement:
    """Agreement of a fresh fit at the close with the frozen segments.

    Attributes:
        adjusted_rand: Adjusted Rand index of the fresh fit with the frozen segments, at the close.
        baseline_low: 5 % quantile of the index between two fits of samples of the open: how
            little agreement chance alone can bring.
    """

    adjusted_rand: float
    baseline_low: float


def refit_agreement(
    opened: FloatArray,
    closed: FloatArray,
    frozen: IntArray,
    algorithm: Algorithm,
    *,
    k: int,
    seed: int | Sequence[int],
    draws: int = 25,
    starts: int = 10,
    sample_size: int = 5000,
    workers: int = 1,
) -> RefitAgreement:
    """Fit the rows of the close afresh, and compare with what chance does to fits of the open.

    The frozen segments are one fit of one sample, the fresh ones a fit of another. So the
    baseline is the agreement of two fits, each of a bootstrap sample of the open; agreement with
    the open's own segments would be higher, and one crowd cut into slices would fail by chance.

    Args:
        opened: The rows at the open, shape (rows, columns).
        closed: The rows at the close, a common drift subtracted.
        frozen: Frozen segment of each row of the close, 0 to k-1.
        algorithm: The one that found the segments; it starts afresh.
        k: Number of segments.
        seed: Seed; the result does not depend on ``workers``.
        draws: Fits at the open, at least 2; each is compared with each.
        starts: Starts of each fit.
        sample_size: Rows of each fit at most, the same at the open and at the close.
        workers: Processes to use.

    Raises:
        ValueError: Fewer than two draws.
    """
    if draws < 2:
        raise ValueError(f"{draws} draws, must be at least 2: fits are compared with each other")
    samples, looked_at, fit_rows, start = spawn_seeds(seed, 4)
    # Fewer rows agree less: both sides fit as many.
    size = min(sample_size, len(opened), len(closed))
    seen = opened[sample_rows(len(opened), sample_size, seed=looked_at)]

    def work(branch: np.random.SeedSequence) -> IntArray:
        draw, starting = branch.spawn(2)
        rows = np.random.default_rng(draw).integers(0, len(opened), size)
        return algorithm.fit(opened[rows], k, seed=starting, starts=starts).assign(seen)

    fits = map_seeds(work, samples.spawn(draws), workers=workers)
    baseline = [adjusted_rand(first, second) for first, second in combinations(fits, 2)]
    rows = sample_rows(len(closed), size, seed=fit_rows)
    with one_thread():
        fresh = algorithm.fit(closed[rows], k, seed=start, starts=starts).assign(closed)
    return RefitAgreement(adjusted_rand(frozen, fresh), float(np.quantile(baseline, 0.05)))
