"""Bootstrap stability and prediction strength: by hand, against R, and without any warm start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats import adjusted_rand, bootstrap_stability, prediction_strength
from segmentation_lib.stats.arrays import one_thread
from segmentation_lib.stats.stability import split_halves


@dataclass(frozen=True)
class SignGrouping:
    """Groups by the sign of the first column, whatever it was fitted on."""

    labels: np.ndarray

    def assign(self, X):
        return (X[:, 0] > 0).astype(np.int64)


class SignAlgorithm:
    """Always finds the same two groups."""

    def fit(self, X, k, *, seed, starts):
        return SignGrouping((X[:, 0] > 0).astype(np.int64))


@dataclass(frozen=True)
class CoinGrouping:
    """Groups that mean nothing: a fresh coin for every fit and every row."""

    labels: np.ndarray
    seed: int

    def assign(self, X):
        return np.random.default_rng(self.seed).integers(0, 2, len(X))


class CoinAlgorithm:
    """Never finds the same two groups."""

    def fit(self, X, k, *, seed, starts):
        draw, again = seed.generate_state(2)
        return CoinGrouping(np.random.default_rng(draw).integers(0, 2, len(X)), int(again))


@pytest.fixture
def two_sides():
    X = np.random.default_rng(1).normal(size=(400, 2))
    return X, (X[:, 0] > 0).astype(np.int64)


def test_groups_that_always_come_back_have_one_everywhere(two_sides):
    X, labels = two_sides
    found = bootstrap_stability(X, labels, SignAlgorithm(), seed=1, draws=5)
    assert found.jaccard.tolist() == [[1, 1]] * 5
    assert found.adjusted_rand.tolist() == [1] * 5
    assert (found.consistency == 1).all()
    assert prediction_strength(X, 2, SignAlgorithm(), seed=1).by_split.tolist() == [1] * 5


def test_groups_by_coin_do_not_come_back(two_sides):
    X, labels = two_sides
    found = bootstrap_stability(X, labels, CoinAlgorithm(), seed=1, draws=40)
    # Two random halves share a third of their union; matching lifts that a little.
    assert found.mean_jaccard == pytest.approx([0.35, 0.35], abs=0.05)
    assert found.adjusted_rand.mean() == pytest.approx(0.0, abs=0.01)
    assert found.consistency.mean() == pytest.approx(0.52, abs=0.03)
    assert prediction_strength(X, 2, CoinAlgorithm(), seed=1).mean == pytest.approx(0.5, abs=0.03)


def test_numbers_of_the_groups_do_not_matter(two_sides):
    X, labels = two_sides
    found = bootstrap_stability(X, 1 - labels, SignAlgorithm(), seed=1, draws=3)
    assert (found.jaccard == 1).all()
    assert (found.consistency == 1).all()


@pytest.mark.parametrize(("name", "k"), [("iris", 3), ("blobs3", 3), ("overlap4", 4)])
def test_clusterboot_reference(reference, name, k):
    expected = reference.expected("clusterboot")[name][f"k{k}"]
    found = bootstrap_stability(
        reference.matrix(name), reference.labels(name, f"km{k}"), KMeans(), seed=1, draws=60
    )
    gap = np.array(expected["mean"]) - found.mean_jaccard
    noise = 4 * np.array(expected["mc_sd_over_seeds"]) + 0.01
    # R compares sampled rows only and takes the best match: ours is a little stricter.
    assert (gap <= noise + 0.02).all()
    assert (gap >= -noise).all()


@pytest.mark.parametrize("name", ["iris", "blobs3", "null_gauss", "null_corr"])
def test_prediction_strength_reference(reference, name):
    expected = reference.expected("prediction_strength")[name]["mean"]
    X = reference.matrix(name)
    for k in (2, 3, 5):
        found = prediction_strength(X, k, KMeans(), seed=1, splits=20)
        assert found.mean == pytest.approx(expected[k - 1], abs=0.05)


@pytest.mark.parametrize("rows", [300, 6000])
def test_workers_do_not_change_a_digit(four_groups, rows):
    # Few rows go to processes, many to threads.
    X, truth = four_groups(rows, 4, 3.0, 1)
    one, two = (
        bootstrap_stability(X, truth, KMeans(), seed=3, draws=6, starts=2, workers=workers)
        for workers in (1, 2)
    )
    assert (one.jaccard == two.jaccard).all()
    assert (one.adjusted_rand == two.adjusted_rand).all()
    assert (one.consistency == two.consistency).all()


def test_one_cloud_is_unstable_because_refits_start_cold(population):
    X = population("gauss", 600, 6, np.random.default_rng(2))
    labels = KMeans().fit(X, 5, seed=np.random.SeedSequence(1), starts=10).labels
    cold = bootstrap_stability(X, labels, KMeans(), seed=1, draws=15)
    # Started warm, at the published centres, refits agree by .8 and more even here.
    assert cold.mean_jaccard.min() < 0.6
    assert (cold.consistency < 0.8).mean() > 0.3


def test_planted_groups_are_stable_and_quantiles_are_ordered(four_groups):
    X, truth = four_groups(600, 6, 5.0, 2)
    found = bootstrap_stability(X, truth, KMeans(), seed=1, draws=15, starts=5, sample_size=400)
    assert found.mean_jaccard.min() > 0.9
    assert (found.jaccard_quantile(0.05) <= found.mean_jaccard).all()
    assert found.consistency.shape == (600,)


def test_prediction_strength_per_group_finds_the_weak_ones():
    rng = np.random.default_rng(4)
    # Two far groups, and a third that k-means must cut from one of them at random.
    X = np.vstack([rng.normal(size=(300, 2)), rng.normal(size=(300, 2)) * [4, 4] + [40, 0]])
    labels = KMeans().fit(X, 3, seed=np.random.SeedSequence(1), starts=10).labels
    found = prediction_strength(X, 3, KMeans(), seed=1, splits=10, labels=labels)
    firm = labels[0]
    assert found.by_group[firm] == pytest.approx(1.0)
    assert np.delete(found.by_group, firm).max() < 0.95
    assert found.mean <= found.by_group.min() + 1e-12
    assert len(prediction_strength(X, 2, KMeans(), seed=1).by_group) == 0


def test_pairs_kept_by_hand():
    from segmentation_lib.stats.stability import _pairs_kept

    own = np.array([0, 0, 0, 1, 1, 2])
    predicted = np.array([0, 0, 1, 2, 2, 0])
    # Group 0: one of three pairs; group 1: its one pair; group 2 is a single row.
    assert _pairs_kept(own, predicted, 3) == pytest.approx([1 / 3, 1.0, 0.0])


def test_halves_share_nothing_and_leave_nothing():
    first, second = split_halves(11, seed=np.random.SeedSequence(1))
    assert (len(first), len(second)) == (6, 5)
    assert sorted([*first, *second]) == list(range(11))


def test_samples_hold_as_many_rows_as_the_data_unless_said(two_sides):
    X, labels = two_sides
    sizes = []

    class Counting(SignAlgorithm):
        def fit(self, X, k, *, seed, starts):
            sizes.append(len(X))
            return super().fit(X, k, seed=seed, starts=starts)

    bootstrap_stability(X, labels, Counting(), seed=1, draws=2)
    bootstrap_stability(X, labels, Counting(), seed=1, draws=2, sample_size=50)
    assert sizes == [400, 400, 50, 50]


def test_many_rows_agree_with_a_plain_loop_where_nothing_is_stable(population):
    from sklearn.cluster import KMeans as Plain

    X = population("gauss", 8000, 5, np.random.default_rng(6))
    labels = KMeans().fit(X, 4, seed=np.random.SeedSequence(1), starts=10).labels
    ours = bootstrap_stability(X, labels, KMeans(), seed=1, draws=30).adjusted_rand
    rng = np.random.default_rng(7)
    plain = []
    with one_thread():
        for draw in range(20):
            refit = Plain(4, n_init=10, random_state=draw).fit(X[rng.integers(0, 8000, 8000)])
            plain.append(adjusted_rand(labels, refit.predict(X)))
    noise = np.hypot(ours.std() / np.sqrt(30), np.std(plain) / np.sqrt(20))
    assert abs(ours.mean() - np.mean(plain)) < 4 * noise
