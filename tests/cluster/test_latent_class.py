"""Latent classes beside R, and as a scoring rule."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import LatentClass
from segmentation_lib.stats import adjusted_rand

SEED = np.random.SeedSequence(1)


@pytest.fixture(scope="module")
def survey(shared):
    folder = shared / "reference"
    X = pd.read_csv(folder / "inputs" / "binary.csv").to_numpy(float)
    return X, json.loads((folder / "expected" / "lca.json").read_text())


def classes(n, seed=0):
    """Two kinds of people, eight items: each kind says yes to its own half."""
    rng = np.random.default_rng(seed)
    kind = (rng.random(n) < 0.3).astype(int)
    chance = np.array([[0.9] * 4 + [0.1] * 4, [0.1] * 4 + [0.9] * 4])[kind]
    return (rng.random((n, 8)) < chance).astype(float), kind


@pytest.mark.parametrize("k", [2, 3])
def test_agrees_with_r(survey, k):
    X, told = survey
    found = LatentClass().fit(X, k, seed=SEED, starts=10)
    place = told["k"].index(k)
    assert found.log_likelihood == pytest.approx(told["loglik"][place], rel=1e-6)
    assert found.bic == pytest.approx(told["bic_smaller_is_better"][place], rel=1e-6)
    if k == 3:
        assert found.shares == pytest.approx(told["k3"]["prior"], abs=1e-3)
        expected = np.array(told["k3"]["item_probability"])
        assert found.item_probabilities == pytest.approx(expected, abs=1e-3)


def test_more_classes_reach_r_but_for_chances_of_exactly_nought(survey):
    X, told = survey
    for k in (4, 5):
        found = LatentClass().fit(X, k, seed=SEED, starts=10)
        assert found.log_likelihood == pytest.approx(told["loglik"][told["k"].index(k)], abs=0.05)


def test_bic_finds_the_three_classes(survey):
    X, told = survey
    bic = {k: LatentClass().fit(X, k, seed=SEED, starts=10).bic for k in (2, 3, 4)}
    assert min(bic, key=bic.get) == told["best_k_bic"] == 3


def test_planted_classes_are_found_whatever_the_units():
    X, kind = classes(1000)
    found = LatentClass().fit(X, 2, seed=SEED, starts=5)
    assert adjusted_rand(kind, found.labels) > 0.9
    assert found.shares == pytest.approx([0.7, 0.3], abs=0.03)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0) * 1.7
    again = LatentClass().fit(scaled, 2, seed=SEED, starts=5)
    assert (again.labels == found.labels).all()
    assert again.membership(scaled) == pytest.approx(found.membership(X), abs=1e-9)


def test_the_rule_is_the_posterior():
    X, _ = classes(400, seed=1)
    found = LatentClass().fit(X, 2, seed=SEED, starts=5)
    chance = found.item_probabilities
    log_joint = np.log(found.shares) + X @ np.log(chance).T + (1 - X) @ np.log(1 - chance).T
    posterior = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    assert found.membership(X) == pytest.approx(posterior, abs=1e-9)
    assert found.rule.distances(X) == pytest.approx(-2 * log_joint, abs=1e-9)


def test_items_must_have_two_values_and_one_value_tells_nothing():
    X, _ = classes(200)
    X[:3, [1, 4]] = 2.0
    with pytest.raises(ValueError, match=r"column 2, 5 has more than two values"):
        LatentClass().fit(X, 2, seed=SEED, starts=2)
    plain, _ = classes(200)
    silent = np.column_stack([plain, np.ones(200)])
    found = LatentClass().fit(silent, 2, seed=SEED, starts=5)
    assert (found.labels == LatentClass().fit(plain, 2, seed=SEED, starts=5).labels).all()
    assert (found.rule.precisions[:, -1] == 0).all()


def test_a_sample_finds_what_all_rows_find():
    X, kind = classes(6000, seed=2)
    found = LatentClass(sample_size=1000).fit(X, 2, seed=SEED, starts=5)
    assert adjusted_rand(kind, found.labels) > 0.9
    assert found.rows == 6000
