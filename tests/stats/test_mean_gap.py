"""Two means, their difference, and whether it is more or less than an amount."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from segmentation_lib.stats.mean_gap import mean_gap


def test_shares_follow_agresti_and_caffo():
    gap = mean_gap(np.repeat([1.0, 0.0], [7, 3]), np.repeat([1.0, 0.0], [2, 8]), seed=1)
    # By hand: (7+1)/12 and (2+1)/12.
    first, second = 8 / 12, 3 / 12
    error = np.sqrt((first * (1 - first) + second * (1 - second)) / 12)
    assert gap.value == pytest.approx(0.5)
    assert gap.low == pytest.approx(first - second - 1.959964 * error, abs=1e-5)
    assert gap.high == pytest.approx(first - second + 1.959964 * error, abs=1e-5)
    assert gap.p_above == pytest.approx(stats.norm.sf((first - second) / error))
    assert gap.p_above + gap.p_below == pytest.approx(1.0)


def test_normal_values_agree_with_welch():
    rng = np.random.default_rng(5)
    first, second = rng.normal(1.0, 1.0, 120), rng.normal(0.0, 3.0, 400)
    welch = stats.ttest_ind(first, second, equal_var=False)
    ends = welch.confidence_interval()
    gap = mean_gap(first, second, seed=1, draws=9999)
    assert gap.low == pytest.approx(ends.low, abs=0.02)
    assert gap.high == pytest.approx(ends.high, abs=0.02)
    assert gap.p_value == pytest.approx(welch.pvalue, abs=0.003)


def test_a_large_group_counts_whole_and_costs_little():
    rng = np.random.default_rng(6)
    first, second = rng.exponential(1.06, 6000), rng.exponential(1.0, 60_000)
    welch = stats.ttest_ind(first, second, equal_var=False)
    gap = mean_gap(first, second, seed=1, draws=1999)
    ends = welch.confidence_interval()
    assert gap.value == pytest.approx(first.mean() - second.mean())
    assert (gap.low, gap.high) == pytest.approx((ends.low, ends.high), abs=0.003)
    assert gap.p_value == pytest.approx(welch.pvalue, abs=0.02)


def test_the_amount_decides_which_tail_is_small():
    rng = np.random.default_rng(7)
    first, second = rng.normal(2.0, 1.0, 200), rng.normal(0.0, 1.0, 200)
    assert mean_gap(first, second, amount=1.0, seed=1).p_above == 1 / 2000
    assert mean_gap(first, second, amount=3.0, seed=1).p_below == 1 / 2000
    between = mean_gap(first, second, amount=first.mean() - second.mean(), seed=1)
    assert min(between.p_above, between.p_below) > 0.4


def test_swapping_the_groups_turns_the_sign():
    rng = np.random.default_rng(9)
    first, second = rng.exponential(2.0, 80), rng.exponential(1.0, 90)
    there, back = mean_gap(first, second, seed=3), mean_gap(second, first, seed=3)
    assert there.value == pytest.approx(-back.value)
    assert there.low == pytest.approx(-back.high, abs=0.05)
    assert there.p_above == pytest.approx(back.p_below, abs=0.01)


def test_the_same_seed_gives_the_same_digits():
    rng = np.random.default_rng(11)
    first, second = rng.exponential(2.0, 40), rng.exponential(1.0, 50)
    assert mean_gap(first, second, seed=(3, 4)) == mean_gap(first, second, seed=(3, 4))
    assert mean_gap(first, second, seed=3).low != mean_gap(first, second, seed=4).low


@pytest.mark.parametrize(
    ("first", "second"), [([], [1.0, 2.0]), ([5.0], [1.0, 2.0]), ([3.0] * 5, [3.0] * 6),
                          ([3.0] * 5, [7.0] * 6)]
)  # fmt: skip
def test_without_variation_nothing_is_tested(first, second):
    gap = mean_gap(np.array(first, dtype=float), np.array(second, dtype=float), seed=1)
    assert np.isnan([gap.p_above, gap.p_below, gap.p_value]).all()
    assert np.isnan(gap.low)
