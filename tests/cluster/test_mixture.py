"""The mixture finds unequal segments that k-means loses, and does not collapse."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster import DiagonalMixture, KMeans
from segmentation_lib.stats import adjusted_rand
from tests.calibration.worlds import equal_groups, one_crowd, planted, unequal_groups


def fit(X, k, *, seed=1, starts=10, **options):
    return DiagonalMixture(**options).fit(X, k, seed=np.random.SeedSequence(seed), starts=starts)


@pytest.mark.parametrize(
    ("make", "least"),
    [
        (equal_groups(4, 4.0), 0.93),
        (unequal_groups(4, 4.0), 0.93),
        (unequal_groups(4, 5.0), 0.97),
        (unequal_groups(4, 6.0), 0.99),
        (unequal_groups(6, 5.0), 0.97),
    ],
)
def test_planted_groups_are_found(make, least):
    found = []
    for seed in range(3):
        world = make(np.random.default_rng(seed))
        found.append(adjusted_rand(world.truth, fit(world.points, world.groups, seed=seed).labels))
    assert np.mean(found) >= least
    assert min(found) > 0.85


def test_fewer_rows_than_groups_are_refused():
    with pytest.raises(ValueError, match="3 rows cannot make k = 4 groups; take a smaller k"):
        fit(np.arange(6.0).reshape(3, 2), 4)


def test_unequal_groups_that_k_means_loses():
    gains = []
    for seed in range(3):
        world = unequal_groups(4, 4.0)(np.random.default_rng(seed))
        plain = KMeans().fit(world.points, 4, seed=np.random.SeedSequence(seed), starts=10)
        mixed = fit(world.points, 4, seed=seed)
        gains.append(
            adjusted_rand(world.truth, mixed.labels) - adjusted_rand(world.truth, plain.labels)
        )
    assert np.mean(gains) > 0.15


def test_half_the_starts_do_for_refits():
    found = []
    for seed in range(3):
        world = unequal_groups(5, 5.0)(np.random.default_rng(seed))
        found.append(adjusted_rand(world.truth, fit(world.points, 5, seed=seed, starts=5).labels))
    assert min(found) > 0.95


def test_the_same_seed_gives_the_same_groups_numbered_by_size():
    X = unequal_groups(4, 5.0)(np.random.default_rng(1)).points
    one, again = fit(X, 4), fit(X, 4)
    assert (one.labels == again.labels).all()
    assert (one.rule.points == again.rule.points).all()
    sizes = np.bincount(one.labels)
    assert sizes.tolist() == sorted(sizes, reverse=True)
    assert (one.assign(X) == one.labels).all()
    assert (one.membership(X).argmax(axis=1) == one.labels).mean() > 0.999
    for group in range(4):
        assert one.centres[group] == pytest.approx(X[one.labels == group].mean(axis=0))


def test_the_units_and_the_place_do_not_matter():
    X = unequal_groups(4, 5.0)(np.random.default_rng(2)).points
    plain, moved = fit(X, 4), fit(X * 3.0 + 40.0, 4)
    assert adjusted_rand(plain.labels, moved.labels) > 0.99


def test_a_sample_finds_what_all_rows_find():
    world = planted((0.5, 0.3, 0.2), 5.0, n=6000, d=5)(np.random.default_rng(3))
    found = fit(world.points, 3, sample_size=1500)
    assert len(found.labels) == 6000
    assert adjusted_rand(world.truth, found.labels) > 0.95
    assert adjusted_rand(fit(world.points, 3).labels, found.labels) > 0.98


def test_repeated_values_do_not_pull_a_group_into_a_point():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(800, 4))
    X[:300, 0] = -1.0
    found = fit(X, 3)
    assert np.isfinite(found.rule.offsets).all()
    assert (1 / found.rule.precisions >= 0.01 * X.var(axis=0) * (1 - 1e-9)).all()


def test_counts_are_no_lattice_of_groups():
    """Half of the customers bought once: that value is wide, and not a group of its own."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        kind = rng.choice(3, 900, p=(0.5, 0.3, 0.2))
        orders = np.log1p(rng.poisson(np.array([0.7, 6, 25])[kind][:, None], (900, 2)))
        spend = rng.normal(np.array([0.0, 1.5, 3.0])[kind][:, None], 0.7, (900, 2))
        X = np.column_stack([orders, spend])
        found.append(adjusted_rand(kind, fit(X / X.std(axis=0), 3, seed=seed).labels))
    assert min(found) > 0.9


@pytest.mark.parametrize("none", [0.3, 0.6])
def test_having_none_of_something_does_not_become_the_groups(none):
    """A column that is nought for many and has nothing to do with the groups hides none of them."""
    for seed in range(3):
        world = unequal_groups(4, 5.0)(np.random.default_rng(seed))
        rng = np.random.default_rng(seed + 7)
        returns = np.where(rng.random(1000) < none, 0.0, np.log1p(rng.lognormal(1, 1, 1000)))
        X = np.column_stack([world.points, (returns - returns.mean()) / returns.std()])
        assert adjusted_rand(world.truth, fit(X, 4, seed=seed).labels) > 0.93


def test_two_valued_columns_do_not_become_the_groups():
    rng = np.random.default_rng(6)
    kind = rng.integers(0, 2, 800)
    numbers = rng.normal(size=(800, 3)) + 4.0 * kind[:, None] / np.sqrt(3)
    flag = (rng.random(800) < 0.3).astype(float)[:, None]
    X = np.column_stack([numbers, flag])
    assert adjusted_rand(kind, fit(X / X.std(axis=0), 2).labels) > 0.85


def test_outliers_do_not_become_a_segment_where_another_cut_exists():
    for seed in range(3):
        world = equal_groups(3, 5.0)(np.random.default_rng(seed))
        X = np.concatenate([world.points, np.full((3, 6), 8.0)])
        found = fit(X, 3, seed=seed)
        assert np.bincount(found.labels).min() > 100
        assert adjusted_rand(world.truth, found.labels[:-3]) > 0.9


@pytest.mark.parametrize("kind", ["gauss", "t3", "zicount", "onetime"])
def test_one_crowd_gives_finite_numbers(kind):
    X = one_crowd(kind, n=500)(np.random.default_rng(6)).points
    found = fit(X, 5, starts=3)
    assert np.isfinite(found.rule.points).all()
    assert found.membership(X).sum(axis=1) == pytest.approx(np.ones(len(X)))


def test_fewer_distinct_rows_than_groups_and_a_column_of_one_value_are_no_error():
    X = np.column_stack([np.repeat([0.0, 1.0], 20), np.ones(40)])
    found = fit(X, 3, starts=2)
    assert adjusted_rand(np.repeat([0, 1], 20), found.labels) > 0.5
    assert np.isfinite(found.membership(X)).all()
