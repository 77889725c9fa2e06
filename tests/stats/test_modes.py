"""Two modes in one feature: found where there are two, silent on zeros, halves and counts."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.modes import two_modes


def _p(*columns, seed=1):
    names = [f"f{place}" for place in range(len(columns))]
    return [test.p_value for test in two_modes(np.column_stack(columns), names, seed=seed)]


def _mixture(rng, n, apart, share=0.5):
    return rng.normal(size=n) + apart * (rng.random(n) < share)


@pytest.mark.parametrize("name", ["blobs3", "overlap4", "null_gauss"])
def test_dips_equal_those_of_r(reference, name):
    X = reference.matrix(name)
    expected = list(reference.expected("dip")[name]["columns"].values())
    found = two_modes(X, [str(place) for place in range(X.shape[1])], seed=1)
    for column, test, value in zip(X.T, found, expected, strict=True):
        assert (column < 0).any()
        assert test.rows == value["n"]
        assert test.dip == pytest.approx(value["dip"], rel=1e-6)
        assert test.p_value == pytest.approx(value["p_table"], abs=0.01)


def test_two_groups_are_found_in_one_feature_and_corrected_for_all():
    rng = np.random.default_rng(3)
    columns = [rng.normal(size=600) for _ in range(5)]
    found = two_modes(np.column_stack([*columns, _mixture(rng, 600, 5)]), list("abcdef"), seed=1)
    assert [test.name for test in found if test.p_corrected <= 0.05] == ["f"]
    assert found[-1].p_corrected == pytest.approx(6 * found[-1].p_value)


def test_two_groups_of_money_are_found_in_logarithms():
    rng = np.random.default_rng(4)
    money = np.exp(3 + 0.5 * _mixture(rng, 1000, 4))
    assert _p(money)[0] < 0.01
    # The tails of two log-normal groups hide the second mode in money itself.
    assert _p(money - 100)[0] > 0.05


@pytest.mark.parametrize("n", [400, 5000])
def test_values_that_many_hold_are_no_modes(n):
    rng = np.random.default_rng(n)
    money = np.exp(rng.normal(size=n)) * (rng.random(n) < 0.5)
    counts = rng.poisson(np.exp(0.8 * rng.normal(size=n) + 0.5)) * (rng.random(n) < 0.6)
    orders = 1 + rng.poisson(2, n)
    shares = rng.binomial(orders, 0.4) / orders
    filled = np.where(rng.random(n) < 0.2, 1.5, rng.normal(size=n))
    once = np.where(rng.random(n) < 0.6, 1, 1 + rng.geometric(0.4, n))
    p_values = np.array(_p(money, counts, shares, filled, once, rng.random(n) < 0.3))
    assert not (p_values <= 0.05).any()
    # A yes-or-no feature has nothing left to test.
    assert np.isnan(p_values[-1])


def test_a_clean_crowd_rarely_has_two_modes():
    fired = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        columns = (rng.normal(size=500), np.exp(rng.normal(size=500)), rng.random(500))
        fired += min(_p(*columns, seed=seed)) <= 0.05 / 3
    # The dip test is conservative: 0 or 1 expected.
    assert fired <= 2


def test_missing_values_and_empty_features_are_passed_over():
    rng = np.random.default_rng(5)
    halves = _mixture(rng, 800, 6)
    halves[::2] = np.nan
    found = two_modes(np.column_stack([halves, np.full(800, np.nan)]), ["a", "b"], seed=1)
    assert (found[0].rows, found[1].rows) == (400, 0)
    assert found[0].p_corrected < 0.01
    assert np.isnan(found[1].p_corrected)
