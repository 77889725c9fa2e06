"""Customers in segments, and what they did in the quarter after: the world of several topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans
from tests.calibration.worlds import ONE_CROWD

__all__ = ["SHARES", "Afterwards", "afterwards", "crowd", "number_of", "segments_of"]

SHARES = (0.60, 0.25, 0.10, 0.05)


@dataclass(frozen=True)
class Afterwards:
    """Customers in segments, and what they did next.

    Attributes:
        features: ``customer_id`` and features in their own units.
        points: The same in the space of the segments.
        labels: Segment of each customer.
        outcomes: ``customer_id`` and KPIs.
    """

    features: pd.DataFrame
    points: np.ndarray
    labels: np.ndarray
    outcomes: pd.DataFrame

    @property
    def ids(self) -> pd.Series:
        """Customer IDs."""
        return self.features["customer_id"]

    @property
    def assignments(self) -> pd.DataFrame:
        """Customers with the ID of their segment."""
        segment = pd.Series(self.labels).map(lambda g: f"S{g + 1:02d}").astype("str")
        return pd.DataFrame({"customer_id": self.ids, "segment_id": segment})


def afterwards(points: np.ndarray, labels: np.ndarray, **outcomes: np.ndarray) -> Afterwards:
    ids = pd.Series([f"C{i:05d}" for i in range(len(labels))], dtype="str")
    features = pd.DataFrame(points, columns=[f"feature_{i + 1}" for i in range(points.shape[1])])
    return Afterwards(
        features.assign(customer_id=ids), points, labels,
        pd.DataFrame({"customer_id": ids, **outcomes}),
    )  # fmt: skip


def crowd(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """One crowd, in logarithms where its features have none below zero, and standardised."""
    raw = ONE_CROWD[kind](rng, n, 6)
    shaped = np.log1p(raw) if raw.min() >= 0 else raw
    return (shaped - shaped.mean(axis=0)) / shaped.std(axis=0)


def segments_of(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    seed = np.random.SeedSequence(int(rng.integers(2**31)))
    return KMeans().fit(points, k, seed=seed, starts=3).labels


def number_of(seed: np.random.SeedSequence) -> int:
    return int(seed.generate_state(1)[0] >> 1)
