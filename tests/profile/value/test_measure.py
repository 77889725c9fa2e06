"""Value: exact shares and indices, what it is measured by, and what lies outside."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.profile.value import (
    has_value,
    segment_value,
    value_measure,
    value_outside,
)

PLACED = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d", "e"],
        "state": ["ACTIVE"] * 4 + ["LAPSED"],
        "segment_id": ["S01", "S02", "S02", "S02", None],
    }
)
FEATURES = pd.DataFrame({"customer_id": list("abcde"), "monetary": [5.0, 1.0, 1.0, 1.0, 0.0]})
OUTCOMES = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "e"],
        "revenue": [60.0, 30.0, 10.0, 25.0],
        "orders": [3, 1, 1, 1],
    }
)


def test_exact_table_and_the_total_row():
    table = segment_value(OUTCOMES, PLACED, FEATURES)
    assert table.to_dict("list") == {
        "segment_id": ["S01", "S02", "(all)"],
        "customers": [1, 3, 4],
        "customer_share": [0.25, 0.75, 1.0],
        "value": [60.0, 40.0, 100.0],
        "value_share": [0.6, 0.4, 1.0],
        "value_per_customer": [60.0, 40 / 3, 25.0],
        "value_index": [240.0, pytest.approx(160 / 3), 100.0],
        "measure": ["revenue in the quarter"] * 3,
        "unit": ["money"] * 3,
    }
    check_table("segment_value", table)


def test_segments_and_outside_add_up_to_all_revenue_and_indices_to_100():
    table = segment_value(OUTCOMES, PLACED, FEATURES)
    outside = value_outside(OUTCOMES, PLACED, FEATURES)
    segments = table[table["segment_id"] != "(all)"]
    assert segments["value"].sum() + outside["value"] == OUTCOMES["revenue"].sum()
    assert outside == {"customers": 1, "value": 25.0, "value_share": 0.2}
    weighted = (segments["value_index"] * segments["customer_share"]).sum()
    assert weighted == pytest.approx(100)


@pytest.mark.parametrize(
    ("outcomes", "features", "words", "first_value"),
    [
        (["revenue", "orders"], ["monetary"], "revenue in the quarter", 60.0),
        (["orders"], ["monetary"], "spend before the quarter", 5.0),
        (["orders"], [], "orders in the quarter", 3.0),
        ([], [], "number of customers", 1.0),
    ],
)
def test_the_measure_is_the_best_that_is_there(outcomes, features, words, first_value):
    known = OUTCOMES[["customer_id", *outcomes]]
    table = segment_value(known, PLACED, FEATURES[["customer_id", *features]])
    assert table["measure"].unique().tolist() == [words]
    assert table["value"].iloc[0] == first_value
    assert value_measure(known, FEATURES[["customer_id", *features]]).words == words


def test_a_headcount_is_no_value():
    counted = segment_value(OUTCOMES[["customer_id"]], PLACED, FEATURES[["customer_id"]])
    assert counted["measure"].tolist() == ["number of customers"] * 3
    assert not has_value(counted)
    assert has_value(segment_value(OUTCOMES, PLACED, FEATURES))
    came = OUTCOMES[["customer_id"]].assign(active=1)
    assert not has_value(segment_value(came, PLACED, FEATURES[["customer_id"]]))


def test_a_quarter_of_refunds_has_no_shares():
    refunds = OUTCOMES.assign(revenue=-OUTCOMES["revenue"])
    table = segment_value(refunds, PLACED, FEATURES)
    assert table["value"].tolist() == [-60.0, -40.0, -100.0]
    assert table[["value_share", "value_index"]].isna().all(axis=None)


def test_nobody_in_a_segment_gives_an_empty_table():
    nobody = PLACED.assign(segment_id=None)
    table = segment_value(OUTCOMES, nobody, FEATURES)
    assert table.empty
    check_table("segment_value", table)
    assert value_outside(OUTCOMES, nobody, FEATURES)["value"] == 125.0
