"""The data that speed is measured on: five separated groups, and one cloud without any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["one_cloud", "separated"]


def separated(n: int, d: int, *, groups: int = 5, apart: float = 6.0, seed: int = 1) -> NDArray:
    """Return Gaussian groups whose centres are ``apart * sqrt(2)`` deviations from each other."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) + apart * np.eye(groups, d)[rng.integers(0, groups, n)]


def one_cloud(n: int, d: int, *, seed: int = 2) -> NDArray:
    """Return one sphere of rows."""
    return np.random.default_rng(seed).normal(size=(n, d))
