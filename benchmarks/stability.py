"""Bootstrap and global stability beside the plain loop, on data with groups and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks import naive
from benchmarks.clouds import one_cloud, separated
from benchmarks.measure import Line, side_by_side
from segmentation_lib import stats
from segmentation_lib.cluster import KMeans
from segmentation_lib.stats.resample import bootstrap_counts

__all__ = ["lines"]

CLOUDS = {"five groups": separated, "one cloud": one_cloud}
KS = range(2, 9)


def lines(*, draws: int, workers: int, repeats: int) -> Iterator[Line]:
    """Yield a line for each job and data set; promised is three times the plain loop's speed."""
    for name, cloud in CLOUDS.items():
        yield _line(f"bootstrap stability, k = 5, 50,000 x 10, {name}, {draws} draws",
                    *_bootstrap(cloud(50_000, 10), draws, workers), repeats)  # fmt: skip
    for name, cloud in CLOUDS.items():
        X, pairs = cloud(50_000, 10), max(draws // 10, 1)
        yield _line(f"global stability, k = 2..8, 50,000 x 10, {name}, {pairs} pairs",
                    *_global(X, pairs, workers), repeats,
                    also=_sums_of_squares(X, pairs))  # fmt: skip


def _bootstrap(
    X: NDArray, draws: int, workers: int
) -> tuple[Callable[[], NDArray], Callable[[], NDArray]]:
    labels = KMeans().fit(X, 5, seed=np.random.SeedSequence(1), starts=20).labels

    def ours() -> NDArray:
        return stats.bootstrap_stability(
            X, labels, KMeans(), seed=1, draws=draws, starts=naive.STARTS, workers=workers
        ).mean_jaccard

    return ours, lambda: naive.bootstrap_stability(X, labels, draws, seed=1)


def _global(
    X: NDArray, draws: int, workers: int
) -> tuple[Callable[[], NDArray], Callable[[], NDArray]]:
    def ours() -> NDArray:
        return stats.global_stability(
            X, KS, KMeans(), seed=1, draws=draws, starts=naive.STARTS, workers=workers
        ).mean(axis=1)

    return ours, lambda: naive.global_stability(X, KS, draws, seed=1)


def _sums_of_squares(X: NDArray, draws: int) -> str:
    """Mean sum of squares a row of both sides, for each k, on the same bootstrap samples."""
    both = np.zeros((2, len(KS)))
    for draw, seed in enumerate(np.random.SeedSequence(1).spawn(draws)):
        counts = bootstrap_counts(len(X), None, seed=seed)
        sample = np.repeat(X, counts, axis=0)
        for place, k in enumerate(KS):
            fit = KMeans().fit_counts(X, counts, k, seed=seed, starts=naive.STARTS)
            both[:, place] += fit.inertia, naive.fitted(sample, k, draw).inertia_
    mean = both / draws / len(X)
    said = " / ".join(" ".join(f"{value:.4f}" for value in side) for side in mean)
    return f"; mean sum of squares a row: {said}"


def _line(
    job: str,
    ours: Callable[[], NDArray],
    rival: Callable[[], NDArray],
    repeats: int,
    *,
    also: str = "",
) -> Line:
    found: dict[str, NDArray] = {}
    seconds = side_by_side(
        lambda: found.update(ours=ours()), lambda: found.update(rival=rival()), repeats=repeats
    )
    said = " / ".join(
        " ".join(f"{value:.2f}" for value in found[side]) for side in ("ours", "rival")
    )
    return Line(job, *seconds, says=f"ours / plain: {said} (promised: ratio 3){also}")
