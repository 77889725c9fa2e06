"""Tests of fruitless returns beyond chance: numbers by hand, and one customer who does it all."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from segmentation_lib.profile.journeys.chance import Returns


def returns(hits, expected, segment):
    """One page, one row per customer, popularity known without error."""
    n = len(hits)
    none = np.zeros(n, dtype=np.int64)
    visits = np.full(n, 10.0)
    return Returns(
        customer=np.arange(n),
        event=none,
        segment=np.asarray(segment),
        band=none,
        hits=np.asarray(hits, float),
        visits=visits,
        rate=np.asarray(expected, float) / visits,
        variance=np.zeros(n),
        events=1,
        segments=2,
    )


def test_a_segment_is_held_against_chance_by_hand():
    # Segment 0 has 4 or 6 returns where chance gives 2; segment 1 is as chance has it.
    found = returns([4, 6, 4, 6, 2, 2, 2, 2], np.full(8, 2.0), [0] * 4 + [1] * 4).of_segment(0, 0)
    assert (found.norm, found.difference) == pytest.approx((0.2, 0.3))
    # Each against the mean of the other three: 4 - 16/3 and 6 - 14/3, so 4/3 from it.
    error = np.sqrt(4 * (4 / 3) ** 2 * 4 / 3)
    assert found.p_value == pytest.approx(t.sf(12 / error, 3))
    assert found.half == pytest.approx(t.ppf(0.975, 3) * error / 40)


def test_one_customer_who_makes_nearly_all_returns_proves_nothing():
    few, many = np.full(30, 1.0), np.full(60, 1.0)
    hits = np.concatenate([[300.0], few, many])
    expected = np.concatenate([[150.0], few, many])
    found = returns(hits, expected, [0] * 31 + [1] * 60).of_segment(0, 0)
    assert found.difference > 0.4
    assert found.p_value > 0.05
