"""Difference-in-differences: exact small cases, formulas of linear models, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation_lib.implement.effects import (
    check_pretrend,
    difference_in_differences,
    matched_control,
    scale_of,
)
from segmentation_lib.implement.effects.gaps import gap_changes

STEP = np.array([[-1.0, 1.0]])


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    treated = np.arange(90) < 35
    blocks = rng.gamma(2.0, 10.0, (90, 1)) + rng.normal(0, 2, (90, 2))
    blocks[treated, 1] += 3.0
    return blocks, treated


def without_each(change: np.ndarray, treated: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """The difference of two means again and again, each time without one of the clusters."""
    kept = [clusters != name for name in np.unique(clusters)]
    return np.array([change[own & treated].mean() - change[own & ~treated].mean() for own in kept])


def test_customers_alone_are_welch_on_their_own_changes(pair):
    blocks, treated = pair
    found = gap_changes(blocks, treated, STEP)
    change = blocks[:, 1] - blocks[:, 0]
    welch = stats.ttest_ind(change[treated], change[~treated], equal_var=False)
    assert found.values[0] / found.errors[0] == pytest.approx(welch.statistic)
    assert found.freedom[0] == pytest.approx(welch.df)


def test_errors_by_cluster_leave_out_one_cluster_at_a_time(pair):
    blocks, treated = pair
    change = blocks[:, 1] - blocks[:, 0]
    whole = change[treated].mean() - change[~treated].mean()
    across = np.minimum(np.arange(90) % 35, 8)
    found = gap_changes(blocks, treated, STEP, clusters=across)
    moved = without_each(change, treated, across) - whole
    assert found.values[0] == pytest.approx(whole)
    assert found.errors[0] == pytest.approx(np.sqrt(8 / 9 * (moved**2).sum()))
    # Most customers are in the last of the nine, so there are fewer than eight degrees.
    assert 0 < found.freedom[0] < 2
    within = np.where(treated, np.arange(90) % 7, 7 + np.minimum(np.arange(90) % 35, 9))
    found = gap_changes(blocks, treated, STEP, clusters=within)
    moved = without_each(change, treated, within) - whole
    inside, outside = (moved[:7] ** 2).sum(), (moved[7:] ** 2).sum()
    assert found.errors[0] == pytest.approx(np.sqrt(6 / 7 * inside + 9 / 10 * outside))


def test_one_cluster_has_no_error(pair):
    blocks, treated = pair
    with pytest.raises(ValueError, match="a group is one cluster only"):
        gap_changes(blocks, treated, STEP, clusters=treated.astype(np.int64))


def test_ratios_are_poisson_regression_with_group_and_time():
    blocks = np.array([[2.0, 6.0], [2.0, 2.0], [5.0, 0.0], [5.0, 20.0]])
    treated = np.array([True, True, False, False])
    found = gap_changes(blocks, treated, STEP, scale="ratio")
    # The treated double, the control group does too.
    assert found.values[0] == pytest.approx(0.0)
    outcome = np.concatenate([blocks[:, 0], blocks[:, 1]])
    group, time = np.tile(treated, 2) * 1.0, np.repeat([0.0, 1.0], 4)
    design = np.column_stack([np.ones(8), group, time, group * time])
    means = design @ np.array([np.log(5.0), np.log(2 / 5), np.log(2.0), 0.0])
    bread = np.linalg.inv(design.T @ (design * np.exp(means)[:, None]))
    scores = design * (outcome - np.exp(means))[:, None]
    sums = scores[:4] + scores[4:]
    error = np.sqrt((bread @ sums.T @ sums @ bread)[3, 3])
    assert found.errors[0] == pytest.approx(error * np.sqrt(2 / 1))


def test_effects_of_a_hand_made_case_are_exact():
    blocks = np.array([[10.0, 10, 30], [20.0, 20, 30], [10.0, 10, 15], [30.0, 30, 45]])
    treated = np.array([True, True, False, False])
    ratio = difference_in_differences(blocks, treated, scale="ratio")
    # The control group grows by half, so 22.5 is expected of the treated, who reach 30.
    assert ratio.effect.value == pytest.approx(7.5)
    assert ratio.relative.value == pytest.approx(1 / 3)
    assert (ratio.treated_means, ratio.control_means) == ((15.0, 30.0), (20.0, 30.0))
    levels = difference_in_differences(blocks, treated, scale="difference")
    assert (levels.effect.value, levels.relative.value) == (5.0, pytest.approx(0.2))
    assert ratio.deciding is ratio.relative
    assert levels.deciding is levels.effect
    assert (scale_of("revenue"), scale_of("active")) == ("ratio", "difference")


def test_a_planted_lift_is_held_and_the_same_seed_gives_the_same_digits():
    rng = np.random.default_rng(2)
    treated = np.arange(2000) < 900
    rate = rng.gamma(2.0, 1.0, (2000, 1)) * np.array([1.0, 1.4, 1.1, 1.6])
    rate[treated, -1] *= 1.3
    blocks = rng.poisson(rate).astype(float)
    found = difference_in_differences(blocks, treated, scale="ratio", seed=4)
    assert found.relative.low < 0.3 < found.relative.high
    assert 0.1 < found.relative.high - found.relative.low < 0.35
    assert found == difference_in_differences(blocks, treated, scale="ratio", seed=4)
    null = difference_in_differences(blocks[:, :3], treated, scale="ratio", seed=4)
    assert null.relative.low < 0 < null.relative.high


def test_what_cannot_be_compared_is_refused():
    blocks = np.ones((6, 2))
    with pytest.raises(ValueError, match="one group has no customers"):
        gap_changes(blocks, np.ones(6, bool), STEP)
    treated = np.arange(6) < 3
    with pytest.raises(ValueError, match="a mean is not above 0"):
        gap_changes(blocks * [0.0, 1.0], treated, STEP, scale="ratio")
    with pytest.raises(ValueError, match="one cluster only"):
        gap_changes(blocks, treated, STEP, clusters=np.array([0, 0, 0, 1, 2, 2]))
    with pytest.raises(ValueError, match="missing"):
        gap_changes(blocks * np.nan, treated, STEP)
    with pytest.raises(ValueError, match="one block only"):
        difference_in_differences(blocks[:, :1], treated, scale="ratio")


def before(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    treated = np.arange(1500) < 600
    rate = rng.gamma(2.0, 1.5, (1500, 1)) * np.exp(rng.normal(0, 0.3, 6))
    if kind == "trend":
        rate[treated] *= np.exp(0.08 * np.arange(6))
    if kind == "placebo":
        rate[treated, 3:] *= 1.35
    blocks = rng.poisson(rate).astype(float)
    if kind == "chosen":
        treated = blocks[:, -1] > np.quantile(blocks[:, -1], 0.7)
    return blocks, treated


@pytest.mark.parametrize("kind", ["together", "trend", "placebo", "chosen"])
def test_the_time_before_tells_what_spoils_a_comparison(kind):
    check = check_pretrend(*before(kind), scale="ratio", seed=1)
    assert check.verdict == kind
    assert check.is_credible is (kind == "together")
    assert check.p_value == check.table["p_value"].min()
    assert check.table["check"].tolist() == ["chosen", "trend", *["placebo"] * 4]
    assert check.table["blocks_back"].tolist() == [1, 6, 5, 4, 3, 2]
    assert 0.05 < check.unseen < 0.4


def test_groups_chosen_over_several_blocks_are_seen_by_the_blocks_before_them():
    rng = np.random.default_rng(3)
    blocks = rng.poisson(rng.gamma(2.0, 1.5, (1500, 1)), (1500, 6)).astype(float)
    treated = blocks[:, 2:].sum(axis=1) > np.quantile(blocks[:, 2:].sum(axis=1), 0.7)
    chosen = np.arange(6) >= 2
    assert check_pretrend(blocks, treated, scale="ratio", chosen=chosen).verdict == "chosen"
    assert check_pretrend(blocks[:, 2:], treated, scale="ratio").is_credible  # blind to it
    none_left = check_pretrend(blocks, treated, scale="ratio", chosen=np.ones(6, bool))
    assert none_left.verdict == "too short"


def test_two_blocks_are_too_short():
    check = check_pretrend(*[part[:, :2] if part.ndim == 2 else part for part in before("trend")],
                           scale="ratio")  # fmt: skip
    assert (check.verdict, check.is_credible, len(check.table)) == ("too short", False, 0)


def test_a_matched_control_has_the_mix_of_the_treated():
    table = pd.DataFrame({"plan": list("aabbbc") + list("aaaabd"), "x": range(12)})
    treated = np.arange(12) < 6
    match = matched_control(table, treated, ["plan"])
    assert match.unmatched == 1  # the one on plan c
    assert match.weights[:6].tolist() == [1, 1, 1, 1, 1, 0]
    # Five matched treated are 2 a and 3 b; five matched control customers count as five.
    assert match.weights[6:].tolist() == pytest.approx([0.5, 0.5, 0.5, 0.5, 3.0, 0.0])
    assert match.worth == pytest.approx(25 / 10)
    with pytest.raises(ValueError, match="column age is missing"):
        matched_control(table, treated, ["age"])


def test_matching_takes_a_difference_of_kinds_out():
    rng = np.random.default_rng(8)
    kind = rng.random(3000) < 0.5
    treated = rng.random(3000) < np.where(kind, 0.7, 0.3)
    # One kind doubles; nobody's treatment does anything.
    blocks = rng.poisson(np.column_stack([np.full(3000, 3.0), np.where(kind, 6.0, 3.0)]))
    blocks = blocks.astype(float)
    match = matched_control(pd.DataFrame({"kind": kind}), treated, ["kind"])
    plain = difference_in_differences(blocks, treated, scale="ratio")
    weighed = difference_in_differences(blocks, treated, scale="ratio", weights=match.weights)
    assert plain.relative.low > 0.1
    assert weighed.relative.low < 0 < weighed.relative.high
