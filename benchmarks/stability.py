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

__all__ = ["lines"]

CLOUDS = {"five groups": separated, "one cloud": one_cloud}
KS = range(2, 9)


def lines(*, draws: int, workers: int, repeats: int) -> Iterator[Line]:
    """Yield a line for each job and data set; promised is three times the plain loop's speed."""
    for name, cloud in CLOUDS.items():
        yield _line(f"bootstrap stability, k = 5, 50,000 x 10, {name}, {draws} draws",
                    *_bootstrap(cloud(50_000, 10), draws, workers), repeats)  # fmt: skip
    for name, cloud in CLOUDS.items():
        pairs = max(draws // 10, 1)
        yield _line(f"global stability, k = 2..8, 50,000 x 10, {name}, {pairs} pairs",
                    *_global(cloud(50_000, 10), pairs, workers), repeats)  # fmt: skip


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


def _line(
    job: str, ours: Callable[[], NDArray], rival: Callable[[], NDArray], repeats: int
) -> Line:
    found: dict[str, NDArray] = {}
    seconds = side_by_side(
        lambda: found.update(ours=ours()), lambda: found.update(rival=rival()), repeats=repeats
    )
    said = " / ".join(
        " ".join(f"{value:.2f}" for value in found[side]) for side in ("ours", "rival")
    )
    return Line(job, *seconds, says=f"ours / plain: {said} (promised: ratio 3)")
