"""Concentration, history and durability: exact tables, planted spikes, steady markets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.value import (
    concentration,
    concentration_sentence,
    customer_worth,
    durable_sentence,
    durable_value,
    value_gini,
    value_history,
)
from tests.profile.value.buyers import ledger_of

PLACED = pd.DataFrame(
    {"customer_id": list("abcdef"), "segment_id": ["S01", "S02", "S02", "S02", "S01", None]}
)
WORTH = pd.DataFrame({"customer_id": list("abcdf"), "value": [50.0, 30.0, 15.0, 5.0, 99.0]})


def test_shares_best_first_by_customers_and_by_segments():
    table = concentration(WORTH, PLACED, steps=5)
    people = table[table["kind"] == "customers"]
    assert people["label"].tolist()[:2] == ["best 20%", "20% to 40%"]
    assert people["value"].tolist() == [50.0, 30.0, 15.0, 5.0, 0.0]
    assert people["cumulative_value_share"].tolist() == [0.5, 0.8, 0.95, 1.0, 1.0]
    segments = table[table["kind"] == "segment"]
    assert segments["label"].tolist() == ["S01", "S02"]
    assert segments["cumulative_customer_share"].tolist() == [0.4, 1.0]
    assert segments["value_share"].tolist() == [0.5, 0.5]
    gini = value_gini(WORTH, PLACED, seed=1, draws=99)
    assert gini.value == pytest.approx((4 * 50 + 2 * 30 - 2 * 5) / (5 * 100))
    assert concentration_sentence(table, gini).startswith(
        "The best 20% of customers bring 50% of the value."
    )


def test_negative_values_push_the_curve_over_one_and_a_loss_has_no_shares():
    worth = WORTH.assign(value=[50.0, 30.0, 40.0, -20.0, 0.0])
    people = concentration(worth, PLACED, steps=5).query("kind == 'customers'")
    assert people["cumulative_value_share"].tolist() == [0.5, 0.9, 1.2, 1.2, 1.0]
    lost = concentration(WORTH.assign(value=-1.0), PLACED, steps=2)
    assert lost["value_share"].isna().all()
    assert "cannot be said" in concentration_sentence(lost, value_gini(worth, PLACED, seed=1))


def test_worth_is_by_the_measure_of_the_value_table():
    outcomes = pd.DataFrame({"customer_id": ["a"], "revenue": [5.0]})
    worth = customer_worth(outcomes, PLACED, pd.DataFrame({"customer_id": ["a"]}))
    assert worth["value"].tolist() == [5.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_history_counts_only_those_who_were_customers_before_the_quarter():
    ledger = pd.DataFrame(
        [("a", 4, 10.0), ("a", 0, 30.0), ("b", 4, 10.0), ("b", 1, 20.0), ("c", 1, 70.0),
         ("c", 0, 60.0)],
        columns=["customer_id", "quarters_back", "amount"],
    ).assign(kind="revenue", complete=True)  # fmt: skip
    table = value_history(ledger, PLACED, most_quarters=3)
    first = table[table["segment_id"] == "S01"].set_index("quarters_back")
    second = table[table["segment_id"] == "S02"].set_index("quarters_back")
    assert table["quarters_back"].tolist() == [2, 1, 0, 2, 1, 0]
    # c came in the quarter before this one, so c counts in this one only.
    assert second["customers"].to_dict() == {2: 1, 1: 1, 0: 2}
    assert second["value_per_customer"].to_dict() == {2: 0.0, 1: 20.0, 0: 30.0}
    assert first["value_index"].to_dict()[0] == pytest.approx(100.0)
    assert first["value_index"].to_dict()[1] == 0.0
    assert np.isnan(first["value_index"].to_dict()[2])


@pytest.mark.parametrize("back", [0, 2, 5])
def test_a_planted_spike_is_momentary_in_its_quarter_and_the_others_are_durable(back):
    ledger, placed = ledger_of(np.random.default_rng(20 + back), n=1200, spike=(back, 3.0))
    table = durable_value(ledger, placed, seed=1, permutations=399).set_index("segment_id")
    assert table["verdict"].to_dict() == {
        "S01": "durable", "S02": "momentary", "S03": "durable", "S04": "durable"
    }  # fmt: skip
    assert table.loc["S02", "spike_quarters_back"] == back
    assert table.loc["S02", "ratio"] == pytest.approx(3.0, rel=0.3)
    assert "The value of S02 came from one quarter." in durable_sentence(table.reset_index())


@pytest.mark.parametrize(("factor", "verdict"), [(1.6, "growing"), (1 / 1.6, "fading")])
def test_planted_growth_and_decline(factor, verdict):
    ledger, placed = ledger_of(np.random.default_rng(31), n=1200, grows=factor)
    table = durable_value(ledger, placed, seed=1, permutations=399).set_index("segment_id")
    assert table.loc["S02", "verdict"] == verdict
    assert (table.drop(index="S02")["verdict"] == "durable").all()


def test_two_quarters_or_few_customers_are_no_history():
    ledger, placed = ledger_of(np.random.default_rng(33), quarters=2)
    short = durable_value(ledger[ledger["quarters_back"] < 2], placed, seed=1, permutations=19)
    assert set(short["verdict"]) == {"not enough history"}
    assert "too short" in durable_sentence(short)
    ledger, placed = ledger_of(np.random.default_rng(34), n=60)
    few = durable_value(ledger, placed, seed=1, permutations=19)
    assert set(few["verdict"]) == {"not enough history"}


def test_an_incomplete_quarter_is_not_compared():
    ledger, placed = ledger_of(np.random.default_rng(35), n=1200, spike=(0, 4.0))
    partial = ledger.assign(complete=ledger["complete"] & (ledger["quarters_back"] > 0))
    table = durable_value(partial, placed, seed=1, permutations=199)
    assert set(table["verdict"]) == {"durable"}
    assert set(table["quarters"]) == {7}
