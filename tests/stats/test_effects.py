"""Effect sizes and permuted tests: by hand, at their level on null data, and finding effects."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from segmentation_lib.stats import effect_size, epsilon_squared, permuted_welch

SHARES = (0.60, 0.25, 0.10, 0.05)


def unequal_groups(n):
    return np.repeat(np.arange(4), (np.array(SHARES) * n).astype(int))


def revenue(kind, n, rng):
    amounts = rng.lognormal(3.0, 1.5 if kind == "log-normal" else 1.0, n)
    return amounts if kind == "log-normal" else amounts * (rng.random(n) < 0.2)


def test_epsilon_squared_by_hand():
    values, groups = np.array([1.0, 2.0, 5.0, 6.0]), np.array([0, 0, 1, 1])
    # Between 16, within 1 on 2 degrees of freedom, total 17.
    assert epsilon_squared(values, groups) == pytest.approx((16 - 0.5) / 17)
    assert epsilon_squared(values + 1e6, groups) == pytest.approx(15.5 / 17)
    assert epsilon_squared(values, groups[::-1] * 7) == pytest.approx(15.5 / 17)


def test_no_difference_is_clipped_to_zero():
    assert epsilon_squared(np.array([1.0, 2.0, 1.0, 2.0]), np.array([0, 0, 1, 1])) == 0.0
    assert epsilon_squared(np.ones(4), np.array([0, 0, 1, 1])) == 0.0


def test_welch_statistic_is_the_t_test_squared_for_two_groups():
    rng = np.random.default_rng(1)
    one, two = rng.normal(0, 1, 40), rng.normal(0.3, 3, 25)
    found = permuted_welch(
        np.concatenate([one, two]), np.repeat([0, 1], [40, 25]), seed=1, permutations=19
    )
    t = stats.ttest_ind(one, two, equal_var=False).statistic
    assert found.statistic == pytest.approx(t**2)


def test_welch_statistic_of_four_groups_is_welch_anova():
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(4), [30, 20, 10, 15])
    values = rng.normal(groups * 0.4, 1 + groups)
    found = permuted_welch(values, groups, seed=1, permutations=19)
    expected = stats.f_oneway(*[values[groups == g] for g in range(4)], equal_var=False)
    assert found.statistic == pytest.approx(expected.statistic)


def test_the_p_value_counts_the_observed_order():
    values, groups = np.array([1.0, 2.0, 3.0, 10.0, 11.0, 12.0]), np.repeat([0, 1], 3)
    found = permuted_welch(values, groups, seed=1, permutations=1999)
    # 2 of the 20 ways to split six values are as extreme.
    assert found.p_value == pytest.approx(0.1, abs=0.02)
    assert found.permutations == 1999


def test_constant_values_differ_nowhere_and_constant_groups_may():
    groups = np.repeat([0, 1], 10)
    assert permuted_welch(np.ones(20), groups, seed=1, permutations=99).p_value == 1.0
    found = permuted_welch(groups * 5.0, groups, seed=1, permutations=999)
    assert np.isfinite(found.statistic)
    assert found.p_value == pytest.approx(0.001)


@pytest.mark.parametrize(("kind", "n"), [("log-normal", 300), ("80 % zeros", 100)])
def test_level_on_skewed_revenue_with_small_segments(kind, n):
    groups = unequal_groups(n)
    found = [
        permuted_welch(
            revenue(kind, n, np.random.default_rng((1, draw))), groups, seed=draw, permutations=99
        ).p_value
        for draw in range(300)
    ]
    # Five per cent of 300, give or take three standard errors of 1.26 %.
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.038)


def test_a_planted_difference_is_found():
    groups = unequal_groups(2000)
    amounts = revenue("80 % zeros", 2000, np.random.default_rng(3)) * (1 + (groups == 1))
    assert permuted_welch(amounts, groups, seed=1, permutations=499).p_value <= 0.05
    effect = effect_size(groups + np.random.default_rng(4).normal(size=2000), groups, seed=1)
    assert effect.low < effect.estimate < effect.high
    # Variance .7275 between and 1 within.
    assert effect.estimate == pytest.approx(0.7275 / 1.7275, abs=0.03)
    assert effect.low > 0.35


def test_intervals_rarely_claim_an_effect_where_there_is_none():
    groups = unequal_groups(200)
    claims = [
        effect_size(
            revenue("log-normal", 200, np.random.default_rng((2, draw))),
            groups,
            seed=draw,
            draws=99,
        ).low
        > 0.01
        for draw in range(100)
    ]
    assert np.mean(claims) <= 0.03


def test_same_seed_same_answer_other_seed_another(four_groups):
    X, truth = four_groups(200, 4, 2.0, 1)
    runs = [effect_size(X[:, 0], truth, seed=seed, draws=99) for seed in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0].low != runs[2].low


@pytest.mark.parametrize(
    ("values", "groups", "fault"),
    [
        ([1.0, np.nan, 2.0], [0, 1, 1], "missing or infinite"),
        ([1.0, 2.0, 3.0], [0, 0, 0], "must be at least 2 groups"),
        ([1.0, 2.0], [0, 1], "more rows than groups"),
    ],
)
def test_what_cannot_be_tested_is_refused(values, groups, fault):
    with pytest.raises(ValueError, match=fault):
        epsilon_squared(np.array(values), np.array(groups))
