"""Rank correlation: reference values, and what it must not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from segmentation_lib.stats.rank_correlation import rank_correlation, rank_correlation_p_value

X = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
Y = np.array([2.0, 1, 4, 3, 6, 5, 8, 7, 10, 9])


def test_a_hand_made_case():
    found = rank_correlation(X, Y)
    r = 1 - 6 * 10 / (10 * 99)
    half = 1.959964 * np.sqrt((1 + r**2 / 2) / 7)
    assert found.value == pytest.approx(r)
    assert found.low == pytest.approx(np.tanh(np.arctanh(r) - half), abs=1e-6)
    assert found.high == pytest.approx(np.tanh(np.arctanh(r) + half), abs=1e-6)


def test_only_ranks_count_and_signs_turn():
    assert rank_correlation(X, np.exp(Y)) == rank_correlation(X, Y)
    assert rank_correlation(X, -Y).value == pytest.approx(-rank_correlation(X, Y).value)


def test_missing_values_are_left_out():
    with_gaps = rank_correlation(np.append(X, [np.nan, 3]), np.append(Y, [1, np.nan]))
    assert with_gaps == rank_correlation(X, Y)


@pytest.mark.parametrize(("x", "y"), [(X[:9], Y[:9]), (X, np.ones(10)), (np.zeros(10), Y)])
def test_too_little_to_tell(x, y):
    found = rank_correlation(x, y)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (-1.0, 1.0)


def test_perfect_order_has_no_width():
    assert rank_correlation(X, X**3).low == 1.0


def test_the_p_value_is_that_of_the_t_distribution():
    r = 1 - 6 * 10 / (10 * 99)
    statistic = r * np.sqrt(8 / (1 - r**2))
    assert rank_correlation_p_value(X, Y) == pytest.approx(2 * t.sf(statistic, 8))
    assert rank_correlation_p_value(X, -Y) == pytest.approx(2 * t.sf(statistic, 8))
    with_gaps = rank_correlation_p_value(np.append(X, [np.nan, 3]), np.append(Y, [1, np.nan]))
    assert with_gaps == rank_correlation_p_value(X, Y)


@pytest.mark.parametrize(("x", "y"), [(X[:9], Y[:9]), (X, np.ones(10)), (np.ones(10), Y)])
def test_without_a_correlation_there_is_no_p_value(x: np.ndarray, y: np.ndarray):
    assert np.isnan(rank_correlation_p_value(x, y))
