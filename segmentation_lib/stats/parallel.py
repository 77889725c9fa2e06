"""The same work for many seeds, on one core or several, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from segmentation_lib.stats.arrays import one_thread

__all__ = ["map_seeds"]

Result = TypeVar("Result")


def map_seeds(
    work: Callable[[np.random.SeedSequence], Result],
    seeds: Iterable[np.random.SeedSequence],
    *,
    workers: int = 1,
) -> list[Result]:
    """Return ``work(seed)`` for each seed, in order.

    Args:
        work: Depends on its seed only; linear algebra in it runs on one thread.
        seeds: The seeds.
        workers: Processes to use; no result depends on their number.
    """
    if workers == 1:
        return [_held(work, seed) for seed in seeds]
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    done: list[Result] = Parallel(n_jobs=workers)(delayed(_held)(work, seed) for seed in seeds)
    # A kernel is shut down without ceremony: workers that outlive the call would be left behind.
    get_reusable_executor().shutdown(wait=True)
    return done


def _held(work: Callable[[np.random.SeedSequence], Result], seed: np.random.SeedSequence) -> Result:
    with one_thread():
        return work(seed)
