"""Tests of the outcomes of the quarter."""

from __future__ import annotations

import pandas as pd

from .conftest import event_frame, order_frame

MISSING = float("nan")


def test_outcomes_of_the_hand_made_log(shop):
    shop.give("events", event_frame())
    measured = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b"],
            "measured_at": pd.to_datetime(["2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"]),
            "metric": ["Referrals", "Referrals", "referrals", "Referrals"],
            "value": [1.0, 2.0, 0.5, 9.0],
        }
    )
    prepared = shop.give("outcomes", measured).snapshot()
    expected = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "orders": [2, 0, 0],
            "revenue": [160.0, 0.0, -40.0],
            "active": [1, 0, 0],
            "order_value": [80.0, MISSING, MISSING],
            "quarter_sessions": [0, 2, 0],
            "visited": [0, 1, 0],
            "referrals": [2.5, 0.0, 0.0],
        }
    )
    pd.testing.assert_frame_equal(prepared.outcomes, expected)
    outcomes = prepared.data_dictionary.query("role == 'outcome'")
    assert outcomes["name"].tolist() == list(expected)[1:]
    assert outcomes["unit"].tolist()[:2] == ["purchase days", "EUR"]
    assert outcomes["definition"].iloc[-1] == "Sum of the metric referrals in the quarter."


def test_what_cancels_inside_the_quarter_never_happened(shop):
    rows = [
        ("x1", "a", "2026-08-01 10:00", 5.0, 1, "q", "home", "web", 0.0),
        ("x2", "a", "2026-08-03 10:00", -5.0, -1, "q", "home", "web", 0.0),
    ]
    orders = pd.concat([order_frame(), order_frame(rows)])
    a = shop.give("orders", orders).snapshot().outcomes.iloc[0]
    assert (a["orders"], a["revenue"]) == (2, 160.0)


def test_revenue_of_the_quarter_is_that_of_its_rows(shop):
    # Everybody who ordered in the quarter is known at the open: nothing is lost.
    orders = order_frame()
    inside = orders.query("'2026-07-01' <= ordered_at < '2026-10-01'")["amount"].sum()
    assert shop.snapshot().outcomes["revenue"].sum() == inside == 120.0


def test_newcomers_of_the_quarter_have_no_outcome(shop):
    rows = [("n1", "newcomer", "2026-08-01", 5.0, 1, "q", "home", "web", 0.0)]
    prepared = shop.give("orders", pd.concat([order_frame(), order_frame(rows)])).snapshot()
    assert "newcomer" not in set(prepared.outcomes["customer_id"])
    assert "newcomer" in set(prepared.features_close["customer_id"])
