"""Trends on tables made by hand: rows, history, changes and the dashboard's words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.trends.history import (
    extend_history,
    published_history,
    trend_changes,
    trend_measures,
    trend_rows,
)
from segmentation_lib.implement.trends.words import (
    change_sentence,
    dashboard_record,
    figure_words,
    trend_sentences,
)
from segmentation_lib.stats import wilson_interval

CARDS = {"segments": [{"id": "S02", "customers": 60}, {"id": "S01", "customers": 45}]}
BASELINE = pd.DataFrame(
    [
        ("S01", "active", "share", 0.75, 0.6, 0.9, 40),
        ("S02", "active", "share", 0.5, 0.35, 0.65, 60),
        ("(all)", "active", "share", 0.6, 0.5, 0.7, 100),
        ("S01", "revenue", "money", 20.0, 15.0, 25.0, 40),
    ],
    columns=["segment_id", "kpi", "unit", "value", "low", "high", "customers"],
)
OUTCOMES = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d", "e"],
        "active": [1.0, 0.0, 1.0, 1.0, 1.0],
        "visited": [1.0, 1.0, 0.0, 1.0, 1.0],
    }
)
OPENED = pd.DataFrame(
    {"customer_id": ["a", "b", "c", "d", "e"], "segment_id": ["S01", "S01", "S01", "S02", None]}
)


def rows(period="2025Q2", opens=date(2025, 4, 1)):
    return trend_rows(
        period=period, opens=opens, cards=CARDS, baseline=BASELINE, outcomes=OUTCOMES,
        assignments_open=OPENED,
    )  # fmt: skip


def figure(frame, measure, segment):
    return frame.set_index(["measure", "segment_id"]).loc[(measure, segment)]


def history(*quarters, measure="revenue", unit="money", customers=100):
    """A history of one measure: per quarter, value and half-width by segment."""
    return pd.DataFrame(
        [
            (f"2025Q{place}", f"2025-0{3 * place - 2}-01", segment, measure, unit, value,
             value - half, value + half, customers)
            for place, quarter in enumerate(quarters, start=1)
            for segment, (value, half) in quarter.items()
        ],
        columns=["period", "opens", "segment_id", "measure", "unit", "value", "low", "high",
                 "customers"],
    )  # fmt: skip


def test_sizes_are_those_of_the_close_with_their_sum():
    found = rows()
    sizes = found[found["measure"] == "customers"]
    assert sizes["segment_id"].tolist() == ["S01", "S02", "(all)"]
    assert sizes["value"].tolist() == [45, 60, 105]
    assert sizes["low"].isna().all()


def test_conversion_counts_only_visitors_in_a_segment():
    found = rows()
    one, everyone = figure(found, "conversion", "S01"), figure(found, "conversion", "(all)")
    assert (one["value"], one["customers"]) == (0.5, 2)
    assert everyone["value"] == pytest.approx(2 / 3)
    low, high = wilson_interval(1, 2).low, wilson_interval(1, 2).high
    assert (one["low"], one["high"]) == (low, high)


def test_no_visits_no_conversion():
    found = trend_rows(
        period="2025Q2", opens=date(2025, 4, 1), cards=CARDS, baseline=BASELINE,
        outcomes=OUTCOMES.drop(columns="visited"), assignments_open=OPENED,
    )  # fmt: skip
    assert "conversion" not in set(found["measure"])


def test_retention_gap_is_the_share_less_that_of_all_and_sums_to_nothing():
    found = rows()
    one, two = (figure(found, "retention_gap", name) for name in ("S01", "S02"))
    assert one["value"] == pytest.approx(0.75 - 0.6)
    assert two["value"] == pytest.approx(0.5 - 0.6)
    assert 40 * one["value"] + 60 * two["value"] == pytest.approx(0)
    inside, rest = wilson_interval(30, 40), wilson_interval(30, 60)
    below = np.hypot(0.75 - inside.low, rest.high - 0.5)
    assert one["low"] == pytest.approx(0.6 * (0.25 - below))
    assert one["low"] < one["value"] < one["high"]


def test_history_grows_and_never_goes_back():
    first, second = rows(), rows("2025Q3", date(2025, 7, 1))
    both = extend_history(first, second)
    assert len(both) == len(first) + len(second)
    assert both["period"].tolist() == ["2025Q2"] * len(first) + ["2025Q3"] * len(second)
    assert extend_history(None, first).equals(first)
    with pytest.raises(ValueError, match="opens on 2025-07-01"):
        extend_history(both, rows("2025Q3", date(2025, 7, 1)))


def test_change_has_the_interval_of_the_difference():
    table = history({"S01": (10, 3)}, {"S01": (15, 4)}, unit="share")
    row = trend_changes(table, period="2025Q2").iloc[0]
    assert (row["before"], row["value"], row["difference"]) == (10, 15, 5)
    # One comparison: half-widths of 3 and 4 make one of 5, which just reaches nothing.
    assert (row["low"], row["high"]) == (pytest.approx(0), pytest.approx(10))
    assert row["p_value"] == pytest.approx(0.05)
    more = history({"S01": (10, 3)}, {"S01": (15.1, 4)}, unit="share")
    assert trend_changes(more, period="2025Q2")["change"].tolist() == ["up"]


def test_money_asks_for_more_than_shares_and_less_with_more_customers():
    quarters = ({"S01": (10, 3)}, {"S01": (15.1, 4)})
    few = trend_changes(history(*quarters, customers=40), period="2025Q2").iloc[0]
    many = trend_changes(history(*quarters, customers=100_000), period="2025Q2").iloc[0]
    # Student's quantile with 10 degrees of freedom is 2.228.
    assert few["low"] == pytest.approx(5.1 - 5 * 2.228 / 1.960, abs=0.003)
    assert (few["change"], many["change"]) == ("none", "up")


def test_more_comparisons_ask_for_more():
    first = {f"S0{n}": (10.0, 3.0) for n in range(1, 6)}
    second = {**first, "S03": (4.5, 3.0)}
    alone = trend_changes(history({"S03": (10, 3)}, {"S03": (4.5, 3)}), period="2025Q2")
    among = trend_changes(history(first, second), period="2025Q2")
    assert alone["change"].tolist() == ["down"]
    assert among["change"].tolist() == ["none"] * 5
    assert among["compared"].tolist() == [5] * 5
    assert among["p_corrected"].iloc[2] == pytest.approx(5 * among["p_value"].iloc[2])


def test_small_groups_counts_and_other_units_are_not_compared():
    quarters = ({"S01": (10, 1)}, {"S01": (50, 1)})
    assert len(trend_changes(history(*quarters), period="2025Q2")) == 1
    assert trend_changes(history(*quarters, customers=29), period="2025Q2").empty
    counts = history(*quarters).assign(low=np.nan, high=np.nan)
    assert trend_changes(counts, period="2025Q2").empty
    mixed = history(*quarters)
    mixed.loc[0, "unit"] = "number"
    assert trend_changes(mixed, period="2025Q2").empty


def test_a_gap_is_bridged_and_a_new_segment_is_not_compared():
    table = history({"S01": (10, 1)}, {}, {"S01": (20, 1), "S02": (5, 1)})
    found = trend_changes(table, period="2025Q3")
    assert found[["segment_id", "previous_period"]].values.tolist() == [["S01", "2025Q1"]]
    with pytest.raises(ValueError, match="no quarter 2026Q1"):
        trend_changes(table, period="2026Q1")


def test_figures_of_few_customers_are_left_out():
    table = history({"S01": (10, 1)}, customers=9)
    assert published_history(table, limit=10).empty
    assert len(published_history(table, limit=9)) == 1


def test_measures_start_with_size_value_conversion_and_retention():
    assert trend_measures(rows()) == ["customers", "revenue", "conversion", "retention_gap"]
    assert trend_measures(rows(), kpis=["orders", "active"]) == [
        "customers", "revenue", "conversion", "retention_gap",
    ]  # fmt: skip


def test_sentences_name_what_changed_and_a_change_of_the_mix():
    table = history({"S01": (10, 1), "(all)": (30, 1)}, {"S01": (10, 1), "(all)": (40, 1)})
    found = trend_changes(table, period="2025Q2")
    head, told = trend_sentences(found, names={}, currency="GBP")
    assert head == "1 of 2 figures changed by more than chance since 2025Q1."
    assert told.startswith("All customers: revenue per customer rose from £30.00 in 2025Q1 to £40")
    assert told.endswith("it may be the mix of segments that changed.")
    quiet = trend_changes(history({"S01": (1, 1)}, {"S01": (1, 1)}), period="2025Q2")
    assert trend_sentences(quiet, names={}) == [
        "No figure changed by more than chance since 2025Q1: 1 comparison made."
    ]


def test_first_quarter_says_that_trends_begin_next_quarter():
    first = rows()
    found = trend_changes(first, period="2025Q2")
    record = dashboard_record(
        first, found, period="2025Q2", measures=trend_measures(first), names={"S01": "Regulars"}
    )
    assert record["findings"][0].startswith("Trends begin next quarter")
    assert [row["segment_id"] for row in record["glance"]] == ["S01", "S02", "(all)"]
    assert record["panels"][0]["caption"] == "Customers at the close: 105 in all."
    # Two visitors are too few to show.
    assert record["glance"][0]["cells"][2]["figure"] == "–"


def test_points_and_falls_in_words():
    row = {
        "segment_id": "S01", "measure": "retention_gap", "unit": "points", "before": 0.1,
        "value": -0.05, "low": -0.2, "high": -0.1, "previous_period": "2025Q1", "change": "down",
    }  # fmt: skip
    assert change_sentence(row, names={"S01": "Regulars"}) == (
        "S01 (Regulars): retention against all customers fell from +10 points in 2025Q1 to "
        "−5.0 points (95% interval of the change: 10 to 20 points)."
    )
    assert figure_words(1234, "count") == "1,234"


def test_captions_of_the_dashboard_say_the_finding():
    both = extend_history(rows(), rows("2025Q3", date(2025, 7, 1)))
    both.loc[(both["period"] == "2025Q3") & (both["measure"] == "revenue"), "value"] = 99.0
    both.loc[(both["period"] == "2025Q3") & (both["measure"] == "revenue"), ["low", "high"]] = 98.0
    measures = trend_measures(both)
    record = dashboard_record(
        both, trend_changes(both, period="2025Q3", measures=measures), period="2025Q3",
        measures=measures, names={}, currency="GBP",
    )  # fmt: skip
    captions = {panel["measure"]: panel["caption"] for panel in record["panels"]}
    assert captions == {
        "customers": "Customers at the close: 105 in all, after 105 in 2025Q2.",
        "revenue": "Revenue per customer: up in S01.",
        "conversion": "Share of visitors who ordered.",
        "retention_gap": "Retention against all customers: no change beyond chance since the "
        "quarter before.",
    }
    assert record["glance"][0]["cells"][1] == {"figure": "£99.00", "change": "up"}
