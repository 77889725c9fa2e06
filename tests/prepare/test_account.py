"""Tests of the account of the data and of the consent handed on."""

from __future__ import annotations

import pandas as pd

from segmentation_lib import prepare
from segmentation_lib.prepare.account import (
    coverage_sentence,
    dictionary_table,
    finding_sentences,
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
    table = source_table(quality, small_cell=1)
    assert table.loc[0, ["table", "rows", "amount"]].tolist() == ["orders", 11, 232.5]
    states = state_table(quality, small_cell=1).set_index("state")
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
    ((name, steps),) = waterfalls(shop.clean().exclusions, small_cell=1)
    assert name == "orders"
    assert steps["rule"].tolist() == ["In the source", "Toys", "Kept"]
    assert steps["amount"].tolist() == [232.5, 5.0, 227.5]


def _exclusions(*rules: tuple[str, int, int, float]) -> pd.DataFrame:
    names = ["rule", "rows", "customers", "amount"]
    table = pd.DataFrame(list(rules), columns=names).assign(reason="", table="orders")
    return table.assign(step=range(len(table)))


def test_a_rule_that_concerned_a_few_is_told_without_its_numbers():
    told = _exclusions(
        ("In the source", 1003, 204, 9000.0), ("Staff", 30, 4, 90.0), ("Tests", 60, 40, 10.0),
        ("Nobody", 7, 0, 5.0), ("Kept", 906, 190, 8895.0),
    )  # fmt: skip
    ((_, steps),) = waterfalls(told)
    assert steps["rows"].tolist() == ["1,000", "hidden", "60", "<10", "910"]
    assert steps["customers"].tolist() == ["200", "<10", "40", "0", "190"]
    # The amount of the next rule is hidden too, as all amounts add up.
    assert steps["amount"].isna().tolist() == [False, True, True, False, False]


def test_one_that_is_missing_at_the_end_is_not_told_by_any_two_numbers():
    told = _exclusions(
        ("In the source", 156_984, 4987, 9.0), ("Repeated", 60, 59, 2.0), ("Tests", 8, 2, 1.0),
        ("Giant", 2, 1, 0.0), ("Nobody", 40, 0, 1.0), ("Kept", 156_874, 4985, 5.0),
    )  # fmt: skip
    ((_, steps),) = waterfalls(told)
    assert steps["rows"].tolist() == ["156,980", "60", "<10", "<10", "40", "156,870"]
    assert steps["customers"].tolist() == ["4,990", "60", "<10", "<10", "0", "4,990"]
    said = {"checks": [{"sentence": "60 rows of orders repeat another one in every column."}],
            "identities": {"linked": 0}}  # fmt: skip
    assert finding_sentences(said) == ["60 rows of orders repeat another one in every column."]


def test_the_source_is_told_rounded_and_its_amount_not():
    told = _exclusions(("In the source", 46, 46, 1.0), ("Staff", 6, 6, 1.0), ("Kept", 40, 40, 0.0))
    ((_, steps),) = waterfalls(told)
    assert steps["rows"].tolist() == ["50", "<10", "40"]
    assert steps["amount"].isna().tolist() == [True, True, False]
    whole = _exclusions(("In the source", 96, 96, 1.0), ("Staff", 56, 56, 1.0), ("Kept", 40, 40, 0))
    ((_, steps),) = waterfalls(whole)
    assert steps["rows"].tolist() == [100, 60, 40]


def test_a_value_that_a_few_lack_is_not_counted():
    dictionary = pd.DataFrame(
        {"name": list("abcdef"), "role": "descriptor", "unit": "", "definition": "",
         "missing_share": [0.0, 9 / 4494, 43 / 4494, 0.5, 4490 / 4494, float("nan")]}
    )  # fmt: skip
    table = dictionary_table(dictionary, {"states": {"open": {"ACTIVE": 4494}}})
    assert table["missing_share"].tolist() == [
        "0%", "under 10 customers", "0.9%", "50.1%", "nearly all", "0%",
    ]  # fmt: skip
    tiny = dictionary_table(dictionary, {"states": {"open": {"ACTIVE": 8}}})
    assert set(tiny["missing_share"].iloc[3:5]) <= {"hidden", "under 10 customers", "nearly all"}


def test_small_states_and_tables_are_hidden_and_others_stay_numbers():
    quality = {
        "states": {"open": {"ACTIVE": 500, "NEW": 4, "LAPSED": 60, "INACTIVE": 0},
                   "close": {"ACTIVE": 500, "NEW": 40, "LAPSED": 60, "INACTIVE": 0}},
        "tables": [{"table": "orders", "rows": 900, "customers": 300, "amount": 5.0},
                   {"table": "surveys", "rows": 8, "customers": 5, "amount": 1.0}],
    }  # fmt: skip
    states = state_table(quality)
    assert states["at_open"].tolist() == ["500", "<10", "hidden", "0"]
    assert states["at_close"].tolist() == [500, 40, 60, 0]
    tables = source_table(quality)
    assert tables["customers"].tolist() == ["300", "<10"]
    assert tables["rows"].tolist() == ["900", "<10"]
    assert tables["amount"].isna().tolist() == [False, True]


def test_findings_tell_no_small_count():
    quality = {
        "checks": [{"sentence": "3 rows of events belong to 1 customer that is 1,203 rows off."}],
        "identities": {"linked": 2},
    }
    assert finding_sentences(quality) == [
        "Fewer than 10 rows of events belong to fewer than 10 customers that is 1,200 rows off.",
        "Fewer than 10 customers had a second id; the rows of both ids count as one person's. "
        "Counts of customers in the rules above are before this.",
    ]


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
