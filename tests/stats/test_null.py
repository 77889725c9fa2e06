"""The one-cloud null: it keeps what is not grouping, stays quiet without groups, and finds them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import PowerTransformer

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats import (
    OneCloud,
    curve_p_value,
    dither,
    rank_p_value,
    silhouette,
)
from segmentation_lib.stats.arrays import spawn_seeds

K = (2, 3, 4)


def silhouettes(X, seed):
    """Silhouette at each k; a group under 2 % is an outlier cell and speaks for nothing."""
    widths = []
    for k in K:
        fitted = KMeans().fit(X, k, seed=seed, starts=2)
        smallest = np.bincount(fitted.labels, minlength=k).min()
        widths.append(silhouette(X, fitted.labels).mean if smallest >= 0.02 * len(X) else -1.0)
    return np.array(widths)


def structure_p(X, seed, draws=19):
    X = PowerTransformer().fit_transform(dither(X, seed=seed))
    cloud = OneCloud.fit(X, seed=seed)
    branches = [branch.spawn(2) for branch in spawn_seeds(seed, draws)]
    null = np.array([silhouettes(cloud.draw(np.random.default_rng(a)), b) for a, b in branches])
    return curve_p_value(silhouettes(X, np.random.SeedSequence(seed)), null, floor=0.005)


def test_draws_have_exactly_the_margins_of_the_data(population):
    X = population("counts with zeros", 300, 4, np.random.default_rng(1))
    drawn = OneCloud.fit(X, seed=1).draw(np.random.default_rng(2))
    assert (np.sort(drawn, axis=0) == np.sort(X, axis=0)).all()
    assert (drawn != X).any()


@pytest.mark.parametrize("kind", ["gauss", "lognormal", "counts with zeros"])
def test_draws_have_the_correlations_of_the_data(population, kind):
    X = population(kind, 1500, 4, np.random.default_rng(3))
    cloud = OneCloud.fit(X, seed=1)
    rng = np.random.default_rng(4)
    simulated = np.mean([np.corrcoef(cloud.draw(rng).T) for _ in range(30)], axis=0)
    assert simulated == pytest.approx(np.corrcoef(X.T), abs=0.05)


def test_joint_heavy_tails_are_kept_and_groups_are_not(population, four_groups):
    tails = population("heavy tails", 800, 5, np.random.default_rng(5))
    assert len(OneCloud.fit(tails, seed=1).radii) == 800
    assert len(OneCloud.fit(four_groups(800, 5, 5.0, 5)[0], seed=1).radii) == 0


def test_a_constant_column_stays_constant():
    X = np.column_stack([np.random.default_rng(0).normal(size=200), np.ones(200)])
    drawn = OneCloud.fit(X, seed=1).draw(np.random.default_rng(1))
    assert (drawn[:, 1] == 1).all()


def test_fit_and_draws_are_the_same_for_a_seed(four_groups):
    X = four_groups(200, 3, 2.0, 1)[0]
    draws = [OneCloud.fit(X, seed=7).draw(np.random.default_rng(3)) for _ in range(2)]
    assert (draws[0] == draws[1]).all()
    assert (OneCloud.fit(X, seed=8).factor != OneCloud.fit(X, seed=7).factor).any()


def test_dither_spreads_whole_numbers_only_and_leaves_flags():
    flags = np.arange(500) % 2
    X = np.column_stack([np.arange(500) % 4, np.arange(500) / 7, np.full(500, np.nan), flags])
    spread = dither(X, seed=1)
    assert (spread[:, 3] == flags).all()
    assert (np.abs(spread[:, 0] - X[:, 0]) <= 0.5).all()
    assert len(np.unique(spread[:, 0])) == 500
    assert (spread[:, 1] == X[:, 1]).all()
    assert np.isnan(spread[:, 2]).all()


def test_rank_p_value_counts_the_observed_value_too():
    null = np.array([1.0, 2.0, 3.0])
    assert rank_p_value(2.0, null) == 0.75
    assert rank_p_value(2.0, null, better="lower") == 0.75
    assert rank_p_value(4.0, null) == 0.25
    assert rank_p_value(0.0, null, better="lower") == 0.25
    missing = np.array([np.nan, 1.0, 2.0])
    assert rank_p_value(3.0, missing) == 0.5
    assert rank_p_value(float("nan"), null) == rank_p_value(float("nan"), null, better="lower") == 1
    with pytest.raises(ValueError, match="'higher' or 'lower'"):
        rank_p_value(1.0, null, better="up")


def test_curve_p_value_takes_the_best_standardised_point():
    null = np.tile([[0.5, 0.10], [0.5, 0.11], [0.5, 0.09]], (13, 1))
    assert curve_p_value(np.array([0.5, 0.2]), null, floor=0.005) == 1 / 40
    assert curve_p_value(np.array([0.5, 0.09]), null, floor=0.005) == 1.0


@pytest.mark.slow
def test_one_population_is_rarely_called_structure(population):
    kinds = ("gauss", "lognormal", "uniform", "heavy tails", "counts with zeros")
    found = [
        structure_p(population(kind, 400, 5, np.random.default_rng((9, draw))), draw)
        for kind in kinds
        for draw in range(4)
    ]
    # 20 data sets at a level of 5 %: 1 expected, 5 or more has probability .003.
    assert sum(p <= 0.05 for p in found) <= 4


@pytest.mark.slow
def test_planted_groups_are_found(four_groups):
    assert [structure_p(four_groups(400, 5, 4.0, seed)[0], seed) for seed in range(4)] == [0.05] * 4


def test_rows_that_were_tied_are_in_random_order_in_the_draws():
    rng = np.random.default_rng(11)
    latent = rng.normal(size=(3000, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    tied = np.digitize(latent, [-0.4, 0.4]) * 1.0
    X = dither(tied, seed=1)
    drawn = OneCloud.fit(X, seed=1, tied=tied).draw(np.random.default_rng(2))
    assert (np.sort(drawn, axis=0) == np.sort(X, axis=0)).all()
    middle = (np.abs(drawn - 1) < 0.5).all(axis=1)
    assert middle.sum() > 300
    # Nothing is correlated inside a block, though the blocks are.
    assert abs(np.corrcoef(drawn[middle].T)[0, 1]) < 0.12
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(np.corrcoef(X.T)[0, 1], abs=0.04)
