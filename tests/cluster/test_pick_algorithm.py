"""Which algorithm: fit on held-out rows by hand, and segments that only follow ties."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from segmentation_lib.cluster import candidates
from segmentation_lib.cluster.candidates import Candidate
from segmentation_lib.cluster.pick_algorithm import on_one_value, pick_algorithm, row_fit
from segmentation_lib.params import ClusterParams


def test_one_group_is_a_normal_density_up_to_a_constant():
    learned, held_out = np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([[2.0, 4.0], [0.0, 1.0]])
    found = row_fit(learned, np.zeros(2, int), held_out, own_spread=True)
    # Means 2 and 4, variances 1 and 4; the constant ln(2 pi) per row is left out.
    expected = norm.logpdf([[2, 4], [0, 1]], [2, 4], [1, 2]).sum(axis=1) + np.log(2 * np.pi)
    assert found == pytest.approx(expected)
    alike = row_fit(learned, np.zeros(2, int), held_out, own_spread=False)
    spread = np.sqrt(2.5)
    expected = norm.logpdf([[2, 4], [0, 1]], [2, 4], spread).sum(axis=1) + np.log(2 * np.pi)
    assert alike == pytest.approx(expected)


def test_shares_of_groups_count():
    learned, held_out = np.array([[0.0], [0.2], [0.1], [9.0], [9.2]]), np.array([[0.1], [9.1]])
    near, far = row_fit(learned, np.array([0, 0, 0, 1, 1]), held_out, own_spread=False)
    assert near - far == pytest.approx(np.log(0.6 / 0.4))


def test_a_segment_of_one_repeated_value_is_seen():
    rng = np.random.default_rng(1)
    orders = np.where(np.arange(200) < 80, 1.0, rng.normal(4, 1, 200))
    X = np.column_stack([rng.normal(size=200), orders])
    by_ties = np.where(orders == 1.0, 0, 1)
    across = (X[:, 0] > 0).astype(int)
    assert on_one_value(X, by_ties)
    assert not on_one_value(X, across)


def test_a_column_of_mostly_one_value_is_no_reason():
    rng = np.random.default_rng(1)
    X = np.column_stack([rng.normal(size=200), np.where(np.arange(200) < 190, 0.0, 1.0)])
    assert not on_one_value(X, (X[:, 0] > 0).astype(int))


def candidate(name, labels, strength, failure=""):
    numbers = dict.fromkeys(
        ("silhouette", "davies_bouldin", "explained_share", "smallest_share"), 0.3
    )
    return Candidate(
        name, 2, labels, prediction_strength=strength, smallest_size=99, failure=failure, **numbers
    )


@pytest.fixture(scope="module")
def wide_and_narrow():
    """A wide group around a narrow one: k-means halves them, the mixture does not."""
    rng = np.random.default_rng(2)
    truth = np.repeat([0, 1], [600, 300])
    X = np.where(truth == 0, 2.0, 0.3)[:, None] * rng.normal(size=(900, 3))
    return X, truth, (X[:, 0] > 0).astype(np.int64)


def test_the_better_description_wins_when_both_come_back(wide_and_narrow):
    X, truth, halves = wide_and_narrow
    both = [candidate("kmeans", halves, 0.9), candidate("mixture", truth, 0.9)]
    pick = pick_algorithm(X, both, ClusterParams(), seed=1)
    assert pick.candidate.algorithm == "mixture"
    assert "describe new customers better" in pick.why
    assert pick.passed_over["kmeans"].startswith("the Gaussian mixture is used")


def test_the_half_that_is_described_has_no_part_in_the_groups(wide_and_narrow, monkeypatch):
    X, truth, halves = wide_and_narrow
    seen = []

    def fit_half(learned, *details, seed):
        seen.append(learned)
        return candidates.fit_half(learned, *details, seed=seed)

    monkeypatch.setattr("segmentation_lib.cluster.pick_algorithm.fit_half", fit_half)
    both = [candidate("kmeans", halves, 0.9), candidate("mixture", truth, 0.9)]
    pick_algorithm(X, both, ClusterParams(), seed=1)
    first = np.random.default_rng((1, 2, 5)).random(len(X)) < 0.5
    assert [len(learned) for learned in seen] == [first.sum(), first.sum()]
    assert all((learned == X[first]).all() for learned in seen)


def test_a_half_that_is_refused_leaves_the_simpler_one(wide_and_narrow, monkeypatch):
    X, truth, halves = wide_and_narrow

    def refuses(*_, **__):
        raise ValueError("The centres coincide.")

    monkeypatch.setattr("segmentation_lib.cluster.pick_algorithm.fit_half", refuses)
    both = [candidate("kmeans", halves, 0.9), candidate("mixture", truth, 0.9)]
    pick = pick_algorithm(X, both, ClusterParams(), seed=1)
    assert pick.candidate.algorithm == "kmeans"
    assert pick.passed_over["mixture"] == (
        "k-means is used: half of the customers cannot be fitted (The centres coincide)"
    )


@pytest.mark.parametrize(
    ("first", "second", "winner", "word"),
    [
        (0.95, 0.85, "kmeans", "come back more surely"),
        (0.70, 0.85, "mixture", "where those of k-means do not (0.70)"),
    ],
)
def test_coming_back_goes_before_description(wide_and_narrow, first, second, winner, word):
    X, truth, halves = wide_and_narrow
    both = [candidate("kmeans", halves, first), candidate("mixture", truth, second)]
    pick = pick_algorithm(X, both, ClusterParams(), seed=1)
    assert pick.candidate.algorithm == winner
    assert any(word in text for text in pick.passed_over.values())


def test_the_same_segments_stay_with_the_simpler_one(wide_and_narrow):
    X, truth, _ = wide_and_narrow
    both = [candidate("kmeans", truth, 0.9), candidate("mixture", truth, 0.9)]
    pick = pick_algorithm(X, both, ClusterParams(), seed=1)
    assert pick.candidate.algorithm == "kmeans"
    assert pick.why == ""


def test_one_that_cannot_be_fitted_never_wins(wide_and_narrow):
    X, truth, _ = wide_and_narrow
    failed = candidate("fuzzy", np.empty(0, np.int64), np.nan, "the centres coincide")
    good = candidate("kmeans", truth, 0.5)
    for both in ([failed, good], [good, failed]):
        assert pick_algorithm(X, both, ClusterParams(), seed=1).candidate is good


def test_a_mixture_that_follows_ties_is_passed_over():
    rng = np.random.default_rng(3)
    orders = np.where(np.arange(600) < 250, 1.0, rng.normal(3, 1, 600))
    X = np.column_stack([rng.normal(size=600), orders])
    ties, halves = (orders != 1.0).astype(np.int64), (orders > 2.5).astype(np.int64)
    both = [candidate("kmeans", halves, 0.7), candidate("mixture", ties, 1.0)]
    pick = pick_algorithm(X, both, ClusterParams(), seed=1)
    assert pick.candidate.algorithm == "kmeans"
    assert pick.passed_over["mixture"].endswith("makes a segment of one repeated value")
