"""The demo's tables: their sizes, their spans, and that they agree with each other."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.demo.world import END, PLANS, START

TIMES = {
    "orders": "ordered_at",
    "events": "occurred_at",
    "outcomes": "measured_at",
    "surveys": "answered_at",
    "costs": "incurred_at",
    "assignments": "assigned_at",
}


@pytest.mark.parametrize(("table", "column"), TIMES.items())
def test_every_moment_lies_in_the_eight_quarters(demo_tables, table, column):
    moments = demo_tables[table][column]
    assert moments.dtype == "datetime64[us]"
    assert moments.min() >= START
    assert moments.max() < END
    assert moments.notna().all()


def test_the_newest_quarter_is_covered_to_its_end(demo_tables):
    for table in ("orders", "events"):
        assert demo_tables[table][TIMES[table]].max() >= END - pd.Timedelta(days=1)


def test_sizes(demo_tables):
    assert 450_000 <= len(demo_tables["events"]) <= 600_000
    assert 120_000 <= len(demo_tables["orders"]) <= 170_000
    assert len(demo_tables["customers"]) == 5046


def test_columns_of_the_contract(demo_tables):
    assert list(demo_tables["orders"]) == [
        "order_id", "customer_id", "ordered_at", "amount", "quantity", "product_id", "category",
        "channel", "discount", "region", "cost",
    ]  # fmt: skip
    assert list(demo_tables["events"]) == [
        "customer_id", "occurred_at", "event", "session_id", "device", "channel", "properties",
    ]  # fmt: skip
    assert list(demo_tables["outcomes"]) == ["customer_id", "measured_at", "metric", "value"]
    assert list(demo_tables["surveys"]) == [
        "customer_id", "answered_at", "nps", "comment", "price_asked", "would_buy",
    ]  # fmt: skip
    assert list(demo_tables["costs"]) == ["customer_id", "incurred_at", "kind", "amount"]
    assert list(demo_tables["assignments"]) == [
        "experiment_id", "customer_id", "arm", "assigned_at",
    ]  # fmt: skip


def test_at_least_3500_customers_have_history_at_the_newest_open(demo_tables):
    opening = pd.Timestamp("2025-07-01")
    lookback = opening - pd.Timedelta(days=365)
    orders = demo_tables["orders"]
    recent = orders.loc[(orders["ordered_at"] < opening) & (orders["ordered_at"] >= lookback)]
    customers = demo_tables["customers"]
    tenured = customers.loc[customers["signed_up_at"] < opening - pd.Timedelta(days=30)]
    assert len(set(recent["customer_id"]) & set(tenured["customer_id"])) >= 3500


def test_nothing_happens_before_the_sign_up(demo_tables):
    signed_up = demo_tables["customers"].set_index("customer_id")["signed_up_at"]
    for table in ("orders", "events"):
        frame = demo_tables[table]
        since = frame["customer_id"].map(signed_up)
        known = since.notna() & (frame.get("product_id") != "TEST")
        assert (frame.loc[known, TIMES[table]] >= since[known]).all()


class TestOrders:
    """Sales, returns and their seasons."""

    def test_returns_are_negative_lines_of_their_own_and_match_a_sale(self, demo_tables):
        orders = demo_tables["orders"]
        returned = orders.loc[orders["order_id"].str.startswith("R")]
        assert (returned["amount"] < 0).all()
        assert (returned["quantity"] < 0).all()
        assert (orders.loc[~orders["order_id"].str.startswith("R"), "amount"] > 0).all()
        sold = orders.assign(sale="R" + orders["order_id"].str[1:])
        keys = ["product_id", "amount"]
        matched = returned.assign(amount=-returned["amount"]).merge(
            sold.drop_duplicates(["sale", *keys]),
            left_on=["order_id", *keys],
            right_on=["sale", *keys],
            suffixes=("", "_sold"),
        )
        assert len(matched) == len(returned)
        assert (matched["ordered_at"] > matched["ordered_at_sold"]).all()
        assert returned.groupby("order_id")["ordered_at"].nunique().max() == 1

    def test_amounts_are_whole_pence(self, demo_tables):
        for column in ("amount", "discount", "cost"):
            pence = demo_tables["orders"][column] * 100
            np.testing.assert_allclose(pence, pence.round(), atol=1e-6)

    def test_orders_have_one_to_three_lines_and_one_customer(self, demo_tables):
        orders = demo_tables["orders"].drop_duplicates()
        sold = orders.loc[orders["order_id"].str.startswith("O")]
        assert set(sold.groupby("order_id").size()) == {1, 2, 3}
        assert sold.groupby("order_id")["customer_id"].nunique().max() == 1

    def test_december_is_the_busiest_month_and_saturday_the_busiest_day(self, demo_tables):
        orders = demo_tables["orders"].drop_duplicates("order_id")
        moments = orders["ordered_at"]
        whole_year = moments[(moments >= "2024-01-01") & (moments < "2025-01-01")]
        per_month = whole_year.dt.month.value_counts()
        assert per_month.idxmax() == 12
        assert moments.dt.day_of_week.value_counts().idxmax() == 5


class TestEvents:
    """Sessions, and the purchases at their end."""

    def test_every_online_order_is_a_purchase_at_the_same_moment(self, demo_tables):
        orders = demo_tables["orders"]
        online = orders.loc[
            orders["order_id"].str.match("O0") & (orders["channel"] != "phone")
        ].drop_duplicates("order_id")
        events = demo_tables["events"]
        bought = events.loc[events["event"] == "purchase"].copy()
        bought["order_id"] = bought["properties"].map(lambda text: json.loads(text)["order_id"])
        assert len(bought) == len(online)
        joined = online.merge(bought, on="order_id", suffixes=("", "_event"))
        assert len(joined) == len(online)
        assert (joined["ordered_at"] == joined["occurred_at"]).all()
        assert (joined["customer_id"] == joined["customer_id_event"]).all()

    def test_sessions_begin_with_an_opening_and_belong_to_one_customer(self, demo_tables):
        sessions = demo_tables["events"].groupby("session_id", sort=False)
        assert set(sessions["event"].first()) == {"visit", "app_open"}
        assert sessions["customer_id"].nunique().max() == 1
        assert sessions["device"].nunique().max() == 1

    def test_the_app_is_not_on_desktops(self, demo_tables):
        events = demo_tables["events"]
        assert "desktop" not in set(events.loc[events["event"] == "app_open", "device"])

    def test_names_and_properties(self, demo_tables):
        events = demo_tables["events"]
        assert set(events["event"]) == {
            "visit", "app_open", "search", "product_view", "add_to_cart", "checkout", "purchase",
            "support_chat", "delivery_slots", "save_favourite", "size_guide", "wishlist_add",
        }  # fmt: skip
        looked = events.loc[events["event"] == "product_view", "properties"].unique()
        assert {json.loads(text)["category"] for text in looked} == set(
            demo_tables["orders"]["category"]
        )


class TestSideTables:
    """Customers, outcomes, costs and surveys."""

    def test_customers(self, demo_tables):
        customers = demo_tables["customers"]
        assert customers["customer_id"].is_unique
        assert customers["customer_id"].str.len().eq(6).all()
        assert set(customers["plan"]) == set(PLANS)
        assert customers["marketing_consent"].dtype == bool
        assert 0.02 < customers["age"].isna().mean() < 0.04
        assert customers["age"].dropna().between(18, 92).all()

    def test_outcomes_are_one_count_per_customer_month_and_metric(self, demo_tables):
        outcomes = demo_tables["outcomes"]
        assert set(outcomes["metric"]) == {"support_tickets", "referrals"}
        assert not outcomes.duplicated(["customer_id", "measured_at", "metric"]).any()
        assert outcomes["measured_at"].dt.is_month_end.all()
        assert (outcomes["value"] >= 1).all()

    def test_costs_have_a_delivery_per_order_and_support_per_ticket(self, demo_tables, demo_truth):
        kinds = demo_tables["costs"]["kind"].value_counts()
        outcomes = demo_tables["outcomes"]
        tickets = outcomes.loc[outcomes["metric"] == "support_tickets", "value"].sum()
        assert kinds["support"] == tickets
        orders = demo_tables["orders"]["order_id"]
        assert kinds["delivery"] == orders[orders.str.match("O0")].nunique()
        assert kinds["returns"] == orders[orders.str.match("R0")].nunique()
        assert (demo_tables["costs"]["amount"] > 0).all()

    def test_surveys(self, demo_tables):
        surveys = demo_tables["surveys"]
        assert set(surveys["nps"]) <= set(range(11))
        assert 0.65 < surveys["comment"].notna().mean() < 0.75
        # Something to mask: addresses of a domain that belongs to nobody, and of no other.
        assert set(surveys["would_buy"]) == {0, 1}
        yes = surveys.groupby("price_asked")["would_buy"].mean()
        assert yes.is_monotonic_decreasing
        addresses = surveys["comment"].str.extract(r"(\S+@\S+)")[0].dropna()
        assert 50 <= len(addresses) <= 130
        assert addresses.str.fullmatch(r"shopper\d{3}@example\.com").all()
