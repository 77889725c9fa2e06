"""Tests of waits: Kaplan-Meier by hand, its edges, and the log-rank test beside that of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import CensoredData, beta, logrank

from segmentation_lib.stats.survival import kaplan_meier, log_rank, waiting_quantile

# Freireich et al. 1963: weeks of remission, 6-MP and placebo (Kalbfleisch & Prentice, chapter 1).
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_the_curve_of_the_leukemia_trial():
    days = np.arange(0.0, 36.0)
    curve = kaplan_meier(np.array(TREATED, float), np.array(ENDED, bool), days)
    at = [6, 7, 10, 13, 16, 22, 23]
    assert curve.waiting[at] == pytest.approx(
        [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5
    )
    assert curve.at_risk[at].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.happened.sum() == 9
    assert (curve.happened + curve.censored).sum() == 21
    assert waiting_quantile(days, curve.waiting) == 23
    assert (np.diff(curve.waiting) <= 0).all()
    assert ((curve.low <= curve.waiting) & (curve.waiting <= curve.high)).all()


def test_the_log_rank_test_of_the_leukemia_trial():
    times = np.array(TREATED + PLACEBO, float)
    happened = np.array(ENDED + [1] * 21, bool)
    test = log_rank(times, happened, np.repeat([0, 1], 21))
    assert test.statistic == pytest.approx(16.79, abs=0.005)
    assert test.expected == pytest.approx([19.25, 10.75], abs=0.005)
    assert test.observed.tolist() == [9, 21]
    assert test.freedom == 1


def test_two_groups_get_the_statistic_of_scipy():
    rng = np.random.default_rng(1)
    times = np.ceil(rng.exponential(20.0, 300))
    happened, group = times <= 40, (rng.random(300) < 0.3).astype(np.int64)
    times = np.minimum(times, 40)
    ours = log_rank(times, happened, group)
    theirs = logrank(
        *(CensoredData.right_censored(times[group == g], ~happened[group == g]) for g in (0, 1))
    )
    assert ours.statistic == pytest.approx(theirs.statistic**2)
    assert ours.p_value == pytest.approx(theirs.pvalue)


def test_more_groups_keep_the_level_and_their_order_does_not_matter():
    rng = np.random.default_rng(2)
    p_values = []
    for _ in range(400):
        times = np.ceil(rng.exponential(30.0, 200))
        group = rng.choice(4, 200)
        p_values.append(log_rank(np.minimum(times, 60), times <= 60, group).p_value)
    assert 0.02 <= np.mean(np.array(p_values) < 0.05) <= 0.08
    again = log_rank(np.minimum(times, 60), times <= 60, 3 - group)
    assert again.p_value == pytest.approx(p_values[-1])


def test_all_and_none_have_intervals_and_no_median_is_said():
    days = np.array([0.0, 5.0, 10.0])
    none = kaplan_meier(np.full(50, 10.0), np.zeros(50, bool), days)
    assert none.waiting.tolist() == [1.0, 1.0, 1.0]
    # The mid-p interval of 50 of 50: half the chance of none lower, 0.05 to the power of 1/50.
    assert none.low == pytest.approx(np.full(3, 0.05 ** (1 / 50)), abs=1e-9)
    assert none.high.tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(waiting_quantile(days, none.waiting))
    every = kaplan_meier(np.full(50, 5.0), np.ones(50, bool), days)
    assert (every.waiting[1], every.low[1]) == (0.0, 0.0)
    assert every.high[1] == pytest.approx(1 - 0.05 ** (1 / 50), abs=1e-9)


def test_with_nobody_lost_from_sight_the_interval_is_the_mid_p_one_of_a_share():
    times = np.concatenate([np.arange(1.0, 9.0), np.full(12, 10.0)])
    curve = kaplan_meier(times, times < 10, np.array([8.0, 9.0, 10.0, 11.0]))
    assert curve.waiting == pytest.approx([0.6] * 4)
    for side, end in ((0.025, curve.low), (0.975, curve.high)):
        # Twelve of twenty: half the chance of each of the two ends of Clopper and Pearson.
        chance = (beta.cdf(end[:3], 12, 9) + beta.cdf(end[:3], 13, 8)) / 2
        assert chance == pytest.approx(np.full(3, side), abs=1e-9)
    # The day after the last was watched, nobody knows: all may have come.
    assert curve.low[3] == 0.0
    assert curve.waiting[3] < curve.high[3] < curve.high[2]


def test_the_interval_knows_how_few_are_left_to_watch():
    # 200 are lost from sight on day 2 but for ten, of whom one comes on day 5.
    times = np.concatenate([np.full(190, 2.0), [5.0], np.full(9, 30.0)])
    curve = kaplan_meier(times, times == 5, np.array([2.0, 3.0, 5.0]))
    assert curve.waiting == pytest.approx([1.0, 1.0, 0.9])
    # 200 are known to wait on day 2; of the day after, ten say so.
    assert curve.low[:2] == pytest.approx([0.05 ** (1 / 200), 0.05 ** (1 / 10)])
    assert curve.low[2] == pytest.approx(brentq(lambda q: _mid_p(q) - 0.025, 0.01, 0.99))
    assert curve.high[2] == pytest.approx(brentq(lambda q: _mid_p(q) - 0.975, 0.01, 0.999))


def _mid_p(share: float) -> float:
    return float(beta.cdf(share, 9, 2) + beta.cdf(share, 10, 1)) / 2


def test_intervals_cover_the_share_where_most_are_lost_from_sight():
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(300):
        wait, end = rng.exponential(170.0, 300), rng.exponential(15.0, 300)
        day = np.sort(np.minimum(wait, end))[-10:-9]
        curve = kaplan_meier(np.minimum(wait, end), wait <= end, day)
        inside.append(curve.low[0] <= np.exp(-day[0] / 170) <= curve.high[0])
    # Log-log intervals cover 90 % here.
    assert np.mean(inside) >= 0.94


def test_no_event_says_nothing_and_one_group_is_refused():
    assert np.isnan(log_rank(np.full(4, 9.0), np.zeros(4, bool), np.array([0, 0, 1, 1])).p_value)
    with pytest.raises(ValueError, match="1 groups have rows"):
        log_rank(np.ones(3), np.ones(3, bool), np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="0 times"):
        kaplan_meier(np.zeros(0), np.zeros(0, bool), np.zeros(1))
