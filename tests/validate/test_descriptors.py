"""Descriptors describe the segments and never make them: changing one changes no label."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans, active, fit_transforms
from segmentation_lib.params import ClusterParams

N = 600


def _dictionary(country: str = "descriptor") -> pd.DataFrame:
    rows = [("recency", "segmenting", "number"), ("frequency", "segmenting", "number"),
            ("tenure", "descriptor", "number"), ("country", country, "category")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["name", "role", "kind"])
    return table.assign(
        table="orders", unit="", definition="", window="lookback", transform="none",
        missing="impute", missing_share=0.0,
    )  # fmt: skip


def _features() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in range(N)],
            "state": "ACTIVE",
            "recency": rng.exponential(30, N).round(),
            "frequency": rng.poisson(4, N).astype(float),
            "tenure": rng.exponential(400, N).round(),
            "country": rng.choice(["DE", "FR", "NO"], N),
        }
    )


def _labels(features: pd.DataFrame, dictionary: pd.DataFrame) -> tuple[str, np.ndarray]:
    transforms = fit_transforms(features, dictionary, ClusterParams())
    points = transforms.matrix(active(features))
    fitted = KMeans().fit(points, 4, seed=np.random.SeedSequence(1), starts=5)
    return transforms.dictionary_hash, fitted.labels


def test_changing_a_descriptor_changes_no_label() -> None:
    features = _features()
    first_hash, first = _labels(features, _dictionary())
    turned = features["country"].map({"DE": "NO", "FR": "DE", "NO": "FR"})
    for changed in (
        features.assign(tenure=features["tenure"] ** 3),
        features.assign(tenure=np.nan),
        features.assign(country=turned),
        features.assign(country=None),
        features.drop(columns=["tenure", "country"]),
    ):
        other_hash, labels = _labels(changed, _dictionary())
        np.testing.assert_array_equal(labels, first)
        assert other_hash == first_hash


def test_the_same_column_changes_labels_once_it_is_segmenting() -> None:
    features = _features()
    first_hash, first = _labels(features, _dictionary())
    other_hash, labels = _labels(features, _dictionary(country="segmenting"))
    assert (labels != first).mean() > 0.1
    assert other_hash != first_hash
