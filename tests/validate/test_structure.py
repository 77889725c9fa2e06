"""One cloud is not taken for groups, and planted groups are found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from segmentation_lib.cluster.kmeans import KMeans
from segmentation_lib.stats.null_study import NullStudy
from segmentation_lib.validate import segment_stability
from segmentation_lib.validate.existence import crowd_study
from segmentation_lib.validate.structure import (
    internal_indices,
    merge_sentence,
    pair_separations,
    segment_silhouettes,
    silhouette_sentence,
)


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
    for seed in range(8):
        rng = np.random.default_rng(seed)
        cloud = rng.normal(size=(400, 4)) @ rng.normal(size=(4, 4))
        cloud = np.exp(0.5 * cloud) if seed % 2 else cloud
        cloud = np.log1p(cloud - cloud.min(0))
        passed += _p((cloud - cloud.mean(0)) / cloud.std(0), seed) <= 0.05
    assert passed <= 1


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


def test_indices_are_those_of_scikit_learn_beside_one_shared_study() -> None:
    points, groups = _planted(3)
    names = ["a", "b", "c", "d"]
    study = crowd_study(points, points, KMeans(), columns=names, ks=[2, 3, 4], seed=5, draws=19)
    table = internal_indices(points, groups, KMeans(), ks=[2, 3, 4], seed=5, study=study)
    rows = table.set_index("index")
    assert list(rows.index) == ["silhouette", "davies_bouldin", "explained_share"]
    assert rows.loc["silhouette", "value"] == pytest.approx(silhouette_score(points, groups))
    assert rows.loc["davies_bouldin", "value"] == pytest.approx(
        davies_bouldin_score(points, groups)
    )
    assert 0 < rows.loc["explained_share", "null_mean"] < rows.loc["explained_share", "value"] < 1
    alone = internal_indices(points, groups, KMeans(), ks=[2, 3, 4], seed=5, draws=19)
    pd.testing.assert_frame_equal(table, alone)


def test_twins_are_merge_candidates_and_the_worst_pair() -> None:
    points, groups = _planted(4)
    labels = groups.copy()
    first = np.flatnonzero(groups == 0)
    labels[first[points[first, 1] > np.median(points[first, 1])]] = 3
    study = crowd_study(points, points, KMeans(), columns=list("abcd"), ks=[3, 4], seed=5, draws=19)
    table = pair_separations(points, labels, ["S04", "S01", "S02", "S03"], study)
    assert len(table) == 6
    closest = table.iloc[0]
    assert (closest["segment_id"], closest["other_segment_id"]) == ("S03", "S04")
    assert table["merge_candidate"].tolist() == [True] + [False] * 5
    assert table["davies_bouldin_worst"].tolist() == [True] + [False] * 5
    assert table["separation"].is_monotonic_increasing
    three = pair_separations(points, groups, ["S01", "S02", "S03"], study)
    assert not three["merge_candidate"].any()


def test_pieces_of_one_crowd_are_merge_candidates() -> None:
    points = np.random.default_rng(5).normal(size=(600, 4))
    study = crowd_study(points, points, KMeans(), columns=list("abcd"), ks=[3], seed=5, draws=19)
    table = pair_separations(points, _labels(points, 3), ["S01", "S02", "S03"], study)
    assert table.loc[0, "merge_candidate"]


def test_silhouette_of_each_segment_counts_misplaced_customers() -> None:
    points, groups = _planted(6)
    wrong = groups.copy()
    wrong[np.flatnonzero(groups == 1)[:20]] = 0
    table = segment_silhouettes(points, wrong, ["S02", "S03", "S01"], seed=1)
    assert table["segment_id"].tolist() == ["S01", "S02", "S03"]
    own = table.set_index("segment_id")
    assert own.loc["S02", "below_zero_share"] == pytest.approx(20 / (wrong == 0).sum(), abs=0.01)
    assert own.loc["S03", "below_zero_share"] < 0.02
    assert own.loc["S01", "silhouette"] > own.loc["S02", "silhouette"]


def test_categories_do_not_count_in_the_indices() -> None:
    points, groups = _planted(7)
    flags = np.random.default_rng(0).random((600, 2)).round()
    names = ["a", "b", "c", "d", "e=x", "e=y"]
    with_flags = np.column_stack([points, 9 * flags])
    tables = [
        internal_indices(p, groups, KMeans(), ks=[2, 3], seed=1, columns=n, draws=3)
        for p, n in ((points, names[:4]), (with_flags, names))
    ]
    pd.testing.assert_frame_equal(*tables)


def test_values_are_measured_on_the_same_points_as_the_null() -> None:
    points, groups = _planted(8)
    counts = np.round(points)
    spread = counts + np.random.default_rng(1).uniform(-0.5, 0.5, counts.shape)
    study = crowd_study(counts, spread, KMeans(), columns=list("abcd"), ks=[3], seed=1, draws=3)
    own = internal_indices(
        counts, groups, KMeans(), ks=[3], seed=1, smoothed=spread, study=study
    ).set_index("index")
    assert own.loc["silhouette", "value"] == pytest.approx(silhouette_score(spread, groups))
    names = ["S01", "S02", "S03"]
    found = pair_separations(counts, groups, names, study, smoothed=spread)
    alike = pair_separations(spread, groups, names, study)
    pd.testing.assert_frame_equal(found, alike)


def test_a_search_over_more_numbers_of_segments_costs_significance() -> None:
    hand = NullStudy(
        ks=(2, 3),
        observed=np.array([[0.0, 0.0]] * 2 + [[1.0, 2.0]] * 3),
        null=np.array([[[0.0, 0.0]] * 2 + [[9.0 * (i == 0), float(i % 2)]] * 3 for i in range(9)]),
        rows=600,
        silhouette_rows=600,
    )
    points, groups = _planted(9)
    chosen, searched = (
        internal_indices(points, groups, KMeans(), ks=ks, seed=1, study=hand)
        for ks in ([3], [2, 3])
    )
    assert chosen["p_value"][0] == 0.1
    assert searched["p_value"][0] == 0.2


def test_categories_alone_have_nothing_to_compare_with() -> None:
    flags = np.random.default_rng(2).random((300, 3)).round()
    groups = flags[:, 0].astype(np.int64)
    names = ["a=x", "b=x", "c=x"]
    table = internal_indices(flags, groups, KMeans(), ks=[2, 3], seed=1, columns=names, draws=2)
    assert table["value"].notna().all()
    assert table[["null_mean", "null_low", "null_high", "p_value"]].isna().all(axis=None)
    study = crowd_study(flags, flags, KMeans(), columns=names, ks=[2], seed=1, draws=2)
    pairs = pair_separations(flags, groups, ["S01", "S02"], study, columns=names)
    assert pairs["null_high"].isna().all()
    assert not pairs["merge_candidate"].any()


def test_misplaced_customers_and_pairs_that_may_be_one_are_told() -> None:
    widths = pd.DataFrame(
        {"segment_id": ["S01", "S02", "S03"], "below_zero_share": [0.25, 0.28, np.nan]}
    )
    assert silhouette_sentence(widths) == (
        "This segment is not tight, with many customers nearer to another one: S02 (28% of its "
        "customers)."
    )
    assert silhouette_sentence(widths.iloc[:1]) == ""
    pairs = pd.DataFrame(
        {"segment_id": ["S01", "S01"], "other_segment_id": ["S02", "S03"],
         "merge_candidate": [True, False]}
    )  # fmt: skip
    assert merge_sentence(pairs) == (
        "No further apart than pieces of one crowd, so they may be one: S01 and S02."
    )
    assert merge_sentence(pairs.iloc[1:]) == ""
