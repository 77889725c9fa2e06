"""Pairs of samples, segment by segment, seed by seed: by hand, against R, and on no structure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats.global_stability import (
    global_stability,
    seed_agreement,
    segment_level_stability,
)
from segmentation_lib.stats.resample import bootstrap_counts, refit_labels


@dataclass(frozen=True)
class Halves:
    """Groups by the sign of a column."""

    labels: np.ndarray
    column: int

    def assign(self, X):
        return (X[:, self.column] > 0).astype(np.int64)


class Fickle:
    """Cuts by the first column or the second, as the seed falls; notes what it was given."""

    def __init__(self):
        self.sizes = []

    def fit(self, X, k, *, seed, starts):
        self.sizes.append(len(X))
        column = int(np.random.default_rng(seed).integers(0, 2))
        return Halves((X[:, column] > 0).astype(np.int64), column)


class Steady(Fickle):
    """Always cuts by the first column."""

    def fit(self, X, k, *, seed, starts):
        return Halves((X[:, 0] > 0).astype(np.int64), 0)


@pytest.fixture
def four_corners():
    X = np.repeat([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], 25, axis=0)
    return X, (X[:, 0] > 0).astype(np.int64)


def test_what_is_always_cut_alike_agrees_fully(four_corners):
    X, labels = four_corners
    found = global_stability(X, [2, 3], Steady(), seed=1, draws=4)
    assert found.tolist() == [[1.0] * 4] * 2
    assert segment_level_stability(X, labels, Steady(), seed=1, draws=3).tolist() == [[1, 1]] * 3
    assert seed_agreement(X, 2, Steady(), seed=1, starts=1) == 1.0


def test_two_cuts_at_right_angles_agree_by_chance_only(four_corners):
    X, labels = four_corners
    values = np.unique(global_stability(X, [2], Fickle(), seed=1, draws=30).round(6))
    # The same cut, or crossing halves of 50 rows: (4 * C(25,2) - e) / (2 * C(50,2) - e).
    chance = (2 * 50 * 49 / 2) ** 2 / (100 * 99 / 2)
    crossing = (4 * 300 - chance) / (2450 - chance)
    assert values == pytest.approx([crossing, 1.0], abs=1e-6)
    # A crossing half shares 25 of 75 rows with a segment: 1/3, 1, or the mean of both.
    segments = np.unique(segment_level_stability(X, labels, Fickle(), seed=1, draws=30).round(6))
    assert segments == pytest.approx([1 / 3, 2 / 3, 1.0], abs=1e-6)


def test_sample_size_is_what_the_refits_see(four_corners):
    X, _ = four_corners
    algorithm = Fickle()
    global_stability(X, [2], algorithm, seed=1, draws=2, sample_size=40)
    assert algorithm.sizes == [40] * 4
    assert bootstrap_counts(100, None, seed=np.random.SeedSequence(1)).sum() == 100
    assert bootstrap_counts(100, 500, seed=np.random.SeedSequence(1)).sum() == 100


def test_counts_stand_for_repeated_rows():
    X = np.array([[0.0], [0.1], [5.0], [9.0]])
    counts = np.array([3, 1, 2, 0])
    fitted = KMeans().fit_counts(X, counts, 2, seed=np.random.SeedSequence(1), starts=3)
    assert fitted.centres[:, 0] == pytest.approx([0.025, 5.0])
    assert fitted.labels.tolist() == [0, 0, 1, 1]
    labels = refit_labels(X, counts, 2, Steady(), seed=np.random.SeedSequence(1), starts=1)
    assert labels.tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("name", ["iris", "blobs3", "overlap4", "null_gauss"])
def test_boot_flexclust_reference(reference, name):
    expected = reference.expected("bootflexclust")[name]
    ks = [2, 3, 4]
    X = reference.matrix(name)
    found = global_stability(X, ks, KMeans(), seed=1, draws=60, starts=5).mean(axis=1)
    for k, value in zip(ks, found, strict=True):
        place = expected["k"].index(k)
        noise = 4 * expected["mc_se_of_mean"][place]
        assert value == pytest.approx(expected["mean"][place], abs=0.06 + noise / 2)


@pytest.mark.parametrize(("name", "k"), [("iris", 3), ("blobs3", 4), ("overlap4", 4)])
def test_slsw_reference(reference, name, k):
    expected = reference.expected("slsw")[name][f"k{k}"]
    labels = reference.labels(name, f"km{k}")
    found = segment_level_stability(
        reference.matrix(name), labels, KMeans(), seed=1, draws=60, starts=5
    ).mean(axis=0)
    spread = 4 * np.array(expected["sd_between_samples"]) / np.sqrt(60)
    assert (np.abs(found - expected["mean"]) <= spread + 0.02).all()


def test_workers_and_processes_do_not_change_a_digit(four_groups):
    X, _ = four_groups(6000, 4, 3.0, 1)
    one, two = (
        global_stability(X, [2, 4], KMeans(), seed=3, draws=3, starts=2, workers=workers)
        for workers in (1, 2)
    )
    assert (one == two).all()


def test_one_seed_has_nothing_to_agree_with(four_corners):
    with pytest.raises(ValueError, match="at least 2"):
        seed_agreement(four_corners[0], 2, Steady(), seed=1, starts=1, seeds=1)


def test_seeds_agree_on_groups_and_differ_by_cut():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(400, 2))
    # Ten pairs of five fits; each pair agrees fully or not at all.
    found = seed_agreement(X, 2, Fickle(), seed=4, starts=1)
    columns = [
        int(np.random.default_rng(seed).integers(0, 2))
        for seed in np.random.SeedSequence(4).spawn(5)
    ]
    same = sum(columns[a] == columns[b] for a in range(5) for b in range(a)) / 10
    assert 0 < same < 1
    assert found == pytest.approx(same, abs=0.01)
