"""Tests of stratified odds ratios, length bands and the difference of two shares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, chi2_contingency, contingency

from segmentation_lib.stats import length_bands, share_difference, stratified_odds


def rows(*tables):
    """One stratum per table ``[[a, b], [c, d]]``: with and without the property, outcome or not."""
    has, outcome, strata = [], [], []
    for stratum, ((a, b), (c, d)) in enumerate(tables):
        has += [True] * (a + b) + [False] * (c + d)
        outcome += [True] * a + [False] * b + [True] * c + [False] * d
        strata += [stratum] * (a + b + c + d)
    return np.array(has), np.array(outcome), np.array(strata)


def test_one_stratum_is_the_plain_odds_ratio_with_woolfs_interval():
    found = stratified_odds(*rows([[30, 20], [15, 40]]))
    assert found.odds_ratio == pytest.approx(30 * 40 / (20 * 15))
    plain = contingency.odds_ratio([[30, 20], [15, 40]], kind="sample").confidence_interval()
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    pearson = chi2_contingency([[30, 20], [15, 40]], correction=False).statistic
    assert found.p_value == pytest.approx(chi2.sf(pearson * 104 / 105, 1))
    assert found.clustering == 1.0


def test_several_strata_by_hand():
    # R = 5*40/100 + 30*20/100 = 8, S = 10*45/100 + 20*30/100 = 10.5
    found = stratified_odds(*rows([[5, 10], [45, 40]], [[30, 20], [30, 20]]))
    assert found.odds_ratio == pytest.approx(8 / 10.5)
    variance = 15 * 50 * 85 * 50 / (100**2 * 99) + 50 * 60 * 50 * 40 / (100**2 * 99)
    score = 5 - 7.5
    assert found.p_value == pytest.approx(chi2.sf(score**2 / variance, 1))


def test_the_confounder_is_taken_out():
    # No association in either stratum; thrown together there is a strong one.
    short, long = [[10, 90], [40, 360]], [[320, 80], [80, 20]]
    apart = stratified_odds(*rows(short, long))
    assert apart.odds_ratio == pytest.approx(1.0)
    assert apart.p_value == pytest.approx(1.0)
    has, outcome, strata = rows(short, long)
    assert stratified_odds(has, outcome, np.zeros_like(strata)).odds_ratio > 5


def test_rows_counted_twice_are_no_evidence():
    has, outcome, strata = rows([[30, 20], [15, 40]])
    once = stratified_odds(has, outcome, strata)
    four = [np.tile(part, 4) for part in (has, outcome, strata)]
    clustered = stratified_odds(*four, np.tile(np.arange(105), 4))
    assert clustered.clustering == pytest.approx(4.0)
    assert (clustered.low, clustered.high) == pytest.approx((once.low, once.high), rel=0.1)
    assert clustered.low < once.low < once.high < clustered.high
    assert stratified_odds(*four).p_value < clustered.p_value
    assert stratified_odds(has, outcome, strata, np.arange(105)).p_value == once.p_value


def test_zero_cells_stay_finite_and_small_counts_are_not_tested():
    found = stratified_odds(*rows([[30, 0], [20, 40]]))
    assert found.odds_ratio == pytest.approx(30.5 * 40.5 / (0.5 * 20.5))
    assert 1 < found.low < found.high < np.inf
    assert np.isnan(stratified_odds(*rows([[3, 1], [2, 4]])).p_value)
    assert np.isnan(stratified_odds(*rows([[3, 1], [0, 0]], [[0, 3], [0, 2]])).odds_ratio)


def test_bands_are_exact_up_to_twenty_and_never_fall():
    lengths = np.arange(500)
    bands = length_bands(lengths)
    assert bands[:21].tolist() == list(range(21))
    assert set(np.diff(bands)) == {0, 1}
    for band in set(bands[21:]):
        inside = lengths[bands == band]
        assert inside.max() / inside.min() < 1.1


def test_difference_of_shares_is_newcombes():
    # Newcombe (1998), table II, case a and case e, method 10.
    found = share_difference(56, 70, 48, 80)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    found = share_difference(5, 56, 0, 29)
    assert (found.low, found.high) == pytest.approx((-0.0381, 0.1926), abs=1e-4)
    nobody = share_difference(0, 0, 1, 2)
    assert np.isnan(nobody.value)
    assert (nobody.low, nobody.high) == (-1.0, 1.0)
