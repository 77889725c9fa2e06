"""One cloud is not taken for groups, and planted groups are found."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.cluster.kmeans import KMeans
from segmentation_lib.validate import internal_indices, segment_stability


def _labels(points: np.ndarray, k: int) -> np.ndarray:
    return KMeans().fit(points, k, seed=np.random.SeedSequence(0), starts=5).labels


def _planted(seed: int, n: int = 600) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 3, n)
    points = rng.normal(size=(n, 4))
    points[np.arange(n), groups] += 6
    return (points - points.mean(0)) / points.std(0), groups


def _p(points: np.ndarray, seed: int) -> float:
    labels = _labels(points, 3)
    table = internal_indices(points, labels, KMeans(), ks=[2, 3, 4], seed=seed, draws=19,
                             sample_size=300)  # fmt: skip
    return float(table.set_index("index").loc["silhouette", "p_value"])


def test_planted_groups_beat_the_null() -> None:
    points, _ = _planted(1)
    table = internal_indices(points, _labels(points, 3), KMeans(), ks=[2, 3, 4], seed=5, draws=19)
    rows = table.set_index("index")
    assert rows.loc["silhouette", "p_value"] == 0.05
    assert rows.loc["davies_bouldin", "p_value"] == 0.05
    assert rows.loc["silhouette", "value"] > rows.loc["silhouette", "null_high"] + 0.1
    assert rows.loc["davies_bouldin", "value"] < rows.loc["davies_bouldin", "null_low"]


def test_single_clouds_rarely_pass() -> None:
    passed = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        cloud = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 4))
        cloud = np.exp(0.5 * cloud) if seed % 2 else cloud
        cloud = np.log1p(cloud - cloud.min(0))
        passed += _p((cloud - cloud.mean(0)) / cloud.std(0), seed) <= 0.05
    assert passed <= 2


def test_stability_of_planted_groups_and_of_one_cloud() -> None:
    points, _ = _planted(2)
    labels = _labels(points, 3)
    ids = pd.Series([f"{i:04d}" for i in range(len(points))], dtype="str")
    names = ["S02", "S01", "S07"]
    table, customers = segment_stability(ids, points, labels, names, KMeans(), seed=1, draws=20)
    assert table["segment_id"].tolist() == ["S01", "S02", "S07"]
    assert table["jaccard"].min() > 0.95
    assert table["customers"].sum() == len(customers) == 600
    assert customers["consistency"].median() == 1.0
    cloud = np.random.default_rng(0).normal(size=(600, 4))
    table, _ = segment_stability(ids, cloud, _labels(cloud, 3), names, KMeans(), seed=1, draws=20)
    assert table["jaccard"].min() < 0.75
    assert table["borderline_share"].max() > 0.3
