"""Tests of the first stage as a whole: what it hands on, and that it does so the same way."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segmentation_lib import prepare
from segmentation_lib.artefacts import check_table
from segmentation_lib.prepare.names import slug

from .conftest import event_frame, order_frame

TABLES = ("features_open", "features_close", "outcomes", "data_dictionary")


def full_shop(shop):
    people = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "signed_up_at": pd.to_datetime(["2024-01-01", None, "2026-06-01", "2024-05-05"]),
            "email": ["x", "y", "z", "x"],
            "plan": ["plus", "basic", None, "plus"],
        }
    )
    shop.give("customers", people, identity=["email"], types={"plan": ["basic", "plus"]})
    return shop.give("events", event_frame())


def test_tables_meet_the_schemas_of_their_artefacts(shop):
    prepared = full_shop(shop).snapshot()
    for name in TABLES:
        check_table(name, getattr(prepared, name))
    cleaned = shop.clean()
    check_table("exclusions", cleaned.exclusions)
    check_table("identities", cleaned.identities)


def test_outcomes_and_features_have_the_same_customers(shop):
    prepared = full_shop(shop).snapshot()
    open_ids = prepared.features_open["customer_id"]
    assert open_ids.tolist() == sorted(open_ids)
    assert prepared.outcomes["customer_id"].tolist() == open_ids.tolist()
    assert open_ids.tolist() == ["a", "b", "c"]


def test_two_runs_and_any_order_of_rows_give_the_same(shop):
    first = full_shop(shop).snapshot()
    shop.give("orders", order_frame().sample(frac=1, random_state=5))
    shop.give("events", event_frame().sample(frac=1, random_state=6))
    second = shop.snapshot()
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert json.dumps(first.quality) == json.dumps(second.quality)


def test_quality_is_plain_and_holds_no_customer(shop):
    people = full_shop(shop)
    orders = order_frame().assign(customer_id=lambda f: "customer-" + f["customer_id"])
    quality = people.give("orders", orders).snapshot().quality
    text = json.dumps(quality)
    assert "customer-" not in text
    assert list(quality) == [
        "period",
        "currency",
        "coverage",
        "tables",
        "waterfall",
        "checks",
        "states",
        "identities",
        "missing_tables",
    ]
    assert quality["coverage"] == {
        "open": "2026-07-01",
        "close": "2026-10-01",
        "first_day": "2025-05-01",
        "last_day": "2026-09-30",
        "lookback_days": 365,
        "lookback_covered_days": 365,
        "quarter_days": 92,
        "quarter_covered_days": 92,
        "partial": False,
    }
    assert quality["tables"][0] == {
        "table": "orders",
        "rows": 11,
        "customers": 3,
        "amount": 232.5,
        "first_day": "2025-05-01",
        "last_day": "2026-09-30",
    }
    assert [t["table"] for t in quality["missing_tables"]] == [
        "outcomes",
        "surveys",
        "costs",
        "assignments",
    ]
    assert quality["missing_tables"][0]["columns"] == [
        "customer_id",
        "measured_at",
        "metric",
        "value",
    ]


def test_attributes_alone_have_no_coverage(empty_shop):
    empty_shop.prepare = {"features_from": "customers"}
    empty_shop.give("customers", pd.DataFrame({"customer_id": ["a", "b"], "age": [1, 2]}))
    cover = empty_shop.snapshot().quality["coverage"]
    assert (cover["first_day"], cover["last_day"]) == (None, None)
    assert (cover["lookback_covered_days"], cover["quarter_covered_days"]) == (0, 0)


def test_dictionary_knows_windows_and_missing_shares(shop):
    dictionary = full_shop(shop).snapshot().data_dictionary.set_index("name")
    assert dictionary.loc["recency", "window"] == "365 days"
    assert dictionary.loc["tenure", "window"] == "whole history"
    assert dictionary.loc["plan", ["window", "kind"]].tolist() == ["undated", "ordered"]
    assert dictionary.loc["orders", ["window", "role"]].tolist() == ["the quarter", "outcome"]
    assert dictionary.loc["monetary", "unit"] == "EUR"
    shop.prepare = {"new_days": 0}
    dictionary = shop.snapshot().data_dictionary.set_index("name")
    # a and c are active; c bought once, so has no time between purchases.
    assert dictionary.loc["inter_purchase_time", "missing_share"] == 0.5


def test_features_do_not_see_the_future(shop):
    before = shop.snapshot().features_open
    later = order_frame()
    later.loc[later["ordered_at"] >= "2026-07-01", ["amount", "channel"]] = [999.0, "moon"]
    pd.testing.assert_frame_equal(shop.give("orders", later).snapshot().features_open, before)


@pytest.mark.parametrize(
    ("word", "name"),
    [("Marital Status", "marital_status"), ("2nd-visit", "x2nd_visit"), ("--", "x")],
)
def test_slug(word, name):
    assert slug(word) == name


def test_tables_are_mappings(shop):
    with full_shop(shop).engine() as engine:
        tables = prepare.load_tables(engine, shop.params)
        cleaned = prepare.clean(tables, shop.params)
        assert list(tables) == list(cleaned) == ["orders", "customers", "events"]
        assert len(tables) == len(cleaned) == 3
