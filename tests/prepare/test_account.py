"""Tests of the account of the data and of the consent handed on."""

from __future__ import annotations

import pandas as pd

from segmentation_lib import prepare
from segmentation_lib.prepare.account import (
    coverage_sentence,
    missing_table_sentences,
    source_table,
    state_table,
    waterfalls,
)
from segmentation_lib.prepare.consent import consent_table


def test_the_account_of_the_hand_made_shop(shop):
    quality = shop.snapshot().quality
    sentence = coverage_sentence(quality)
    assert "from 2025-05-01 to 2026-09-30 and cover 92 of the 92 days of the quarter" in sentence
    assert "on 2026-07-01, 1 customers" in sentence or "on 2026-07-01, 1 customer " in sentence
    table = source_table(quality)
    assert table.loc[0, ["table", "rows", "amount"]].tolist() == ["orders", 11, 232.5]
    states = state_table(quality).set_index("state")
    assert states["at_open"].to_dict() == {"ACTIVE": 1, "NEW": 1, "LAPSED": 1, "INACTIVE": 0}
    assert states["at_close"].to_dict() == {"ACTIVE": 1, "NEW": 0, "LAPSED": 2, "INACTIVE": 0}
    sentences = missing_table_sentences(quality)
    assert len(sentences) == 6
    assert sentences[0].startswith("With customers (customer_id): profiles by attributes")
    assert missing_table_sentences({"missing_tables": []}) == [
        "Every table of the contract was given."
    ]


def test_data_without_dates_have_no_span():
    quality = {"coverage": {"first_day": None}, "states": {"open": {"ACTIVE": 1200}}}
    assert coverage_sentence(quality) == (
        "There are no orders or events, so it cannot be checked what of the quarter the data "
        "cover; 1,200 customers can be put into a segment."
    )


def test_only_tables_that_lost_rows_have_a_waterfall(shop):
    shop.give("customers", pd.DataFrame({"customer_id": ["a", "b", "c"], "age": [1, 2, 3]}))
    shop.prepare = {"exclude": [{"name": "Toys", "where": "category = 'toys'"}]}
    ((name, steps),) = waterfalls(shop.clean().exclusions)
    assert name == "orders"
    assert steps["rule"].tolist() == ["In the source", "Toys", "Kept"]
    assert steps["amount"].tolist() == [232.5, 5.0, 227.5]


def test_silence_is_no_consent(shop):
    people = pd.DataFrame(
        {"customer_id": ["c", "a", "b"], "marketing_consent": [True, None, False]}
    )
    with shop.give("customers", people).engine() as engine:
        params = shop.params
        table = consent_table(prepare.clean(prepare.load_tables(engine, params), params))
    expected = pd.DataFrame(
        {"customer_id": ["a", "b", "c"], "marketing_consent": [False, False, True]}
    )
    pd.testing.assert_frame_equal(table, expected)


def test_without_the_column_consent_is_not_known(shop):
    with shop.engine() as engine:
        params = shop.params
        assert consent_table(prepare.clean(prepare.load_tables(engine, params), params)) is None
