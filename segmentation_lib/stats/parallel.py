"""The same work for many seeds, on one core or several, with the same result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from segmentation_lib.stats.arrays import one_thread

__all__ = ["cores_for", "map_rows", "map_seeds"]

Result = TypeVar("Result")

# From here on the time goes into array operations, which threads do side by side.
_THREADS_FROM = 5_000
# With fewer rows a second process costs more to start than it saves.
_CORES_FROM = 20_000
_MOST_CORES = 4


def cores_for(rows: int) -> int:
    """Return how many cores are worth using for tests on ``rows`` rows; no result depends on it.

    >>> cores_for(1_000)
    1
    """
    return 1 if rows < _CORES_FROM else max(1, min(os.cpu_count() or 1, _MOST_CORES))


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


def map_rows(
    work: Callable[[np.random.SeedSequence], Result],
    seeds: Iterable[np.random.SeedSequence],
    *,
    rows: int,
    workers: int = 1,
) -> list[Result]:
    """Return ``work(seed)`` for each seed, in order, where the work is on ``rows`` rows of a table.

    Many rows are shared by threads, which copy nothing and start at once; with few rows the
    interpreter is the bottleneck, and processes do better.

    Args:
        work: Depends on its seed only, and changes nothing that others read.
        seeds: The seeds.
        rows: Rows that each piece of work goes over.
        workers: Cores to use; no result depends on their number.
    """
    if workers == 1 or rows < _THREADS_FROM:
        return map_seeds(work, seeds, workers=workers)
    with one_thread(), ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, seeds))


def _held(work: Callable[[np.random.SeedSequence], Result], seed: np.random.SeedSequence) -> Result:
    with one_thread():
        return work(seed)
