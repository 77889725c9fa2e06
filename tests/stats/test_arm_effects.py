"""Effects of arms: known numbers, the same as other tools, and what small arms ask for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from segmentation_lib.stats.arm_effects import (
    adjusted_values,
    mean_effect,
    ratio_effect,
    ratio_values,
    share_effect,
    unlike_arms,
)
from segmentation_lib.stats.permuted_gap import permuted_gap


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    """Two arms of 600 whose revenue goes with what came before; the treated have 2 more."""
    rng = np.random.default_rng(1)
    before = rng.gamma(2, 5, 1200)
    orders = rng.poisson(2, 1200).astype(float)
    revenue = before + rng.normal(20, 4, 1200) + 2.0 * (np.arange(1200) < 600)
    return {"before": before, "orders": orders, "revenue": revenue}


def halves(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values[:600], values[600:]


def test_a_mean_is_compared_by_welch(rows):
    treated, control = halves(rows["revenue"])
    effect = mean_effect(treated, control)
    found = ttest_ind(treated, control, equal_var=False)
    assert effect.value == pytest.approx(treated.mean() - control.mean())
    assert effect.p_value == pytest.approx(found.pvalue)
    assert (effect.low, effect.high) == pytest.approx(tuple(found.confidence_interval(0.95)))
    assert effect.relative == pytest.approx(effect.value / control.mean())
    assert (effect.method, effect.variance_left) == ("Welch", 1.0)


def test_what_came_before_narrows_the_interval_around_the_same_truth(rows):
    treated, control = halves(rows["revenue"])
    plain = mean_effect(treated, control)
    adjusted = mean_effect(treated, control, before=halves(rows["before"]))
    assert adjusted.method == "CUPED"
    assert adjusted.high - adjusted.low < 0.6 * (plain.high - plain.low)
    assert 0.2 < adjusted.variance_left < 0.35
    assert adjusted.low < 2.0 < adjusted.high
    assert adjusted_values(rows["revenue"], np.ones(1200)) == pytest.approx(rows["revenue"])


def test_other_tools_say_the_same(rows):
    aggr = pytest.importorskip("tea_tasting.aggr")
    metrics = pytest.importorskip("tea_tasting.metrics")

    def sums(part: int):
        own = {name: halves(values)[part] for name, values in rows.items()}
        pairs = [("before", "revenue"), ("orders", "revenue")]
        return aggr.Aggregates(
            600,
            {name: float(v.mean()) for name, v in own.items()},
            {name: float(v.var(ddof=1)) for name, v in own.items()},
            {pair: float(np.cov(own[pair[0]], own[pair[1]])[0, 1]) for pair in pairs},
        )

    tests = {
        "mean": (metrics.Mean("revenue"), mean_effect(*halves(rows["revenue"]))),
        "CUPED": (
            metrics.Mean("revenue", covariate="before"),
            mean_effect(*halves(rows["revenue"]), before=halves(rows["before"])),
        ),
        "ratio": (
            metrics.RatioOfMeans("revenue", "orders"),
            ratio_effect(*zip(halves(rows["revenue"]), halves(rows["orders"]), strict=True)),
        ),
    }
    for test, own in tests.values():
        theirs = test.analyze_aggregates(control=sums(1), treatment=sums(0))
        assert own.value == pytest.approx(theirs.effect_size, rel=1e-6)
        # They take the slope from pooled sums that hold the arms' gap; it differs in the 4th digit.
        assert own.p_value == pytest.approx(theirs.pvalue, rel=0.02, abs=1e-12)
        assert own.low == pytest.approx(theirs.effect_size_ci_lower, rel=1e-3)


def test_a_ratio_counts_customers_not_orders():
    top, bottom = np.array([10.0, 30.0, 0.0, 20.0]), np.array([1.0, 2.0, 0.0, 2.0])
    values = ratio_values(top, bottom)
    assert values.mean() == pytest.approx(60 / 5)
    # By hand: 12 + (top - 12 * bottom) / 1.25.
    assert values == pytest.approx([10.4, 16.8, 12.0, 8.8])
    effect = ratio_effect((2 * top, bottom), (top, bottom), seed=1)
    assert (effect.treated, effect.control, effect.value) == pytest.approx((24, 12, 12))
    nothing = ratio_effect((top, 0 * bottom), (top, bottom))
    assert np.isnan(nothing.p_value)
    assert nothing.method == ""


def test_shares_have_newcombes_interval():
    # Newcombe (1998), table II (a): 56/70 against 48/80, method 10: .0524 to .3339.
    treated, control = np.repeat([1.0, 0.0], [56, 14]), np.repeat([1.0, 0.0], [48, 32])
    effect = share_effect(treated, control)
    assert (effect.low, effect.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert effect.value == pytest.approx(0.2)
    # The chi-square test of the table without correction.
    assert effect.p_value == pytest.approx(0.00804, abs=2e-5)
    few = share_effect(np.repeat([1.0, 0.0], [3, 17]), np.zeros(20))
    assert few.method == "shares, exact"
    assert few.p_value == pytest.approx(0.2308, abs=1e-4)


def test_small_and_unlike_arms_are_permuted():
    assert unlike_arms(499, 499)
    assert unlike_arms(600, 901)
    assert not unlike_arms(600, 900)
    rng = np.random.default_rng(2)
    treated, control = rng.lognormal(0, 1.5, 60), rng.lognormal(0, 1.5, 600)
    effect = mean_effect(treated, control, seed=1)
    found = ttest_ind(treated, control, equal_var=False)
    assert effect.method == "Welch, permuted"
    assert effect.p_value >= found.pvalue
    # The longer tail is above: a large spender more in a small arm is luck that must be allowed.
    assert effect.high - effect.value > effect.value - effect.low
    assert mean_effect(treated, control, seed=1) == effect


def test_nothing_varies_and_nobody_is_there():
    flat = mean_effect(np.ones(600), np.ones(600))
    assert np.isnan(flat.p_value)
    assert (flat.low, flat.high) == (0.0, 0.0)
    alone = mean_effect(np.ones(1), np.ones(600))
    assert np.isnan(alone.low)
    assert alone.method == ""
    assert np.isnan(share_effect(np.zeros(50), np.zeros(50)).p_value)


def test_two_values_that_part_the_arms_cleanly_are_no_luck():
    found = mean_effect(np.full(60, 12.0), np.full(60, 10.0))
    assert (found.value, found.error) == (2.0, 0.0)
    assert found.p_value < 1e-12
    assert mean_effect(np.full(2, 12.0), np.full(2, 10.0)).p_value == pytest.approx(1 / 3)
    assert np.isnan(mean_effect(np.full(60, 10.0), np.full(60, 10.0)).p_value)


def test_ends_that_lie_far_out_are_drawn_often_enough(monkeypatch):
    asked = []

    def counted(*values, draws, **options):
        asked.append(draws)
        return permuted_gap(*values, draws=draws, **options)

    monkeypatch.setattr("segmentation_lib.stats.arm_effects.permuted_gap", counted)
    rng = np.random.default_rng(50001)
    arms = rng.gamma(0.5, 10.0, 60), rng.gamma(0.5, 10.0, 90)
    for questions in (1, 48):
        mean_effect(*arms, level=1 - 0.05 / questions)
    assert asked[0] == 999
    assert asked[1] * 0.05 / 48 / 2 >= 5
