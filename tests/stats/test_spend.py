"""Gamma-Gamma: planted parameters, the published example, and when it must not be used."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.spend import SpendModel, fit_spend, fit_spend_draw

PUBLISHED = SpendModel(6.25, 3.74, 15.44, 0.0, 946, 0.1, True, "")


def spends(n: int, seed: int, *, power: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 12, n).astype(float)
    level = rng.gamma(4.0, 1 / 60.0, n)
    return x, rng.gamma(4.0 * x, 1 / (level * x)) * x**power


def test_expected_spend_lies_between_own_mean_and_that_of_all():
    average = 6.25 * 15.44 / 2.74
    spend = PUBLISHED.expected_spend(np.array([0.0, 2.0, 1000.0]), np.array([0.0, 22.345, 50.0]))
    weight = 6.25 * 2 / (6.25 * 2 + 2.74)
    assert spend[0] == pytest.approx(average)
    assert spend[1] == pytest.approx(weight * 22.345 + (1 - weight) * average)
    assert spend[2] == pytest.approx(50.0, abs=0.01)


def test_planted_parameters_come_back():
    model = fit_spend(*spends(4000, 1))
    assert model.usable
    assert model.customers == 4000
    assert model.p == pytest.approx(4.0, rel=0.1)
    assert model.q == pytest.approx(4.0, rel=0.1)
    assert model.v == pytest.approx(60.0, rel=0.15)
    assert abs(model.correlation) < 0.06


def test_draws_have_the_expected_mean_and_none_without_purchases():
    known = np.full(100_000, 3.0), np.full(100_000, 40.0)
    ahead = np.tile([2, 0], 50_000)
    drawn = PUBLISHED.draw_spend(*known, ahead, np.random.default_rng(2))
    expected = PUBLISHED.expected_spend(*known)[0]
    assert drawn[ahead == 0].max() == 0
    assert drawn[ahead == 2].mean() == pytest.approx(2 * expected, rel=0.01)


def test_spend_that_goes_with_frequency_is_said_and_not_used():
    model = fit_spend(*spends(2000, 3, power=0.8))
    assert model.correlation > 0.3
    assert not model.usable
    assert "buy more often spend more on a purchase" in model.reason


def test_one_price_for_all_is_not_told_by_the_data():
    model = fit_spend(np.arange(1.0, 101.0), np.full(100, 9.99))
    assert not model.usable
    assert model.reason.startswith("What customers spend on a purchase does not vary")


def test_those_without_a_purchase_do_not_count_and_weights_do():
    x, z = spends(500, 4)
    padded = fit_spend(np.append(x, 0.0), np.append(z, 0.0))
    doubled = fit_spend(x, z, weights=np.full(500, 2.0))
    assert padded == fit_spend(x, z)
    assert doubled.q == pytest.approx(padded.q, rel=1e-5)
    assert doubled.customers == 1000
    redrawn = fit_spend_draw(padded, x, z, np.ones(500))
    assert redrawn.v == pytest.approx(padded.v, rel=1e-3)


def test_too_few_customers_and_no_spend():
    assert not fit_spend(np.array([2.0]), np.array([3.0])).usable
    with pytest.raises(ValueError, match=r"mean spend = 0\.0, must be above 0"):
        fit_spend(np.array([1.0, 1.0]), np.array([3.0, 0.0]))
