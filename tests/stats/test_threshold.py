"""Tests of thresholds: the planted one is found, and judged by hand-made counts."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats import best_threshold, threshold_quality

SEED = np.random.SeedSequence(5)


@pytest.mark.parametrize("planted", [1, 3, 7, 10])
def test_the_planted_threshold_is_found(planted):
    counts = np.repeat(np.arange(13), 50)
    outcome = np.tile(np.arange(50), 13) < np.where(counts >= planted, 35, 10)
    found = best_threshold(counts, outcome, seed=SEED)
    assert found.value == planted
    assert found.low <= planted <= found.high
    assert found.high - found.low <= 2
    falling = best_threshold(counts, ~outcome, seed=SEED)
    assert falling == found


def test_nothing_is_found_where_a_side_is_too_small_or_the_outcome_is_one():
    counts = np.repeat([0, 4], [100, 19])
    outcome = np.arange(119) % 2 == 0
    assert best_threshold(counts, outcome, seed=SEED) is None
    assert best_threshold(np.repeat([0, 4], 50), np.zeros(100, dtype=bool), seed=SEED) is None
    assert best_threshold(np.repeat([0, 4], [20, 20]), np.arange(40) < 22, seed=SEED).value == 1


def test_quality_by_hand():
    reached = np.repeat([True, True, False, False], [30, 10, 20, 40])
    outcome = np.repeat([True, False, True, False], [30, 10, 20, 40])
    found = threshold_quality(reached, outcome, seed=SEED)
    assert (found.reached, found.reach.value) == (40, 0.4)
    assert (found.ppv.value, found.npv.value) == (0.75, pytest.approx(2 / 3))
    assert found.lift.value == pytest.approx(0.75 / 0.5)
    assert found.phi.value == pytest.approx(np.corrcoef(reached, outcome)[0, 1])
    assert found.phi.low < found.phi.value < found.phi.high
    assert found.phi.high - found.phi.low == pytest.approx(4 * 0.091, rel=0.15)
    assert found.p_value < 0.001


def test_empty_and_one_sided_rows_give_no_number():
    none = np.zeros(0, dtype=bool)
    assert np.isnan(threshold_quality(none, none, seed=SEED).phi.value)
    nobody = threshold_quality(np.zeros(50, dtype=bool), np.arange(50) < 9, seed=SEED)
    assert (nobody.reached, nobody.phi.value, nobody.p_value) == (0, 0.0, 1.0)
    assert np.isnan(nobody.lift.value)
