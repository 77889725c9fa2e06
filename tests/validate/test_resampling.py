"""Stability by segment: in pairs of samples, on the border, and beside pieces of one crowd."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import KMeans
from segmentation_lib.stats import segment_level_stability
from segmentation_lib.validate.resampling import (
    borderline_sentence,
    crowd_stability,
    pairs_sentence,
    resampling_sentence,
    segment_stability,
)


def _groups(apart: float, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 3, n).astype(np.int64)
    return apart * np.eye(3, 4)[labels] + rng.normal(size=(n, 4)), labels


def test_the_best_match_in_pairs_of_samples_stands_beside_the_jaccard() -> None:
    points, labels = _groups(4)
    ids = pd.Series([f"{i:03d}" for i in range(len(points))], dtype="str")
    names = ["S02", "S01", "S03"]
    table, _ = segment_stability(ids, points, labels, names, KMeans(), seed=7, draws=20)
    check_table("segment_stability", table)
    expected = segment_level_stability(
        points, labels, KMeans(), seed=(7, 53), draws=10, starts=5, sample_size=400
    ).mean(axis=0)
    by_id = table.set_index("segment_id")["slsw"]
    assert by_id[names].to_numpy() == pytest.approx(expected)
    assert by_id.min() > 0.8


def test_pieces_of_one_crowd_come_back_less_than_groups_do() -> None:
    points, labels = _groups(6)
    found = crowd_stability(
        points, points, KMeans(), 3, columns=list("abcd"), seed=1, sample_size=300
    )
    assert (found.customers, found.pieces) == (300, 3)
    names = ["S01", "S02", "S03"]
    ids = pd.Series([f"{i:03d}" for i in range(len(points))], dtype="str")
    own, _ = segment_stability(ids, points, labels, names, KMeans(), seed=1, draws=20)
    assert found.jaccard < own["jaccard"].min() - 0.05
    assert found.sentence == (
        "Coming back is no proof of groups: 300 customers of one crowd without any, cut into 3 "
        f"pieces, would reach {found.jaccard:.2f} of 1."
    )


def test_a_crowd_without_two_numbers_is_cut_all_the_same() -> None:
    points, _ = _groups(0, n=200)
    columns = ["a=x", "a=y", "a=z", "b"]
    one, two = (
        crowd_stability(points, points, KMeans(), 2, columns=columns, seed=3, draws=5, crowds=1)
        for _ in range(2)
    )
    assert one == two
    assert 0.3 < one.jaccard < 1


def test_how_many_samples_of_whom() -> None:
    assert resampling_sentence(4494, 50) == (
        "50 samples of all 4,494 customers, each grouped from scratch."
    )
    assert pairs_sentence(1200) == (
        "30 pairs of samples of 1,200 customers, for each number of segments."
    )


def test_segments_with_many_on_a_border_are_named() -> None:
    table = pd.DataFrame(
        {"segment_id": ["S02", "S01", "S03"], "borderline_share": [0.25, 0.12, 0.1]}
    )
    assert borderline_sentence(table) == (
        "Many customers stand on a border in S01 (12%) and S02 (25%): fewer than 80% of the "
        "samples put them into their segment."
    )
    assert borderline_sentence(table.iloc[2:]) == ""
