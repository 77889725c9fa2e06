"""Tests on real data: the quality page reconciles with the raw file to the penny."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segmentation_lib import prepare
from segmentation_lib.engine import Engine
from segmentation_lib.params import build_params

COLUMNS = {
    "order_id": "InvoiceNo",
    "customer_id": "CustomerID",
    "ordered_at": "InvoiceDate",
    "amount": "Quantity * UnitPrice",
    "quantity": "Quantity",
    "product_id": "StockCode",
    "region": "Country",
}
EXCLUDE = [
    {"name": "No customer", "where": "customer_id is null"},
    {"name": "Not a product", "where": "not regexp_matches(product_id, '^[0-9]{5}')"},
]


@pytest.fixture(scope="module")
def retail(shared):
    values = {
        "project": "online_retail",
        "period": "2011Q2",
        "data": {
            "currency": "GBP",
            "orders": {"path": "online_retail.parquet", "columns": COLUMNS},
        },
        "prepare": {"lookback_days": 120, "duplicates": "drop", "exclude": EXCLUDE},
    }
    params = build_params(values)
    with Engine.open(shared / "data" / "online_retail", params.data) as engine:
        cleaned = prepare.clean(prepare.load_tables(engine, params), params)
        return cleaned, prepare.snapshot(cleaned, params)


def test_the_waterfall_reconciles_with_the_raw_file(retail):
    found = retail[0].exclusions
    assert found["rule"].tolist() == [
        "In the source",
        "Repeated rows",
        "No customer",
        "Not a product",
        "Kept",
    ]
    assert found["rows"].tolist() == [541_909, 5_268, 135_037, 1_915, 399_689]
    assert found["customers"].tolist()[0] == 4_372
    exact = [Decimal(str(amount)) for amount in found["amount"]]
    assert exact[0] == Decimal("9747747.934")
    assert exact[0] == sum(exact[1:])
    assert found["rows"][0] == found["rows"][1:].sum()
    assert round(found["amount"][0], 2) == 9_747_747.93


def test_the_giant_cancelled_order_makes_no_big_spender(retail):
    frame = retail[1].features_open.set_index("customer_id")
    # Customer 12346 bought and cancelled 74,215 units on one day.
    assert frame.loc["12346", ["state", "frequency", "monetary"]].tolist() == ["LAPSED", 0.0, 0.0]
    assert frame["monetary"].max() < 100_000


def test_states_and_features_of_real_customers(retail):
    prepared = retail[1]
    states = prepared.quality["states"]["open"]
    assert states == {"ACTIVE": 1698, "NEW": 398, "LAPSED": 88, "INACTIVE": 0}
    active = prepared.features_open.query("state == 'ACTIVE'")
    assert (active["frequency"] >= 1).all()
    assert active["recency"].between(1, 120).all()
    assert active["return_rate"].between(0, 1).all()
