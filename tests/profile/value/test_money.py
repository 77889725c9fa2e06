"""Revenue per active customer, experiments and contribution: exact tables and honest gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.value import (
    contribution,
    contribution_formats,
    contribution_sentence,
    contribution_shown,
    incremental_revenue,
    incremental_sentence,
    revenue_per_active,
    revenue_per_active_sentence,
)
from tests.profile.value.buyers import CLOSE, OPEN

PLACED = pd.DataFrame(
    {"customer_id": list("abcde"), "segment_id": ["S01", "S01", "S02", "S02", None]}
)
OUTCOMES = pd.DataFrame(
    {"customer_id": list("abce"), "revenue": [30.0, 0.0, 8.0, 99.0], "active": [1, 0, 1, 1]}
)
LEDGER = pd.DataFrame(
    [
        ("a", 0, "revenue", 30.10), ("a", 0, "goods", 10.05), ("a", 0, "delivery", 5.01),
        ("c", 0, "revenue", 8.00), ("c", 0, "goods", 4.00), ("c", 0, "support", 9.00),
        ("e", 0, "revenue", 50.00), ("e", 0, "delivery", 2.00), ("a", 1, "revenue", 1e6),
        ("z", 0, "delivery", 0.10),
    ],
    columns=["customer_id", "quarters_back", "kind", "amount"],
)  # fmt: skip


def test_revenue_per_active_is_exact_and_incremental_is_not_identified():
    table = revenue_per_active(OUTCOMES, PLACED, seed=1)
    assert table["segment_id"].tolist() == ["S01", "S02", "(all)"]
    assert table["active_customers"].tolist() == [1, 1, 2]
    assert table["revenue_per_active"].tolist() == [30.0, 8.0, 19.0]
    assert table["revenue_per_customer"].tolist() == [15.0, 4.0, 9.5]
    assert table["incremental_revenue"].isna().all()
    assert set(table["incremental"]) == {"not identified"}
    assert "Too few customers" in revenue_per_active_sentence(table)


def experiment(n: int, lift: float, *, arms=("treatment", "control"), when=OPEN):
    rng = np.random.default_rng(4)
    ids = [f"{i:05d}" for i in range(2 * n)]
    placed = pd.DataFrame({"customer_id": ids, "segment_id": np.repeat(["S01", "S02"], n)})
    arm = np.array(arms)[np.arange(2 * n) % 2]
    revenue = rng.gamma(1.0, 50.0, 2 * n)
    revenue[:n] += lift * (arm[:n] == arms[0])
    given = pd.DataFrame(
        {"experiment_id": "E1", "customer_id": ids, "arm": arm, "assigned_at": when}
    )
    outcomes = pd.DataFrame({"customer_id": ids, "revenue": revenue})
    return outcomes, given, placed


def test_a_planted_lift_is_found_where_it_was_planted_only():
    outcomes, given, placed = experiment(600, 25.0)
    table = incremental_revenue(outcomes, given, placed, opened=OPEN, closed=CLOSE)
    found = table.set_index("segment_id")
    assert found["verdict"].tolist() == ["more", "no difference shown", "more"]
    arm = given.set_index("customer_id")["arm"].eq("treatment").to_numpy()
    first = (placed["segment_id"] == "S01").to_numpy()
    revenue = outcomes["revenue"].to_numpy()
    difference = revenue[first & arm].mean() - revenue[first & ~arm].mean()
    assert found.loc["S01", "incremental"] == pytest.approx(difference)
    assert found.loc["S01", "low"] < 25 < found.loc["S01", "high"]
    assert found.loc["S01", "p_value"] == pytest.approx(0.001)
    assert "more per customer in S01 (treatment" in incremental_sentence(table, currency="EUR")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, "No experiment with a control arm was assigned in the quarter."),
        ({"arms": ("mail", "letter")}, "The experiment has no control arm"),
        ({"when": OPEN - pd.Timedelta(days=1)}, "assigned before the quarter's open"),
        ({"when": CLOSE}, "assigned after the quarter's close"),
    ],
)
def test_no_number_is_given_where_nothing_is_identified(given, reason):
    outcomes, arms, placed = experiment(60, 25.0, **(given or {}))
    table = incremental_revenue(
        outcomes, None if given is None else arms, placed, opened=OPEN, closed=CLOSE
    )
    assert set(table["verdict"]) == {"not identified"}
    assert table.select_dtypes("number").isna().all(axis=None)
    assert table["reason"].str.contains(reason).all()
    assert incremental_sentence(table).startswith("Incremental revenue is not identified.")


def test_a_holdout_is_a_control_small_arms_tell_nothing_and_double_members_are_left_out():
    outcomes, given, placed = experiment(90, 0.0, arms=("contactable", "Holdout"))
    twice = given.iloc[[0]].assign(arm="Holdout")
    table = incremental_revenue(
        outcomes, pd.concat([given, twice]), placed, opened=OPEN, closed=CLOSE
    ).set_index("segment_id")
    assert table["verdict"].tolist() == ["too few to tell"] * 2 + ["no difference shown"]
    assert table["arm"].unique().tolist() == ["contactable"]
    assert table["customers"].tolist() == [44, 45, 89]
    assert table.loc["S01", "reason"] == "Too few customers: each arm needs 50, and 30 who buy."


def test_arms_handed_out_by_past_spend_are_no_experiment():
    rng = np.random.default_rng(7)
    outcomes, given, placed = experiment(600, 0.0)
    past = rng.lognormal(3, 1, 1200)
    outcomes["revenue"] = past * rng.lognormal(0, 0.5, 1200)
    chosen = rng.random(1200) < 1 / (1 + np.exp(3 - np.log(past)))
    before = pd.DataFrame({"customer_id": outcomes["customer_id"], "value": past})
    by_lot = incremental_revenue(outcomes, given, placed, opened=OPEN, closed=CLOSE, before=before)
    assert set(by_lot["grade"]) == {"experiment"}
    assert set(by_lot["reason"]) == {""}
    given["arm"] = np.where(chosen, "treatment", "control")
    unchecked = incremental_revenue(outcomes, given, placed, opened=OPEN, closed=CLOSE)
    assert set(unchecked["grade"]) == {"experiment"}
    assert "more" in set(unchecked["verdict"])
    table = incremental_revenue(outcomes, given, placed, opened=OPEN, closed=CLOSE, before=before)
    assert set(table["grade"]) == {"quasi-experiment"}
    assert table["reason"].str.startswith("The arms differed before: of ").all()
    assert "no proof that the treatment did it" in incremental_sentence(table)
    pd.testing.assert_series_equal(table["incremental"], unchecked["incremental"])


def test_segments_with_other_shares_of_the_arms_are_noted():
    outcomes, given, placed = experiment(600, 0.0)
    before = outcomes.rename(columns={"revenue": "value"}).assign(value=1.0)
    given["arm"] = np.where(np.arange(1200) % np.where(np.arange(1200) < 600, 2, 5) == 0,
                            "control", "treatment")  # fmt: skip
    table = incremental_revenue(outcomes, given, placed, opened=OPEN, closed=CLOSE, before=before)
    assert set(table["grade"]) == {"experiment"}
    assert table["reason"].str.contains("different shares of the arms").all()


def test_contribution_adds_up_to_the_penny_of_the_ledger():
    table = contribution(LEDGER, PLACED, seed=1, draws=99).set_index("segment_id")
    assert table.index.tolist() == ["S01", "S02", "(outside)", "(all)"]
    assert table["customers"].tolist() == [2, 2, 2, 6]
    assert table["revenue"].tolist() == [30.10, 8.00, 50.00, 88.10]
    assert table["cost_delivery"].tolist() == [5.01, 0.0, 2.10, 7.11]
    assert table["cost_to_serve"].tolist() == [5.01, 9.00, 2.10, 16.11]
    assert table["contribution"].tolist() == [15.04, -5.00, 47.90, 57.94]
    assert table["margin"].tolist() == pytest.approx([15.04 / 30.10, -0.625, 0.958, 57.94 / 88.1])
    assert table["contribution_per_customer"].tolist() == pytest.approx(
        [7.52, -2.5, 23.95, 57.94 / 6]
    )
    parts = table.drop(index="(all)").drop(columns=["margin", "low", "high"])
    for column in ("revenue", "goods", "cost_delivery", "cost_support", "contribution"):
        assert parts[column].sum() == pytest.approx(table.loc["(all)", column], abs=1e-9)
    assert "S01 contributed most in the quarter, €15.04" in contribution_sentence(
        table.reset_index(), currency="EUR"
    )
    assert contribution_formats(table.reset_index())["cost_delivery"] == "money0"


def test_a_long_ledger_adds_up_in_any_order_to_the_last_digit():
    rng = np.random.default_rng(6)
    rows = pd.DataFrame(
        {
            "customer_id": rng.choice(list("abcdez"), 50_000),
            "quarters_back": 0,
            "kind": rng.choice(["revenue", "goods", "returns"], 50_000),
            "amount": rng.integers(1, 10**7, 50_000) / 100,
        }
    )
    one = contribution(rows, PLACED, seed=1, draws=9)
    other = contribution(rows.sample(frac=1, random_state=2), PLACED, seed=1, draws=9)
    exact = ["revenue", "goods", "cost_returns", "contribution"]
    pd.testing.assert_frame_equal(one[exact], other[exact], check_exact=True)
    cents = (rows["amount"] * 100).round().astype("int64").groupby(rows["kind"]).sum()
    total = one.set_index("segment_id").loc["(all)"]
    assert round(total["goods"] * 100) == cents["goods"]
    left = one.set_index("segment_id")["contribution"]
    assert round(left[["S01", "S02", "(outside)"]].sum() * 100) == round(left["(all)"] * 100)


def test_without_costs_there_is_no_contribution():
    table = contribution(LEDGER[LEDGER["kind"] == "revenue"], PLACED, seed=1, draws=9)
    assert table["revenue"].tolist() == [30.10, 8.00, 50.00, 88.10]
    assert table[["contribution", "margin", "low", "high"]].isna().all(axis=None)
    assert contribution_sentence(table) == (
        "What segments contribute is not known, because the data hold no costs. Without them it "
        "would be revenue under another name."
    )
    assert table["revenue_per_customer"].tolist() == [15.05, 4.0, 50.0, 88.1 / 5]
    assert "revenue_low" not in contribution_shown(table)
    assert "revenue_low" not in contribution_formats(table)


def test_the_interval_of_a_contribution_holds_it_and_reaches_further_up_than_down():
    rng = np.random.default_rng(2)
    ids = [f"{i:03d}" for i in range(400)]
    spent = np.where(rng.random(400) < 0.3, rng.lognormal(3, 1, 400), 0.0).round(2)
    costs = pd.DataFrame({"customer_id": ids, "kind": "delivery", "amount": 1.0})
    sold = pd.DataFrame({"customer_id": ids, "kind": "revenue", "amount": spent})
    ledger = pd.concat([sold, costs]).assign(quarters_back=0)
    placed = pd.DataFrame({"customer_id": ids, "segment_id": "S01"})
    row = contribution(ledger, placed, seed=1, draws=499).iloc[0]
    assert row["contribution_per_customer"] == pytest.approx(spent.mean() - 1)
    assert row["revenue_per_customer"] == pytest.approx(spent.mean())
    for value, low, high in (
        ("contribution_per_customer", "low", "high"),
        ("revenue_per_customer", "revenue_low", "revenue_high"),
    ):
        assert row[high] - row[value] > row[value] - row[low] > 0


def test_few_buyers_tell_nothing_but_an_arm_without_any_does():
    outcomes, given, placed = experiment(200, 0.0)
    arm = given["arm"].eq("treatment").to_numpy()
    few = outcomes.assign(revenue=outcomes["revenue"].where(np.arange(400) % 8 < 2, 0.0))
    table = incremental_revenue(few, given, placed, opened=OPEN, closed=CLOSE)
    assert table["verdict"].tolist() == ["too few to tell"] * 2 + ["no difference shown"]
    none = outcomes.assign(revenue=outcomes["revenue"].where(~arm, 0.0))
    table = incremental_revenue(none, given, placed, opened=OPEN, closed=CLOSE)
    # One effect for both segments is told of all.
    assert table["verdict"].tolist() == ["as for all"] * 2 + ["less"]
    assert "less per customer in all segments (treatment" in incremental_sentence(table)


def test_what_must_not_be_read_yet_has_no_number():
    outcomes, given, placed = experiment(600, 25.0)
    name = str(given["experiment_id"].iloc[0])
    table = incremental_revenue(
        outcomes, given, placed, opened=OPEN, closed=CLOSE, unread={name: "It still runs."}
    )
    assert set(table["verdict"]) == {"not identified"}
    assert table["incremental"].isna().all()
    assert incremental_sentence(table).endswith("It still runs.")


def test_costs_that_only_another_quarter_has_are_not_known():
    late = LEDGER[~((LEDGER["kind"] == "support") & (LEDGER["quarters_back"] == 0))]
    late = pd.concat([late, pd.DataFrame([("c", 1, "support", 3.0)], columns=LEDGER.columns)])
    table = contribution(late, PLACED, seed=1, draws=9)
    assert table[["cost_support", "cost_to_serve", "contribution", "margin"]].isna().all(axis=None)
    assert table["cost_delivery"].tolist() == [5.01, 0.0, 2.10, 7.11]
    assert contribution_sentence(table) == (
        "What segments contribute is not known: the quarter has no support."
    )
