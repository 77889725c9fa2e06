"""Tests of journeys alike: shares by hand, and what contradicts itself is no association."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.profile.journeys.alike import expected_share, surest


def test_shares_of_those_without_are_weighted_like_those_with():
    has = np.array([1, 1, 1, 0, 0, 0, 0], dtype=bool)
    won = np.array([1, 0, 0, 1, 0, 1, 1], dtype=bool)
    strata = np.array([0, 0, 1, 0, 0, 1, 1])
    assert expected_share(has, won, strata) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert np.isnan(expected_share(has, won, np.arange(7))).all()


def test_comparisons_that_contradict_each_other_show_nothing():
    # Two strata: with 80 of 100 and 1 of 20 won, without 19 of 20 and 20 of 100.
    sizes = [80, 20, 1, 19, 19, 1, 20, 80]
    has = np.repeat([True, True, True, True, False, False, False, False], sizes)
    won = np.repeat([True, False] * 4, sizes)
    strata = np.repeat([0, 0, 1, 1, 0, 0, 1, 1], sizes)
    flat, each = np.zeros(len(has), dtype=np.int64), np.arange(len(has))
    found = surest(has, won, flat, flat, each, both=True)
    assert found.odds_ratio == pytest.approx(81 * 81 / (39 * 39))
    assert found.p_value < 1e-6
    assert surest(has, won, flat, strata, each, both=True).p_value == 1.0
    assert np.isnan(surest(has, won, flat, each, each, both=True).p_value)
    assert surest(has, won, flat, each, each, both=False).p_value < 1e-6
