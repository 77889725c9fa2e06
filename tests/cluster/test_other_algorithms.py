"""Other algorithms beside the chosen one: agreement on planted groups, refusals in words."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import challenge, choose_k
from segmentation_lib.cluster.other_algorithms import _sentence
from segmentation_lib.params import ClusterParams


def planted():
    rng = np.random.default_rng(1)
    return 7 * np.eye(3, 4)[np.repeat([0, 1, 2], 120)] + rng.normal(size=(360, 4))


def test_all_agree_on_clear_groups():
    X, params = planted(), ClusterParams(k_max=4, starts=5)
    choice = choose_k(X, params, seed=1)
    found = challenge(X, choice, params, seed=1)
    check_table("algorithm_agreement", found.table)
    assert choice.k == 3
    assert set(found.table["second"]) == {"mixture", "ward", "fuzzy"}
    assert found.table["adjusted_rand"].min() > 0.95
    assert found.agrees
    assert found.sentence.startswith("Other methods find the same 3 segments: ")
    assert found.sentence.endswith(" of 1.")


def test_one_that_refuses_says_why():
    X = planted()
    params = ClusterParams(algorithms=("kmeans",), compare=("latent_class",), k_max=3, starts=5)
    found = challenge(X, choose_k(X, params, seed=1), params, seed=1)
    assert found.table.empty
    assert list(found.refused) == ["latent_class"]
    assert found.agrees
    assert found.sentence.startswith(
        "No other method was compared with k-means. Latent classes gave no segments: "
    )


def test_one_cloud_is_cut_differently_by_each():
    X = np.random.default_rng(2).normal(size=(400, 6))
    params = ClusterParams(compare=("ward",), k_min=4, k_max=4, starts=5)
    found = challenge(X, choose_k(X, params, seed=1), params, seed=1)
    assert found.table["adjusted_rand"].max() < 0.7
    assert not found.agrees
    assert found.sentence.startswith("Other methods find other segments: they agree only by 0.")
    assert found.sentence.endswith(" of 1. The segments depend on the method that makes them.")


def test_one_method_that_stands_apart_is_named():
    choice = SimpleNamespace(algorithm="kmeans", k=6)
    reached = {"mixture": 0.79, "ward": 0.99, "fuzzy": 0.96}
    assert _sentence(reached, choice) == (
        "Not every method finds these 6 segments: the Gaussian mixture agrees only by 0.79 of 1, "
        "Ward's method and fuzzy c-means by 0.96 to 0.99. "
        "The segments depend in part on the method that makes them."
    )
    assert _sentence({"ward": 0.92, "fuzzy": 0.97}, choice) == (
        "Other methods find nearly the same 6 segments: 0.92 to 0.97 of 1."
    )
