"""Wilson's interval, bootstrap means and Holm's correction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from segmentation_lib.stats import holm, mean_interval, wilson_interval


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (3, 7), (7, 7), (120, 1000)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilson_equals_scipy(successes, trials, level):
    found = wilson_interval(successes, trials, level=level)
    expected = binomtest(successes, trials).proportion_ci(level, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert found.value == successes / trials
    assert found.low <= found.value <= found.high


def test_wilson_without_trials_knows_nothing():
    found = wilson_interval(0, 0)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (0, 1)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(successes, trials):
    with pytest.raises(ValueError, match=f"must be 0 to {trials}"):
        wilson_interval(successes, trials)


def test_mean_interval_is_about_the_normal_one():
    values = np.random.default_rng(1).normal(10, 3, 900)
    found = mean_interval(values, seed=2)
    assert found.value == values.mean()
    half = 1.96 * values.std() / 30
    assert found.low == pytest.approx(values.mean() - half, abs=0.05)
    assert found.high == pytest.approx(values.mean() + half, abs=0.05)
    assert found == mean_interval(values, seed=2)


def test_mean_interval_of_one_value_and_of_none():
    one = mean_interval(np.array([4.0]), seed=1)
    assert (one.value, one.low, one.high) == (4, 4, 4)
    assert np.isnan(mean_interval(np.empty(0), seed=1).low)


def test_holm_by_hand():
    # Sorted .01 x 4, .02 x 3, .03 x 2, .5 x 1, never falling.
    assert holm([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.06, 0.06])
    assert holm([0.6, 0.9]).tolist() == [1.0, 1.0]
    assert holm([]).tolist() == []


def test_holm_leaves_missing_tests_out():
    assert holm([0.02, np.nan, 0.03]) == pytest.approx([0.04, np.nan, 0.04], nan_ok=True)
