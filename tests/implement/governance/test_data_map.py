"""The data map, and rows that are older than they may be kept."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement.governance import (
    check_exports,
    data_map,
    data_map_sentences,
    opted_out_in,
    published_data_map,
    retention_sentence,
)
from segmentation_lib.params import build_params
from segmentation_lib.params.governance import read_governance
from tests.params.test_governance import TEXT

GOVERNANCE = read_governance(
    TEXT.replace(
        "  sign_offs:", "    - {role: CRM team, reads: [exports], why: Loads it.}\n  sign_offs:"
    )
).values
PARAMS = build_params(
    {
        "project": "acme",
        "period": "2025Q3",
        "data": {
            "orders": {"path": "data/acme/orders.csv"},
            "customers": {
                "path": "data/acme/people.csv",
                "identity": ["mail"],
                "contacts": ["email", "phone"],
            },
            "surveys": {"path": "data/acme/surveys.csv"},
        },
        "prepare": {"custom_features": {"gifts": {"table": "orders", "sql": "sum(quantity)"}}},
    }
)
DICTIONARY = pd.DataFrame(
    [("recency", "segmenting", "orders"), ("category_breadth", "descriptor", "orders"),
     ("gifts", "segmenting", "orders"), ("age", "descriptor", "customers"),
     ("revenue", "outcome", "orders")],
    columns=["name", "role", "table"],
)  # fmt: skip


def test_where_each_column_goes():
    table = data_map(PARAMS, DICTIONARY, GOVERNANCE)
    rows = table.set_index(["table", "column"])
    assert rows["role"].to_dict() == {
        ("orders", "order_id"): "segmenting",
        ("orders", "customer_id"): "key",
        ("orders", "ordered_at"): "segmenting",
        ("orders", "amount"): "segmenting",
        ("orders", "quantity"): "segmenting",
        ("orders", "category"): "descriptor",
        ("customers", "customer_id"): "key",
        ("customers", "marketing_consent"): "consent",
        ("customers", "age"): "descriptor",
        ("customers", "mail"): "identity",
        ("customers", "email"): "contact",
        ("customers", "phone"): "contact",
        ("surveys", "customer_id"): "key",
        ("surveys", "answered_at"): "figures",
        ("surveys", "nps"): "figures",
        ("surveys", "comment"): "free text",
    }
    assert rows.loc[("orders", "quantity"), "features"] == "gifts"
    assert rows.loc[("orders", "category"), "source"] == "orders.csv"
    assert rows.loc[("customers", "age"), "barred"] == "protected"
    assert set(rows["kept_days"]) == {900}
    handed_on = ("key", "contact", "consent", "segmenting")
    assert (
        rows["read_by"].to_dict()
        == rows["role"]
        .map(lambda role: "Team, CRM team" if role in handed_on else "Team")
        .to_dict()
    )
    assert rows.loc[("customers", "email"), ["purpose", "goes_to"]].tolist() == [
        "to reach the customer", "customer file; on no page",
    ]  # fmt: skip
    said = data_map_sentences(table, GOVERNANCE)
    assert said[0] == (
        "Head of data answers for the data, Insights lead for the segments. Head of marketing "
        "approves a model; before that, no customer file is written."
    )
    assert said[-3:] == [
        "16 columns of 3 tables are read. Rows are kept 900 days.",
        "Only the customer file holds email and phone, to reach customers who agreed to it; Team "
        "and CRM team may read it.",
        "Barred from making segments and from the customer file: age.",
    ]


def test_the_page_shows_columns_that_go_the_same_way_together():
    table = data_map(PARAMS, DICTIONARY, GOVERNANCE)
    shown = published_data_map(table)
    assert list(shown) == ["table", "columns", "what_for", "where_to", "who_may_read"]
    assert list(zip(shown["table"], shown["columns"], shown["what_for"], strict=True)) == [
        ("orders", "order_id, ordered_at, amount, quantity", "to make segments"),
        ("orders", "customer_id", "to tell customers apart"),
        ("orders", "category", "to describe segments"),
        ("customers", "customer_id", "to tell customers apart"),
        ("customers", "marketing_consent", "to leave out who did not agree"),
        ("customers", "age (protected)", "to describe segments"),
        ("customers", "mail", "to link two IDs of one person"),
        ("customers", "email, phone", "to reach the customer"),
        ("surveys", "customer_id", "to tell customers apart"),
        ("surveys", "answered_at, nps", "to measure segments"),
        ("surveys", "comment", "to count words by segment"),
    ]


def test_without_governance_nobody_is_named():
    table = data_map(PARAMS, DICTIONARY, None)
    assert set(table["read_by"]) == {"not named"}
    assert table["kept_days"].isna().all()
    assert data_map_sentences(table, None)[0].startswith("Nobody is named")


def test_rows_older_than_retention_are_told():
    quality = {
        "coverage": {"close": "2025-10-01"},
        "tables": [
            {"table": "orders", "first_day": "2023-01-31"},
            {"table": "events", "first_day": "2025-01-01"},
            {"table": "customers", "first_day": "2001-01-01"},
        ],
    }
    said = retention_sentence(quality, GOVERNANCE)
    assert said.startswith("Rows of orders go back to 2023-01-31")
    assert "900 days, which is back to 2023-04-15" in said
    quality["tables"][0]["first_day"] = "2023-04-15"
    assert retention_sentence(quality, GOVERNANCE) is None
    assert retention_sentence(quality, None) is None


def test_customers_without_consent_are_counted():
    consent = pd.DataFrame(
        {"customer_id": ["a", "b", "c"], "marketing_consent": [True, False, True]}
    )
    assert opted_out_in(pd.Series(["a", "b", "z"]), consent) == 2
    assert opted_out_in(pd.Series(["a", "c"]), consent) == 0
    assert opted_out_in(pd.Series(["b"]), None) == 0
    check_exports({"crm.csv": pd.Series(["a"])}, consent)
