"""Steadiness: a planted peak and trend are found, joiners and levels make none."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.steadiness import steadiness_test


def rows(seed: int, n: int = 300, periods: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.gamma(2.0, rng.gamma(1.0, 10.0, n)[:, None], (n, periods))


def test_means_leave_out_the_periods_before_a_row_was_known():
    values = np.array([[2.0, 4.0, 9.0], [4.0, 99.0, 99.0], [6.0, 8.0, 99.0]])
    test = steadiness_test(values, np.array([3, 1, 2]), seed=1, permutations=19)
    assert test.means.tolist() == [4.0, 6.0, 9.0]


def test_a_planted_peak_is_found_in_its_period():
    values = rows(1)
    values[:, 4] *= 2
    test = steadiness_test(values, np.full(300, 6), seed=2, permutations=199)
    assert (test.peak, test.peak_p) == (4, 0.005)


@pytest.mark.parametrize(("factor", "trend"), [(1.15, 1), (1 / 1.15, -1)])
def test_a_planted_trend_is_found_with_its_direction(factor, trend):
    values = rows(3) * factor ** -np.arange(6)
    test = steadiness_test(values, np.full(300, 6), seed=4, permutations=199)
    assert (test.trend, test.trend_p) == (trend, 0.005)


def test_larger_rows_that_joined_late_make_no_trend():
    values, known = rows(5), np.full(300, 6)
    values[150:] *= 5
    known[150:] = 2
    test = steadiness_test(values, known, seed=6, permutations=199)
    assert test.means[0] > 2 * test.means[5]
    assert test.trend_p > 0.05
    assert test.peak_p > 0.05


def test_equal_values_are_steady_and_two_periods_are_no_history():
    test = steadiness_test(np.ones((40, 4)), np.full(40, 4), seed=1, permutations=49)
    assert (test.trend, test.peak_p, test.trend_p) == (0, 1.0, 1.0)
    with pytest.raises(ValueError, match="2 periods, must be at least 3"):
        steadiness_test(np.ones((40, 2)), np.full(40, 2), seed=1)
