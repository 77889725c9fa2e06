"""The rows behind features and outcomes: exact tables, and that they add up to both."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from segmentation_lib import prepare
from segmentation_lib.demo import write_demo
from segmentation_lib.engine import Engine, write_parquet
from segmentation_lib.params import load_params
from segmentation_lib.prepare import records
from tests.prepare.conftest import ORDER_ROWS, Shop, event_frame, order_frame


def records_of(shop: Shop):
    """Records, the event log computed, and what they must agree with."""
    params = shop.params
    with shop.engine() as engine:
        cleaned = prepare.clean(prepare.load_tables(engine, params), params)
        found = records(cleaned, params)
        log = None if found.event_log is None else engine.frame(found.event_log)
        return found, log, prepare.snapshot(cleaned, params), cleaned.exclusions


def pennies(amounts) -> Decimal:
    return sum((Decimal(str(round(float(a), 4))) for a in amounts), Decimal(0))


def test_purchase_days_leave_out_what_was_cancelled_before_the_close(shop):
    found, *_ = records_of(shop)
    assert list(found.purchase_days.itertuples(index=False, name=None)) == [
        ("a", pd.Timestamp("2026-01-10"), 25.0),
        ("a", pd.Timestamp("2026-03-11"), 10.0),
        ("a", pd.Timestamp("2026-06-30"), 7.5),
        ("a", pd.Timestamp("2026-07-01"), 100.0),
        ("a", pd.Timestamp("2026-09-30"), 60.0),
        ("b", pd.Timestamp("2025-05-01"), 30.0),
    ]
    assert found.event_log is found.survey_answers is found.experiment_arms is None


def test_ledger_counts_returns_where_they_were_booked(shop):
    found, *_ = records_of(shop)
    table = found.ledger
    assert list(table) == ["customer_id", "quarters_back", "kind", "amount", "complete"]
    assert list(table.itertuples(index=False, name=None)) == [
        ("a", 0, "revenue", 160.0, True),
        ("a", 1, "revenue", 7.5, True),
        ("a", 2, "revenue", 35.0, True),
        ("b", 2, "revenue", 0.0, True),
        # The data begin on 1 May: more than a week into the block.
        ("b", 5, "revenue", 30.0, False),
        ("c", 0, "revenue", -40.0, True),
        ("c", 1, "revenue", 40.0, True),
    ]


def test_what_is_dated_after_the_close_is_not_seen(shop):
    late = [*ORDER_ROWS, ("o99", "a", "2026-10-01 00:00:00", 9.0, 1, "p9", "home", "web", 0.0)]
    events = [("a", "2026-09-30 23:59:59", "visit", "s1", "phone"),
              ("a", "2026-10-01 00:00:00", "visit", "s2", "phone")]  # fmt: skip
    before = records_of(shop)[0]
    shop.give("orders", order_frame(late)).give("events", event_frame(events))
    after, log, *_ = records_of(shop)
    pd.testing.assert_frame_equal(before.purchase_days, after.purchase_days)
    pd.testing.assert_frame_equal(before.ledger, after.ledger)
    assert log["session_id"].tolist() == ["s1"]


@pytest.mark.parametrize("sign", ["as the amount", "none"])
def test_goods_and_kinds_of_costs_stand_beside_revenue(shop, sign):
    orders = order_frame().assign(cost=lambda t: t["amount"] / 2)
    if sign == "none":
        orders["cost"] = orders["cost"].abs()
    costs = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "d"],
            "incurred_at": pd.to_datetime(["2026-07-01", "2026-08-01", "2026-04-03", "2026-09-30"]),
            "kind": ["support", "support", "revenue", "goods"],
            "amount": [1.1, 2.2, 5.0, 4.0],
        }
    )
    shop.give("orders", orders).give("costs", costs)
    table = records_of(shop)[0].ledger
    quarter = table.loc[table["quarters_back"] == 0].drop(columns="quarters_back")
    assert list(quarter.itertuples(index=False, name=None)) == [
        ("a", "goods", 80.0, True),
        ("a", "revenue", 160.0, True),
        ("a", "support", 3.3, True),
        ("c", "goods", -20.0, True),
        ("c", "revenue", -40.0, True),
        ("d", "goods", 4.0, True),
    ]
    before = table.loc[(table["quarters_back"] == 1) & (table["customer_id"] == "a")]
    # A cost is never income, whatever it is called; its table begins two days into the block.
    assert before.set_index("kind")["amount"].to_dict() == {
        "goods": 3.75, "revenue": 7.5, "revenue (cost)": 5.0,
    }  # fmt: skip
    assert before["complete"].all()


def test_a_quarter_that_is_not_over_is_not_complete(shop):
    rows = [row for row in ORDER_ROWS if row[0] != "o6"]
    shop.give("orders", order_frame(rows))
    shop.partial = True
    table = records_of(shop)[0].ledger
    assert set(table.loc[table["quarters_back"] == 0, "complete"]) == {False}
    assert set(table.loc[table["quarters_back"] == 1, "complete"]) == {True}


def test_costs_alone_make_a_ledger(empty_shop):
    empty_shop.give("events", event_frame())
    assert records_of(empty_shop)[0].ledger is None
    costs = pd.DataFrame(
        {
            "customer_id": ["b", "a"],
            "incurred_at": pd.to_datetime(["2026-07-01", "2026-09-28"]),
            "kind": ["support", "support"],
            "amount": [1.5, 2.0],
        }
    )
    empty_shop.give("costs", costs)
    table = records_of(empty_shop)[0].ledger
    assert table["amount"].tolist() == [2.0, 1.5]


def test_events_are_sorted_and_keep_the_order_of_the_source_within_a_second(shop):
    rows = [
        ("b", "2026-08-01 10:00", "visit", "s3", "phone"),
        ("a", "2026-06-01 10:00", "visit", "s1", "phone"),
        ("a", "2026-06-01 10:00", "search", "s1", "phone"),
        ("a", "2026-06-01 10:00", "click", "s1", None),
        ("a", "2026-05-01 10:00", "visit", None, "phone"),
        ("a", "2026-06-01 10:00", "search", "s1", "phone"),
        ("b", "2026-09-30 10:00", "visit", "s4", "phone"),
    ]
    shop.prepare["duplicates"] = "drop"
    shop.give("events", event_frame(rows))
    _, log, *_ = records_of(shop)
    assert list(log) == [
        "customer_id", "occurred_at", "event", "session_id", "device", "sequence",
    ]  # fmt: skip
    assert log["event"].tolist() == ["visit", "visit", "search", "click", "visit", "visit"]
    assert log["customer_id"].tolist() == ["a", "a", "a", "a", "b", "b"]
    assert log["sequence"].tolist() == [1, 2, 3, 4, 5, 6]


def test_answers_have_scores_and_comments_even_where_the_table_has_none(shop):
    answers = pd.DataFrame(
        {
            "customer_id": ["b", "a", "a", "a"],
            "answered_at": pd.to_datetime(["2026-07-02", "2026-08-02", "2026-02-02", "2026-10-01"]),
            "Ease of use": [3, 4, 5, 1],
        }
    )
    shop.give("surveys", answers)
    found = records_of(shop)[0].survey_answers
    assert list(found) == ["customer_id", "answered_at", "nps", "comment", "ease_of_use"]
    assert found["customer_id"].tolist() == ["a", "a", "b"]
    assert found["ease_of_use"].tolist() == [5.0, 4.0, 3.0]
    assert found["nps"].dtype == "float64"
    assert found[["nps", "comment"]].isna().all(axis=None)


def test_arms_are_one_per_customer_and_leave_out_who_was_in_two(shop):
    arms = pd.DataFrame(
        [
            ("e1", "a", "control", "2026-07-03"),
            ("e1", "a", "control", "2026-07-01"),
            ("e1", "b", "control", "2026-07-01"),
            ("e1", "b", "treatment", "2026-07-05"),
            ("e1", "c", "treatment", "2026-07-01"),
            ("e2", "b", "treatment", "2026-07-01"),
            ("e2", "c", "control", "2026-10-01"),
        ],
        columns=["experiment_id", "customer_id", "arm", "assigned_at"],
    )
    shop.give("assignments", arms.assign(assigned_at=pd.to_datetime(arms["assigned_at"])))
    found = records_of(shop)[0].experiment_arms
    assert list(found.itertuples(index=False, name=None)) == [
        ("e1", "a", "control", pd.Timestamp("2026-07-01")),
        ("e1", "c", "treatment", pd.Timestamp("2026-07-01")),
        ("e2", "b", "treatment", pd.Timestamp("2026-07-01")),
    ]


@pytest.fixture(scope="module")
def business(project_root, tmp_path_factory):
    """The demo in small: its records, what they must agree with, and the log written twice."""
    root = tmp_path_factory.mktemp("records")
    write_demo(root / "data/demo", customers=600)
    params = load_params(project_root / "params/demo/2025Q2.yaml", "2025Q2.yaml")
    with Engine.open(root, params.data) as engine:
        cleaned = prepare.clean(prepare.load_tables(engine, params), params)
        found = records(cleaned, params)
        orders = cleaned["orders"]
        late = orders.filter(orders["ordered_at"] >= "2025-07-01")
        after = engine.row(late.aggregate(amount=late["amount"].sum()))["amount"]
        write_parquet(found.event_log, root / "one.parquet")
        write_parquet(records(cleaned, params).event_log, root / "two.parquet")
        return root, found, prepare.snapshot(cleaned, params), cleaned.exclusions, after


class TestTheDemo:
    """On a whole business with dirty rows and linked ids, the records add up."""

    def test_revenue_of_the_quarter_is_the_outcome_to_the_penny(self, business):
        _, found, prepared, _, _ = business
        known = prepared.outcomes["customer_id"]
        table = found.ledger.query("kind == 'revenue' and quarters_back == 0")
        mine = pennies(table.loc[table["customer_id"].isin(known), "amount"])
        assert mine == pennies(prepared.outcomes["revenue"]) != 0
        assert len(table) > table["customer_id"].isin(known).sum()

    def test_revenue_of_all_blocks_is_what_the_waterfall_keeps(self, business):
        _, found, _, exclusions, after = business
        kept = exclusions.query("table == 'orders'").sort_values("step").iloc[-1]
        assert kept["rule"] == "Kept"
        revenue = found.ledger.query("kind == 'revenue'")["amount"]
        assert pennies(revenue) + after == pennies([kept["amount"]])
        assert after > 0

    def test_blocks_are_the_quarters_since_the_data_began(self, business):
        table = business[1].ledger
        assert set(table["quarters_back"]) == set(range(7))
        assert table["complete"].all()
        assert set(table["kind"]) == {"delivery", "goods", "returns", "revenue", "support"}

    def test_purchase_days_of_the_lookback_are_the_frequency_at_the_close(self, business):
        _, found, prepared, _, _ = business
        days = found.purchase_days
        inside = days.loc[days["day"] >= pd.Timestamp("2025-07-01") - pd.Timedelta(days=365)]
        counted = inside.groupby("customer_id").size()
        close = prepared.features_close.set_index("customer_id")
        counted = counted.reindex(close.index).fillna(0)
        dictionary = prepared.data_dictionary.set_index("name")
        assert dictionary.loc["frequency", "role"] == "segmenting"
        whole_year = close["tenure"] >= 365
        pd.testing.assert_series_equal(
            counted[whole_year], close.loc[whole_year, "frequency"].fillna(0), check_names=False
        )

    def test_linked_ids_are_one_customer_everywhere(self, business):
        _, found, prepared, _, _ = business
        customers = set(prepared.features_close["customer_id"])
        for frame in (found.purchase_days, found.ledger, found.survey_answers):
            assert set(frame["customer_id"]) <= customers
        assert not found.experiment_arms.duplicated(["experiment_id", "customer_id"]).any()

    def test_the_log_is_sorted_and_the_same_byte_by_byte(self, business):
        root = business[0]
        assert (root / "one.parquet").read_bytes() == (root / "two.parquet").read_bytes()
        log = pd.read_parquet(root / "one.parquet")
        assert log["occurred_at"].max() < pd.Timestamp("2025-07-01")
        assert log["sequence"].tolist() == list(range(1, len(log) + 1))
        keys = ["customer_id", "occurred_at"]
        assert log[keys].equals(log.sort_values(keys, kind="stable", ignore_index=True)[keys])
