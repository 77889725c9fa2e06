"""Where to test an offer: by value, or by a declared KPI where value is not known."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.implement.pilot import pilot_segment

VALUED, COUNTED = "revenue in the quarter", "number of customers"


def card(segment_id, customers, value_index=100.0):
    return {"id": segment_id, "customers": customers, "value_index": value_index}


def cards(measure=COUNTED):
    segments = [card("S01", 900, 50.0), card("S02", 500), card("S03", 400)]
    return {"segments": segments, "value_measure": measure, "currency": "EUR"}


def kpis(**units):
    rates = {"S01": 0.08, "S02": 0.23, "S03": 0.3, "(all)": 0.15}
    rows = [(key, kpi, unit, rate) for kpi, unit in units.items() for key, rate in rates.items()]
    return pd.DataFrame(rows, columns=["segment_id", "kpi", "unit", "value"])


def test_the_largest_that_is_not_worth_little():
    found, why = pilot_segment(cards(VALUED), kpis(accepted_offer="share"), ["accepted_offer"])
    assert (found["id"], why) == ("S02", "the most to learn from")


@pytest.mark.parametrize("declared", [["accepted_offer"], ["unknown", "accepted_offer"], []])
def test_without_value_the_largest_above_average_in_the_kpi(declared):
    found, why = pilot_segment(cards(), kpis(accepted_offer="share"), declared)
    assert found["id"] == "S02"
    assert why == "and accepted offer per customer was 23% in the quarter, against 15% over all"


def test_of_several_kpis_only_a_declared_one_decides():
    table = kpis(complaints="number", margin="money")
    found, why = pilot_segment(cards(), table, [])
    assert (found["id"], why) == ("S01", "the most to learn from")
    found, why = pilot_segment(cards(), table, ["margin", "complaints"])
    assert found["id"] == "S02"
    assert "margin per customer was €0.23 in the quarter, against €0.15" in why


def test_nobody_to_test_on():
    assert pilot_segment({**cards(), "segments": []}, kpis(), []) is None
