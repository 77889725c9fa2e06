"""BG/NBD: the published CDNOW estimates, the reference's customers, and no false confidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.stats.buying import (
    BuyingModel,
    _vanished,
    fit_buying,
    fit_buying_draw,
)
from segmentation_lib.stats.spend import fit_spend

# The fixture's truth: rates and chances to leave, in weeks.
TRUTH = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 3.0}
PUBLISHED = BuyingModel(0.243, 4.414, 0.793, 2.426, 0.0, 2357, True, "")


@pytest.fixture(scope="module")
def simulated() -> tuple[np.ndarray, ...]:
    """Purchases, last purchase and time since the first of 3,000 customers, in weeks."""
    rng = np.random.default_rng(1)
    T = rng.integers(100, 600, 3000) / 7
    x, t_x = np.zeros(3000), np.zeros(3000)
    rate, leaves = rng.gamma(0.6, 1 / 8.0, 3000), rng.beta(0.8, 3.0, 3000)
    there, time = np.arange(3000), np.zeros(3000)
    while len(there):
        time = time + rng.exponential(1 / rate[there])
        kept = time <= T[there]
        there, time = there[kept], time[kept]
        x[there] += 1
        t_x[there] = time
        stays = rng.random(len(there)) >= leaves[there]
        there, time = there[stays], time[stays]
    return x, t_x, T


def cdnow(reference) -> pd.DataFrame:
    """The published sample: 39 weeks, in which days with several purchases count once."""
    sales = pd.read_csv(reference.folder.parent / "data" / "cdnow" / "CDNOW_sample.csv")
    sales["date"] = pd.to_datetime(sales["date"].astype("str"), format="%Y%m%d")
    early = sales[sales["date"] < "1997-10-01"]
    days = early.groupby(["sampleid", "date"], as_index=False)["sales"].sum()
    first = days.groupby("sampleid")["date"].transform("min")
    again = days[days["date"] > first].groupby("sampleid")["sales"].mean()
    seen = days.groupby("sampleid")["date"].agg(["min", "max", "size"])
    week = pd.Timedelta(days=7)
    return pd.DataFrame(
        {
            "x": seen["size"] - 1.0,
            "t_x": (seen["max"] - seen["min"]) / week,
            "T": (pd.Timestamp("1997-09-30") - seen["min"]) / week,
            "m_x": again.reindex(seen.index).fillna(0.0),
        }
    )


def columns(table: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [table[name].to_numpy(np.float64) for name in names]


def test_published_estimates_of_cdnow(reference):
    known = reference.expected("btyd")["cdnow"]
    table = cdnow(reference)
    assert table["x"].sum() == known["checks"]["sum_x"]
    model = fit_buying(*columns(table, "x", "t_x", "T"))
    published, refined = known["published_bgnbd"], known["bgnbd"]["refined_estimate"]
    for name in ("r", "alpha", "a", "b"):
        assert round(getattr(model, name), 3) == pytest.approx(published[name], abs=0.0011)
        assert getattr(model, name) == pytest.approx(refined[name], rel=1e-5)
    assert model.log_likelihood == pytest.approx(known["bgnbd"]["loglik_refined"], abs=1e-6)
    assert model.usable
    for customer in known["at_customers"]:
        history = one(*(customer[name] for name in ("x", "t_x", "T")))
        ahead = model.expected_purchases(*history, 39.0)[0]
        assert ahead == pytest.approx(customer["expected_next_39"], abs=1e-6)

    spend = fit_spend(*columns(table, "x", "m_x"))
    for name, value in known["gamma_gamma"]["refined_estimate"].items():
        assert getattr(spend, name) == pytest.approx(value, rel=1e-5)
        assert getattr(spend, name) == pytest.approx(
            known["published_gamma_gamma"][name], abs=0.006
        )
    assert spend.log_likelihood == pytest.approx(known["gamma_gamma"]["loglik_refined"], abs=1e-6)
    assert spend.expected_spend(np.array([2.0]), np.array([22.345]))[0] == pytest.approx(
        24.6539190967, abs=1e-5
    )


def test_reference_fit_of_simulated_buyers(reference):
    known = reference.expected("btyd")["btyd_sim"]
    table = pd.read_csv(reference.folder / "inputs" / "btyd_sim.csv")
    model = fit_buying(*columns(table, "x", "t_x", "T"))
    for name, value in known["bgnbd"]["refined_estimate"].items():
        assert getattr(model, name) == pytest.approx(value, rel=1e-5)


def one(x: float, t_x: float, T: float) -> tuple[np.ndarray, ...]:
    return np.array([x]), np.array([t_x]), np.array([T])


@pytest.mark.parametrize(
    ("history", "alive", "expected", "log_likelihood"),
    [
        ((0.0, 0.0, 38.86), 1.0, 0.19509805201, -0.55471327644),
        ((2.0, 30.43, 38.86), 0.72657857008, 1.2260281748, -9.4586063071),
        ((1.0, 1.71, 38.86), 0.21210098538, 0.20318698708, -4.469093275),
        ((7.0, 29.43, 38.86), 0.64175634595, 3.3370532749, -21.8632762715),
        ((26.0, 30.86, 31.0), 0.96891564972, 20.7497261409, -37.7265794734),
    ],
)
def test_the_reference_at_the_published_parameters(history, alive, expected, log_likelihood):
    customer = one(*history)
    assert PUBLISHED.alive(*customer)[0] == pytest.approx(alive, rel=1e-9)
    assert PUBLISHED.expected_purchases(*customer, 39.0)[0] == pytest.approx(expected, rel=1e-9)
    assert PUBLISHED.log_likelihoods(*customer)[0] == pytest.approx(log_likelihood, rel=1e-10)


@pytest.mark.parametrize("a", [0.05, 1.0, 1.0000001, 60.0])
@pytest.mark.parametrize("x", [0.0, 5.0, 400.0])
def test_expectation_is_the_mean_of_the_draws_also_where_the_formula_is_delicate(a, x):
    model = BuyingModel(0.5, 4.0, a, 2.4, 0.0, 1, True, "")
    histories = one(x, 38.0 if x else 0.0, 39.0)
    many = [np.repeat(column, 40_000) for column in histories]
    drawn = model.draw_purchases(*many, 52.0, np.random.default_rng(5))
    error = drawn.std() / 200 + 1e-3
    assert abs(drawn.mean() - model.expected_purchases(*histories, 52.0)[0]) < 4 * error


def test_grouped_rows_give_the_same_fit_as_customers(simulated):
    x, t_x, T = simulated
    rows, counts = np.unique(np.column_stack([x, t_x, T]), axis=0, return_counts=True)
    whole, grouped = fit_buying(x, t_x, T), fit_buying(*rows.T, weights=counts.astype(float))
    assert grouped.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert grouped.r == pytest.approx(whole.r, rel=1e-5)
    assert whole.usable
    assert whole.customers == grouped.customers == 3000


def test_planted_parameters_come_back_and_the_time_unit_does_not_matter(simulated):
    x, t_x, T = simulated
    weeks, days = fit_buying(x, t_x, T), fit_buying(x, 7 * t_x, 7 * T)
    assert weeks.r == pytest.approx(TRUTH["r"], rel=0.15)
    assert weeks.alpha == pytest.approx(TRUTH["alpha"], rel=0.2)
    assert weeks.a / (weeks.a + weeks.b) == pytest.approx(0.8 / 3.8, rel=0.2)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-4)
    assert days.b == pytest.approx(weeks.b, rel=1e-4)


def test_a_draw_of_everyone_once_is_the_fit_itself(simulated):
    x, t_x, T = simulated
    model = fit_buying(x, t_x, T)
    again = fit_buying_draw(model, x, t_x, T, np.ones(len(x)))
    assert again.r == pytest.approx(model.r, rel=1e-4)
    assert again.log_likelihood == pytest.approx(model.log_likelihood, rel=1e-9)


def test_where_nobody_ever_leaves_the_model_says_that_it_cannot_tell():
    rng = np.random.default_rng(3)
    T = np.full(2000, 52.0)
    x = rng.poisson(rng.gamma(2.0, 0.1, 2000) * T).astype(float)
    t_x = np.where(x > 0, T * rng.beta(np.maximum(x, 1), 1.0), 0.0)
    model = fit_buying(x, t_x, T)
    assert not model.usable
    assert model.reason == (
        "No customer is seen to leave in these purchases, so the model cannot tell how long they "
        "will go on buying."
    )


@pytest.mark.parametrize(
    ("names", "leaves", "said"),
    [
        ({"a"}, 0.001, "No customer is seen to leave"),
        ({"a", "b"}, 0.4, "which customers have left and which only wait"),
        ({"r", "alpha"}, 0.3, "how customers differ in how often they buy"),
    ],
)
def test_a_part_of_the_model_that_is_not_seen_is_told_in_plain_words(names, leaves, said):
    assert said in _vanished(names, leaves)
    assert "limit" not in _vanished(names, leaves)


def test_too_few_repeaters_make_no_model():
    model = fit_buying(np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([5.0, 5.0]))
    assert not model.usable
    assert model.reason == "Only 1 customers bought more than once; the model needs 20."


def test_impossible_times_are_named():
    with pytest.raises(ValueError, match=r"t_x = 9.0, T = 5.0 in row 0"):
        fit_buying(np.array([1.0]), np.array([9.0]), np.array([5.0]))
