"""Tests of the exclusions: order, what each rule takes, and that all of it adds up."""

from __future__ import annotations

import pandas as pd
import pytest

from .conftest import order_frame


def test_the_waterfall_adds_up(shop):
    orders = pd.concat([order_frame(), order_frame().iloc[[0, 0, 2]]], ignore_index=True)
    shop.give("orders", orders, where="order_id <> 'o5'")
    shop.prepare = {
        "duplicates": "drop",
        "exclude": [
            {"name": "Toys", "where": "category = 'toys'", "reason": "Another shop's."},
            {"name": "Small", "where": "abs(amount) < 10"},
            {"name": "Nobody", "where": "customer_id is null"},
        ],
    }
    found = shop.clean().exclusions
    expected = pd.DataFrame(
        [
            ("orders", 0, "In the source", "", 14, 3, 282.5),
            ("orders", 1, "Not selected by where", "Rows must meet: order_id <> 'o5'", 1, 1, 100.0),
            (
                "orders",
                2,
                "Repeated rows",
                "The row repeats another one in every column.",
                3,
                1,
                50.0,
            ),
            ("orders", 3, "Toys", "Another shop's.", 3, 2, 5.0),
            ("orders", 4, "Small", "", 1, 1, 7.5),
            ("orders", 5, "Nobody", "", 0, 0, 0.0),
            ("orders", 6, "Kept", "", 6, 2, 120.0),
        ],
        columns=["table", "step", "rule", "reason", "rows", "customers", "amount"],
    )
    pd.testing.assert_frame_equal(found, expected)
    for column in ("rows", "amount"):
        assert found.loc[0, column] == found.loc[1:, column].sum()


def test_tables_without_money_have_no_amount(shop):
    shop.give("customers", pd.DataFrame({"customer_id": ["a", "b"], "age": [1, 2]}))
    found = shop.clean().exclusions
    people = found.loc[found["table"] == "customers"]
    assert people["rows"].tolist() == [2, 2]
    assert people["amount"].isna().all()


def test_who_is_taken_away_among_customers_is_taken_away_everywhere(shop):
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "kind": ["person", "staff", "test"]})
    shop.give("customers", people)
    shop.prepare = {
        "exclude": [
            {"name": "Staff", "table": "customers", "where": "kind = 'staff'"},
            {"name": "Tests", "table": "customers", "where": "kind = 'test'"},
        ]
    }
    cleaned = shop.clean()
    orders = cleaned.exclusions.query("table == 'orders'")
    assert orders["rule"].tolist() == ["In the source", "Staff", "Tests", "Kept"]
    assert orders["rows"].tolist() == [11, 3, 2, 6]
    assert orders["amount"].tolist() == [232.5, 30.0, 0.0, 202.5]
    assert set(shop.frame("orders")["customer_id"]) == {"a"}
    assert shop.snapshot().features_open["customer_id"].tolist() == ["a"]


def test_a_condition_that_is_unknown_takes_nothing_away(shop):
    orders = order_frame()
    orders.loc[0, "category"] = None
    shop.give("orders", orders)
    shop.prepare = {"exclude": [{"name": "Toys", "where": "category = 'toys'"}]}
    assert shop.clean().exclusions["rows"].tolist() == [11, 3, 8]


@pytest.mark.parametrize(
    ("rule", "code", "text"),
    [
        ({"where": "categry = 'toys'"}, "missing_column", "Did you mean category?"),
        ({"where": "category ="}, "wrong_expression", "cannot be computed"),
        ({"where": "cast(category as int) = 1"}, "wrong_expression", "fails on a row"),
        ({"where": "sum(amount) > 1"}, "wrong_expression", "aggregate"),
        ({"where": "true", "table": "events"}, "missing_table", "events is not given"),
    ],
)
def test_wrong_rules_are_refused(shop, rule, code, text):
    shop.prepare = {"exclude": [{"name": "Fine", "where": "amount > 1e6"}, {"name": "R", **rule}]}
    found = shop.faults()
    assert list(found) == [code]
    assert found[code].startswith("prepare.exclude[1] (R)")
    assert text in found[code]


def test_quality_says_what_a_rule_dropped_was_worth(shop):
    shop.prepare = {"exclude": [{"name": "Toys", "where": "category = 'toys'"}]}
    steps = shop.snapshot().quality["waterfall"]["orders"]
    assert steps[1] == {
        "step": 1,
        "rule": "Toys",
        "reason": "",
        "rows": 3,
        "share_of_rows": 0.2727,
        "customers": 2,
        "amount": 5.0,
        "amount_per_row": 1.67,
        "amount_per_customer": 2.5,
    }
    assert steps[2]["amount_per_customer"] == round(227.5 / 2, 2)


def test_repeated_rows_are_counted_and_kept_by_default(shop):
    orders = pd.concat([order_frame(), order_frame().iloc[[0]]], ignore_index=True)
    shop.give("orders", orders)
    quality = shop.snapshot().quality
    (check,) = [c for c in quality["checks"] if c["code"] == "repeated_rows"]
    assert check["rows"] == 1
    assert "They are kept" in check["sentence"]
    assert quality["tables"][0]["rows"] == 12


def test_rows_that_differ_in_a_column_nobody_mapped_are_not_repeated(shop):
    orders = pd.concat([order_frame(), order_frame().iloc[[0]]], ignore_index=True)
    shop.give("orders", orders.assign(line=range(12)))
    shop.prepare = {"duplicates": "drop"}
    assert shop.clean().exclusions["rows"].tolist() == [12, 0, 12]
