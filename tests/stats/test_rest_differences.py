"""Differences from the rest: exact values, gaps, and the spread of bootstrap samples."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.rest_differences import bootstrap_rest_differences, rest_differences


def test_difference_is_from_the_rest_and_not_from_all():
    values = np.array([[1.0], [2.0], [4.0], [5.0], [6.0]])
    found = rest_differences(values, np.array([0, 0, 1, 1, 2]))
    spread = np.std([1, 2, 4, 5, 6])
    expected = [(1.5 - 5.0) / spread, (4.5 - 3.0) / spread, (6.0 - 3.0) / spread]
    assert found[:, 0].tolist() == pytest.approx(expected)


def test_gaps_do_not_count_and_flat_columns_are_nought():
    values = np.array([[1.0, 7.0], [np.nan, 7.0], [3.0, 7.0], [np.nan, 7.0]])
    found = rest_differences(values, np.array([0, 0, 1, 1]))
    assert found.tolist() == [[-2.0, 0.0], [2.0, 0.0]]


def test_a_group_without_values_or_without_a_rest_is_not_known():
    only = rest_differences(np.array([[1.0], [2.0]]), np.array([0, 0]))
    assert np.isnan(only).all()
    empty = rest_differences(np.array([[np.nan], [2.0], [3.0]]), np.array([0, 1, 1]))
    assert np.isnan(empty).all()


def test_spread_of_the_samples_is_the_standard_error():
    rng = np.random.default_rng(3)
    values, groups = rng.normal(size=(600, 2)), np.repeat([0, 1, 2], 200)
    drawn = bootstrap_rest_differences(values, groups, seed=np.random.SeedSequence(1), draws=800)
    assert drawn.shape == (800, 3, 2)
    error = np.sqrt(1 / 200 + 1 / 400)
    assert drawn.std(axis=0).ravel() == pytest.approx(np.full(6, error), rel=0.15)
    assert drawn.mean(axis=0) == pytest.approx(rest_differences(values, groups), abs=0.02)


def test_the_same_seed_gives_the_same_digits_and_another_does_not():
    values, groups = np.arange(12.0)[:, None], np.arange(12) % 3
    one, two, other = (
        bootstrap_rest_differences(values, groups, seed=np.random.SeedSequence(seed), draws=5)
        for seed in (4, 4, 5)
    )
    assert np.array_equal(one, two, equal_nan=True)
    assert not np.array_equal(one, other, equal_nan=True)
