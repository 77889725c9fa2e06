"""Bootstrap-t: the normal interval where values are tame, longer to the long tail's side."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from segmentation_lib.stats.studentised import studentised_difference, studentised_mean


def test_tame_values_have_the_normal_interval_about():
    values = np.random.default_rng(1).normal(5.0, 2.0, 400)
    found = studentised_mean(values, seed=1)
    plain = stats.t.interval(0.95, 399, values.mean(), stats.sem(values))
    assert found.value == values.mean()
    assert (found.low, found.high) == pytest.approx(plain, abs=0.04)


def test_a_long_tail_makes_the_interval_reach_further_up():
    values = np.random.default_rng(2).lognormal(0.0, 1.5, 150)
    found = studentised_mean(values, seed=1)
    assert found.high - found.value > 1.3 * (found.value - found.low)
    assert studentised_mean(values, seed=1) == found


def test_a_difference_turns_round_with_its_groups():
    rng = np.random.default_rng(3)
    one, other = rng.lognormal(0, 1, 300), rng.lognormal(0, 1, 60)
    found = studentised_difference(one, other, seed=1, draws=499)
    turned = studentised_difference(other, one, seed=1, draws=499)
    assert found.value == pytest.approx(one.mean() - other.mean())
    assert turned.value == pytest.approx(-found.value)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), rel=0.15)


def test_large_groups_are_not_resampled_and_agree_with_welch():
    rng = np.random.default_rng(4)
    one, other = rng.gamma(1.0, 1.0, 30_000), rng.gamma(1.0, 1.1, 25_000)
    found = studentised_difference(one, other, seed=1, draws=999)
    welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((welch.low, welch.high), abs=0.003)


def test_nothing_is_told_of_too_little_and_equal_values_have_no_doubt():
    assert np.isnan(studentised_mean(np.array([]), seed=1).value)
    assert np.isnan(studentised_mean(np.array([3.0]), seed=1).low)
    assert studentised_mean(np.array([3.0]), seed=1).value == 3.0
    rare = np.zeros(20)
    rare[0] = 1.0
    assert np.isfinite(studentised_mean(rare, seed=1).high)
    same = studentised_mean(np.full(9, 2.0), seed=1)
    assert (same.low, same.value, same.high) == (2.0, 2.0, 2.0)
