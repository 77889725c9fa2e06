"""Tests of waits: Kaplan-Meier by hand, its edges, and the log-rank test beside that of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import CensoredData, logrank

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
    assert none.low == pytest.approx(np.full(3, 0.9287), abs=1e-4)
    assert np.isnan(waiting_quantile(days, none.waiting))
    every = kaplan_meier(np.full(50, 5.0), np.ones(50, bool), days)
    assert (every.waiting[1], every.low[1]) == (0.0, 0.0)
    assert every.high[1] == pytest.approx(0.0713, abs=1e-4)


def test_no_event_says_nothing_and_one_group_is_refused():
    assert np.isnan(log_rank(np.full(4, 9.0), np.zeros(4, bool), np.array([0, 0, 1, 1])).p_value)
    with pytest.raises(ValueError, match="1 groups have rows"):
        log_rank(np.ones(3), np.ones(3, bool), np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="0 times"):
        kaplan_meier(np.zeros(0), np.zeros(0, bool), np.zeros(1))
