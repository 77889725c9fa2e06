"""Data sets with and without segments, and the reference values computed elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm


class Reference:
    """The shared reference inputs and expected values."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def matrix(self, name: str) -> np.ndarray:
        return pd.read_csv(self.folder / "inputs" / f"{name}.csv").to_numpy(np.float64)

    def labels(self, name: str, labelling: str) -> np.ndarray:
        table = pd.read_csv(self.folder / "inputs" / "labels" / f"{name}_labels.csv")
        return table[labelling].to_numpy(np.int64) - 1

    def expected(self, name: str) -> dict:
        return json.loads((self.folder / "expected" / f"{name}.json").read_text())


@pytest.fixture(scope="session")
def reference(shared: Path) -> Reference:
    return Reference(shared / "reference")


def _correlated(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    mixed = rng.normal(size=(n, d)) @ (np.eye(d) + 0.35 * rng.normal(size=(d, d)))
    return mixed / mixed.std(axis=0)


def one_population(kind: str, n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of one population without groups, in raw units."""
    cloud = _correlated(n, d, rng)
    if kind == "lognormal":
        return np.exp(cloud)
    if kind == "uniform":
        return norm.cdf(cloud)
    if kind == "heavy tails":
        return cloud / np.sqrt(rng.chisquare(3, n) / 3)[:, None]
    if kind == "counts with zeros":
        return rng.poisson(np.exp(0.8 * cloud + 0.5)) * (rng.random((n, d)) < 0.65) * 1.0
    return cloud


@pytest.fixture(scope="session")
def population() -> Callable[..., np.ndarray]:
    return one_population


@pytest.fixture(scope="session")
def four_groups() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Four Gaussian groups whose centres are ``apart`` within-group deviations from each other."""

    def make(n: int, d: int, apart: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        truth = rng.integers(0, 4, n)
        centres = np.eye(4, d) * apart / np.sqrt(2)
        return centres[truth] + rng.normal(size=(n, d)), truth

    return make
