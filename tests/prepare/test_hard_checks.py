"""Tests of the hard checks: each planted fault stops the stage, with its own code."""

from __future__ import annotations

import pandas as pd
import pytest

from .conftest import event_frame, order_frame


def customers(**columns) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ["a", "b", "c"], **columns})


def test_sound_data_have_no_fault(shop):
    shop.give("customers", customers(age=[30, 40, 50]), ranges={"age": [0, 120]})
    assert shop.snapshot().quality["tables"][0]["rows"] == 11


def test_eight_planted_faults_have_eight_codes(shop):
    orders = order_frame().astype({"amount": "object"})
    orders["currency"] = "EUR"
    orders.loc[0, "currency"] = "USD"
    orders.loc[1, "amount"] = "five"
    orders.loc[2, "customer_id"] = None
    orders = orders.loc[orders["ordered_at"] < "2026-07-01"]
    orders["amount"] = orders["amount"].astype("str")
    people = customers(age=[30, -4, 50]).iloc[[0, 1, 2, 0]]
    events = pd.concat([event_frame(), event_frame([("ghost", "2026-08-01", "visit", "s", "tv")])])
    events.loc[events["session_id"] == "s1", "occurred_at"] = pd.Timestamp("2031-01-01")
    shop.give("orders", orders).give("customers", people, ranges={"age": [0, 120]})
    shop.give("events", events)
    found = shop.faults()
    assert set(found) == {
        "duplicate_customer",
        "future_date",
        "value_out_of_range",
        "text_in_number",
        "wrong_currency",
        "null_key",
        "empty_quarter",
    }
    # The eighth, an event of nobody, is soft: it shows once the others are repaired.
    shop.give("orders", order_frame()).give("customers", customers())
    shop.give("events", events.loc[events["occurred_at"] < "2027-01-01"])
    soft = {check["code"] for check in shop.snapshot().quality["checks"]}
    assert "orphan_event" in soft


def test_empty_key_names_the_rule_that_helps(shop):
    orders = order_frame()
    orders.loc[[0, 1], "customer_id"] = None
    shop.give("orders", orders)
    message = shop.faults()["null_key"]
    assert message.startswith("orders.customer_id: 2 of 11 rows have no customer_id")
    rule = '{name: "No customer_id", table: orders, where: "customer_id is null"}'
    assert rule in message
    shop.prepare = {"exclude": [{"name": "No id", "where": "customer_id is null"}]}
    assert shop.snapshot().quality["tables"][0]["rows"] == 9


def test_future_dates(shop):
    orders = order_frame()
    orders.loc[5, "ordered_at"] = pd.Timestamp("2027-10-02")
    message = shop.give("orders", orders).faults()["future_date"]
    assert "1 row dated 2027-10-02 or later, up to 2027-10-02" in message
    assert "data.extracted_on" in message
    orders.loc[5, "ordered_at"] = pd.Timestamp("2027-10-01 23:00")
    shop.give("orders", orders)
    assert "future_date" not in {c["code"] for c in shop.snapshot().quality["checks"]}


def test_rows_after_the_extraction_are_future(shop):
    shop.extracted_on = "2026-09-30"
    assert shop.snapshot().quality["coverage"]["last_day"] == "2026-09-30"
    shop.extracted_on = "2026-09-29"
    message = shop.faults()["future_date"]
    assert "no row may be dated after data.extracted_on (2026-09-29)" in message


@pytest.mark.parametrize(
    ("last", "extracted", "code"),
    [
        ("2026-09-23", None, None),
        ("2026-09-22", None, "quarter_not_covered"),
        ("2026-06-30", None, "empty_quarter"),
        ("2026-08-01", "2026-10-05", "quarter_not_covered"),
        ("2026-09-23", "2026-09-23", None),
    ],
)
def test_the_quarter_must_be_covered(shop, last, extracted, code):
    orders = order_frame().query("order_id not in ('o5', 'o11')")
    orders.loc[orders["order_id"] == "o6", "ordered_at"] = pd.Timestamp(last)
    shop.extracted_on = extracted
    shop.give("orders", orders)
    if code is None:
        assert shop.snapshot().quality["coverage"]["last_day"] == last
    else:
        assert set(shop.faults()) == {code}


def test_an_early_extraction_does_not_cover_the_quarter(shop):
    orders = order_frame().query("order_id != 'o6'")
    shop.extracted_on = "2026-07-05"
    message = shop.give("orders", orders).faults()["quarter_not_covered"]
    assert "the last row is of 2026-07-05, 87 days before" in message
    shop.partial = True
    quality = shop.snapshot().quality
    assert quality["coverage"]["partial"] is True
    assert quality["coverage"]["quarter_covered_days"] == 5
    assert "partial_quarter" in {check["code"] for check in quality["checks"]}


def test_duplicate_customers_are_named(shop):
    people = pd.concat([customers(), customers().head(2)])
    message = shop.give("customers", people).faults()["duplicate_customer"]
    assert "2 ids in more than one row, such as a, b" in message


def test_ranges_and_levels(shop):
    people = customers(age=[30.0, -4.0, 130.0], plan=["basic", "gold", None])
    shop.give("customers", people, ranges={"age": [0, 120]}, types={"plan": ["basic", "plus"]})
    with pytest.raises(Exception, match="value_out_of_range") as caught:
        shop.snapshot()
    text = str(caught.value)
    assert "customers.age: 2 values outside, from -4 to 130" in text
    assert "customers.plan: 1 value of no known level, such as 'gold'" in text


def test_a_range_needs_numbers(shop):
    shop.give("customers", customers(plan=["x", "y", "z"]), ranges={"plan": [0, 1]})
    assert "customers.plan holds no numbers" in shop.faults()["text_in_number"]


def test_currency_of_costs(shop):
    costs = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "incurred_at": pd.to_datetime(["2026-01-01", "2026-01-02"]),
            "kind": ["support", "support"],
            "amount": [1.0, 2.0],
            "currency": ["eur", "CHF"],
        }
    )
    message = shop.give("costs", costs).faults()["wrong_currency"]
    assert "costs.currency: 1 row in another currency, such as CHF" in message


def test_too_few_customers(shop):
    shop.prepare = {"min_customers": 50}
    message = shop.faults()["too_few_customers"]
    assert "1 active customer on 2026-07-01 (3 are known)" in message


def test_a_refusing_feature_with_missing_values_stops(shop):
    days = {"table": "orders", "sql": "stddev_samp(amount)", "missing": "refuse"}
    shop.prepare = {"new_days": 0, "custom_features": {"spread": days}}
    message = shop.faults()["missing_refused"]
    assert "features.spread: 1 of 2 active customers have no value" in message
    assert "set missing: impute for spread" in message
