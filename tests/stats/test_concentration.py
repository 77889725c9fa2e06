"""The Gini coefficient: exact small cases, negative values, and an interval around it."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.concentration import gini, gini_interval


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, 3.0, 3.0], 0.0),
        ([0.0, 0.0, 0.0, 7.0], 0.75),
        ([1.0, 2.0, 3.0, 4.0], 0.25),
        # All differences 2 * 2 * 6 over 2 * 4^2 / 4 * 8: one owes what another owns.
        ([-4.0, 0.0, 0.0, 4.0], 0.75),
    ],
)
def test_exact_cases(values, expected):
    assert gini(np.array(values)) == pytest.approx(expected)


def test_it_is_half_the_relative_mean_difference_and_knows_no_currency():
    values = np.random.default_rng(1).lognormal(0, 1, 200)
    differences = np.abs(values[:, None] - values).mean()
    assert gini(values) == pytest.approx(differences / 2 / values.mean())
    assert gini(1000 * values) == pytest.approx(gini(values))


def test_nothing_has_no_coefficient():
    assert np.isnan(gini(np.zeros(3)))
    assert np.isnan(gini(np.array([])))
    assert np.isnan(gini_interval(np.zeros(3), seed=1).low)


def test_the_interval_holds_the_coefficient_narrows_and_is_reproducible():
    values = np.random.default_rng(2).gamma(0.5, 1.0, 4000)
    few, many = (gini_interval(values[:n], seed=3, draws=199) for n in (250, 4000))
    assert few.low < few.value < few.high
    assert (many.high - many.low) < (few.high - few.low) / 2.5
    assert many.low < 0.6366 < many.high
    assert many == gini_interval(values, seed=3, draws=199)
