"""Tests of journeys alike: shares by hand, and what contradicts itself is no association."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.journeys.alike import Alike, Counts, expected_share, surest


def test_shares_of_those_without_are_weighted_like_those_with():
    has = np.array([1, 1, 1, 0, 0, 0, 0], dtype=bool)
    won = np.array([1, 0, 0, 1, 0, 1, 1], dtype=bool)
    strata = np.array([0, 0, 1, 0, 0, 1, 1])
    assert expected_share(has, won, strata) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert np.isnan(expected_share(has, won, np.arange(7))).all()


def test_shares_of_some_strata_are_those_of_their_rows_alone():
    has = np.array([1, 1, 0, 0, 0, 1, 0], dtype=bool)
    won = np.array([1, 0, 1, 1, 0, 1, 0], dtype=bool)
    strata = np.array([0, 0, 0, 1, 1, 1, 2])
    counts = Counts.of(has, won, strata)
    assert (counts.with_.tolist(), counts.without.tolist()) == ([2, 1, 0], [1, 2, 1])
    assert (counts.wins.tolist(), counts.other_wins.tolist()) == ([1, 1, 0], [1, 1, 0])
    assert counts.mixed.tolist() == [True, True, False]
    assert counts.shares() == expected_share(has, won, strata)
    for stratum in (0, 1):
        own = strata == stratum
        alone = expected_share(has[own], won[own], strata[own])
        assert counts.shares(np.arange(3) == stratum) == alone
    assert np.isnan(counts.shares(np.arange(3) == 2)).all()


def test_journeys_are_alike_in_segment_and_in_all_events_but_a_single_one_looked_at():
    seen = pd.DataFrame({"view": [1, 1, 1, 1, 0], "cart": [1, 0, 1, 0, 0], "help": [0, 0, 1, 0, 0]})
    segments = pd.Series(["S2", "S2", "S2", "S1", "S2"])
    alike = Alike(segments, np.array([3, 3, 4, 3, 25]), seen)
    assert alike.equal_length.tolist() == [0, 0, 1, 2, 3]
    assert alike.same_events(["cart"]).tolist() == [0, 0, 1, 2, 3]
    assert alike.same_events(["view", "cart"]).tolist() == [0, 1, 2, 3, 4]


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
