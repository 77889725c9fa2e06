"""Score tests: exact in hand-made cases, silent on what the base holds, awake to what it lacks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from segmentation_lib.stats.nested_models import (
    mid_ranks,
    score_test_of_flag,
    score_test_of_ranks,
)

ONE = np.ones((40, 1))
HALF = np.repeat([0.0, 1.0], 20)[:, None]


def test_a_flag_in_two_groups_by_hand() -> None:
    # 5 of 20 against 15 of 20: the score is 5; the residuals are all 1/2 in size.
    flag = np.r_[np.ones(5), np.zeros(15), np.ones(15), np.zeros(5)]
    found = score_test_of_flag(ONE, HALF, flag)
    leverage = 1 / 40
    expected = 5.0**2 / (40 * 0.25 * 0.25 / (1 - leverage) ** 2)
    assert found.degrees == 1
    assert found.statistic == pytest.approx(expected, rel=1e-6)
    assert found.p_value == pytest.approx(chi2.sf(expected, 1), rel=1e-6)


def test_a_group_without_an_event_has_a_finite_answer() -> None:
    flag = np.r_[np.zeros(20), np.ones(10), np.zeros(10)]
    found = score_test_of_flag(ONE, HALF, flag)
    assert found.degrees == 1
    assert 5 < found.statistic < 40


def test_ranks_by_hand() -> None:
    values = np.arange(40.0)
    found = score_test_of_ranks(ONE, HALF, values)
    ranks = (values + 0.5) / 40 - 0.5
    score = ranks[20:].sum()
    expected = score**2 / (0.25 * (ranks**2).sum() / (1 - 1 / 40) ** 2)
    assert found.statistic == pytest.approx(expected, rel=1e-9)


def test_one_giant_decides_nothing() -> None:
    values = np.random.default_rng(1).exponential(size=40)
    giant = np.where(values == values.max(), 1e9, values)
    first, second = (score_test_of_ranks(ONE, HALF, v) for v in (values, giant))
    assert first == second


def test_columns_that_the_base_holds_add_nothing() -> None:
    rng = np.random.default_rng(2)
    base = np.column_stack([np.ones(200), rng.normal(size=200)])
    flag = (rng.random(200) < 0.4).astype(float)
    added = base[:, 1:] * 3 + 1
    assert score_test_of_flag(base, added, flag).p_value == 1.0
    assert score_test_of_ranks(base, added, rng.normal(size=200)).degrees == 0
    # Repeating a column gives it no second degree of freedom.
    new = rng.normal(size=(200, 1))
    once, twice = (score_test_of_flag(base, c, flag) for c in (new, np.hstack([new, 2 * new])))
    assert (once.degrees, twice.degrees) == (1, 1)
    assert twice.p_value == pytest.approx(once.p_value, rel=1e-6)


def test_levels_on_smooth_noise_and_power_on_a_step() -> None:
    rejected = {"flag": 0, "ranks": 0, "step": 0}
    for seed in range(150):
        rng = np.random.default_rng((seed, 4))
        x = rng.normal(size=400)
        base = np.column_stack([np.ones(400), x, x**2])
        step = (np.abs(x) > 1).astype(float)[:, None]
        chance = 1 / (1 + np.exp(1 - x))
        flag = (rng.random(400) < chance).astype(float)
        spent = np.where(flag > 0, np.exp(2 * rng.normal(size=400)), 0.0)
        jump = (rng.random(400) < np.where(step[:, 0] > 0, 0.7, 0.3)).astype(float)
        rejected["flag"] += score_test_of_flag(base, step, flag).p_value <= 0.05
        rejected["ranks"] += score_test_of_ranks(base, step, spent).p_value <= 0.05
        rejected["step"] += score_test_of_flag(base, step, jump).p_value <= 0.05
    # 17 or more of 150 at a rate of 5 % have a chance of 1 in 1,000.
    assert rejected["flag"] < 17
    assert rejected["ranks"] < 17
    assert rejected["step"] > 120


@pytest.mark.parametrize("flag", [np.zeros(40), np.full(40, 0.5), np.r_[np.nan, np.ones(39)]])
def test_a_flag_must_be_a_flag_with_both_values(flag: np.ndarray) -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        score_test_of_flag(ONE, HALF, flag)


@pytest.mark.parametrize("values", [np.ones(40), np.r_[np.nan, np.arange(39.0)]])
def test_ranks_need_values_that_differ(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="missing or all equal"):
        mid_ranks(values)
