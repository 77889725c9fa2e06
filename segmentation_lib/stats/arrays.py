"""The array types of the ground floor, one thread for all, and seeds that branch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

__all__ = ["BoolArray", "FloatArray", "IntArray", "one_thread", "sample_rows", "spawn_seeds"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra and OpenMP to one thread, so that sums have one order and one value."""
    with _controller().limit(limits=1):
        yield


@cache
def _controller() -> Any:
    import sklearn.cluster  # noqa: F401  (loads the OpenMP library that is to be held)

    return ThreadpoolController()


def spawn_seeds(seed: int | Sequence[int], count: int) -> list[np.random.SeedSequence]:
    """Return ``count`` independent seeds that depend on ``seed`` and their place only.

    Args:
        seed: Seed, or a seed and the numbers of a branch, such as ``(seed, k)``.
        count: How many seeds.
    """
    return np.random.SeedSequence(seed).spawn(count)


def sample_rows(
    n: int, size: int | None, *, seed: int | Sequence[int] | np.random.SeedSequence
) -> IntArray:
    """Return at most ``size`` row numbers out of ``n``, drawn without replacement, ascending.

    Args:
        n: Number of rows.
        size: Rows to draw; None, or at least ``n``, for all of them.
        seed: Seed of the draw.
    """
    if size is None or size >= n:
        return np.arange(n, dtype=np.int64)
    rows = np.random.default_rng(seed).choice(n, size=size, replace=False)
    return np.sort(rows).astype(np.int64)
