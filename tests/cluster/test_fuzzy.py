"""Fuzzy c-means beside R, and its guard against collapse."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from segmentation_lib.cluster import FuzzyCMeans, KMeans
from segmentation_lib.cluster.fuzzy import fuzzy_c_means, fuzzy_membership
from segmentation_lib.stats import adjusted_rand, group_means
from tests.calibration.worlds import equal_groups, one_crowd

SEED = np.random.SeedSequence(1)


def test_membership_by_hand():
    distances = np.array([[1.0, 4.0], [9.0, 9.0], [0.0, 5.0]])
    assert fuzzy_membership(distances, 2.0)[0] == pytest.approx([0.8, 0.2])
    assert fuzzy_membership(distances, 1.5)[0] == pytest.approx([16 / 17, 1 / 17])
    assert fuzzy_membership(distances, 2.0)[1:] == pytest.approx(np.array([[0.5, 0.5], [1, 0]]))


CASES = [("iris", 2.0), ("blobs3", 2.0)] + [
    (name, 1.5) for name in ("iris", "blobs3", "overlap4", "null_gauss", "null_corr", "binary")
]


@pytest.mark.parametrize(("name", "fuzzifier"), CASES)
def test_agrees_with_r(shared, name, fuzzifier):
    reference = shared / "reference"
    X = pd.read_csv(reference / "inputs" / f"{name}.csv").to_numpy(float)
    told = json.loads((reference / "expected" / "cmeans.json").read_text())
    expected = told[name][f"m{fuzzifier:g}"]
    k = expected["k"]
    table = pd.read_csv(reference / "inputs" / "labels" / f"{name}_labels.csv")
    start = group_means(X, table[f"km{k}"].to_numpy() - 1, k)
    centres, membership = fuzzy_c_means(X, start, fuzzifier)
    assert centres == pytest.approx(np.array(expected["centers"]), abs=1e-4)
    rows = np.array(expected["membership"])
    assert membership[: len(rows)] == pytest.approx(rows, abs=1e-4)
    assert membership.sum(axis=1) == pytest.approx(np.ones(len(X)))


def test_clear_groups_keep_the_usual_exponent():
    world = equal_groups(4, 5.0, d=2)(np.random.default_rng(0))
    found = FuzzyCMeans().fit(world.points, 4, seed=SEED, starts=10)
    assert found.fuzzifier == 2.0
    assert adjusted_rand(world.truth, found.labels) > 0.93
    membership = found.membership(world.points)
    assert membership.sum(axis=1) == pytest.approx(np.ones(len(world.points)))
    assert (membership.argmax(axis=1) == found.labels).all()
    assert np.bincount(found.labels).tolist() == sorted(np.bincount(found.labels), reverse=True)


def test_many_columns_need_a_smaller_exponent_and_keep_the_groups():
    world = equal_groups(4, 3.0, d=12)(np.random.default_rng(1))
    plain = KMeans().fit(world.points, 4, seed=SEED, starts=10)
    collapsed, _ = fuzzy_c_means(world.points, plain.centres, 2.0)
    assert pdist(collapsed).min() < 0.01 * pdist(plain.centres).min()
    found = FuzzyCMeans().fit(world.points, 4, seed=SEED, starts=10)
    assert found.fuzzifier < 2.0
    assert adjusted_rand(plain.labels, found.labels) > 0.9


def test_collapse_is_refused_in_plain_words():
    X = one_crowd("gauss", d=12)(np.random.default_rng(2)).points
    with pytest.raises(ValueError, match=r"k = 6: fuzzy groups collapse .* exponent 2\. "):
        FuzzyCMeans(fuzzifier=2.0).fit(X, 6, seed=SEED, starts=5)


def test_an_exponent_of_one_is_refused():
    with pytest.raises(ValueError, match="must be above 1"):
        fuzzy_c_means(np.zeros((4, 1)), np.array([[0.0], [1.0]]), 1.0)


def test_a_customer_between_two_groups_belongs_to_both():
    X = np.r_[np.random.default_rng(3).normal(0, 0.5, 200), 10.0 + np.zeros(200)][:, None]
    found = FuzzyCMeans().fit(X, 2, seed=SEED, starts=5)
    middle = found.rule.points.mean(axis=0, keepdims=True)
    assert found.membership(middle)[0] == pytest.approx([0.5, 0.5])
