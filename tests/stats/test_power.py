"""Power and sizes of experiments, against the textbook."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from segmentation_lib.stats.power import (
    customers_needed,
    minimum_detectable_effect,
    planning_deviation,
    power_of,
    share_deviation,
)
from segmentation_lib.stats.sample_ratio import sample_ratio_p_value


def test_equal_arms_follow_the_rule_of_thumb():
    assert minimum_detectable_effect(1, 1000, 1000) == pytest.approx(2.80 * math.sqrt(2 / 1000),
                                                                     rel=1e-3)  # fmt: skip
    # Cohen's d = .5 needs 63 in each arm (by the normal law).
    assert customers_needed(0.5, 1) == 126


def test_unlike_arms_need_more():
    assert customers_needed(0.5, 1, treated_share=0.1) == math.ceil(7.8489 / 0.25 / 0.09)
    assert minimum_detectable_effect(1, 100, 900) == pytest.approx(2.8016 * math.sqrt(1 / 90),
                                                                   rel=1e-4)  # fmt: skip


def test_power_turns_the_rule_round():
    effect = minimum_detectable_effect(3.0, 200, 400, alpha=0.01, power=0.9)
    assert power_of(-effect, 3.0, 200, 400, alpha=0.01) == pytest.approx(0.9)
    assert power_of(0.0, 3.0, 200, 400) == pytest.approx(0.025)


def test_a_share_varies_more_where_it_is_larger():
    # .2 * .8 / 100 + .1 * .9 / 300, by (1 / 100 + 1 / 300).
    assert share_deviation(0.1, 0.1, 100, 300) ** 2 == pytest.approx(0.0019 / (4 / 300))
    assert share_deviation(0.9, 0.5, 10, 10) ** 2 == pytest.approx(0.045)


def test_a_spread_that_is_badly_known_is_planned_with_caution():
    rng = np.random.default_rng(1)
    even, skewed = rng.normal(size=2000), rng.lognormal(0, 1.5, 2000)
    # The variance of a variance: 2 / n of a normal law, by half and .84.
    assert planning_deviation(even) / even.std() == pytest.approx(1 + 0.42 * (2 / 2000) ** 0.5,
                                                                  rel=2e-3)  # fmt: skip
    assert 1.05 < planning_deviation(skewed) / skewed.std() < 1.3
    assert planning_deviation(np.ones(5)) == 0
    assert math.isnan(planning_deviation(np.ones(1)))


def test_without_customers_there_is_no_answer():
    assert math.isnan(minimum_detectable_effect(1, 0, 10))
    assert math.isnan(power_of(1, 0, 10, 10))
    assert customers_needed(0, 1) == math.inf
    with pytest.raises(ValueError, match="between 0 and 1"):
        customers_needed(1, 1, treated_share=1)


def test_the_sample_ratio_of_three_arms():
    # Chi-square by hand: (10^2 + 10^2) / 100 + 0 / 200 = 2 with 2 degrees of freedom.
    assert sample_ratio_p_value([110, 90, 200], [0.25, 0.25, 0.5]) == pytest.approx(math.exp(-1))
    assert math.isnan(sample_ratio_p_value([4, 4], [1, 1]))
    with pytest.raises(ValueError, match="positive"):
        sample_ratio_p_value([4, 4], [1, 0])


@pytest.mark.parametrize(("customers", "share"), [(50, 0.1), (100, 0.05), (500, 0.01)])
def test_sound_small_arms_raise_no_more_alarms_than_promised(customers, share):
    drawn = np.arange(customers + 1)
    chances = binom.pmf(drawn, customers, share)
    shares = [share, 1 - share]
    p_values = np.array([sample_ratio_p_value([own, customers - own], shares) for own in drawn])
    # By the chi-square law alone it is two to eight times as many.
    for level in (0.01, 0.001, 0.001 / 12):
        assert chances[p_values < level].sum() <= level


def test_small_arms_of_three_are_held_to_exact_tests_as_well():
    shares, counts = [0.9, 0.05, 0.05], [80, 16, 4]
    assert sample_ratio_p_value(counts, shares) >= 3 * binomtest(16, 100, 0.05).pvalue
    assert sample_ratio_p_value([60, 36, 4], shares) < 1e-6
