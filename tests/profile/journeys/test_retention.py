"""Tests of retention: cohorts by hand, the hatched period, and segments from the open on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.profile.journeys.retention import (
    event_days,
    retention_grid,
    segment_retention,
)
from segmentation_lib.profile.journeys.retention_words import (
    few_active,
    retention_sentence,
    segment_retention_sentence,
)

from .logs import written


def days(**people):
    rows = [(who, pd.Timestamp(day)) for who, listed in people.items() for day in listed.split()]
    return pd.DataFrame(rows, columns=["customer_id", "day"])


DAYS = days(
    a="2026-01-05 2026-01-20 2026-03-02",
    b="2026-01-31 2026-02-01",
    c="2026-02-10 2026-03-09",
)


def test_cohorts_by_hand_and_the_running_month_is_partial():
    grid = retention_grid(DAYS, date(2026, 3, 10), washout_days=0)
    columns = ["cohort", "period", "customers", "active", "partial", "edge"]
    assert grid[columns].to_numpy().tolist() == [
        ["2026-01", 0, 2, 2, False, True],
        ["2026-01", 1, 2, 1, False, True],
        ["2026-01", 2, 2, 1, True, True],
        ["2026-02", 0, 1, 1, False, False],
        ["2026-02", 1, 1, 1, True, False],
    ]
    assert grid["share"].tolist() == [1.0, 0.5, 0.5, 1.0, 1.0]
    assert (grid["low"] <= grid["share"]).all()
    text = retention_sentence(grid, few=1)
    assert text.startswith("How many new customers come back cannot be told yet: the cohorts")
    assert "are no loss" in text


def test_a_period_that_ends_with_the_close_is_whole():
    assert not retention_grid(DAYS, date(2026, 4, 1))["partial"].any()
    quarters = retention_grid(DAYS, date(2026, 4, 1), every="quarter")
    assert quarters[["cohort", "period", "active"]].to_numpy().tolist() == [["2026Q1", 0, 3]]
    later = retention_grid(DAYS, date(2026, 5, 1))
    april = later[(later["cohort"] == "2026-01") & (later["period"] == 3)]
    assert (april["active"].tolist(), april["partial"].tolist()) == ([0], [False])


def test_years_follow_each_other_and_the_sentence_leaves_the_first_cohort_out():
    seen = days(
        old="2025-11-03 2025-12-03",
        a="2025-12-05 2026-01-03",
        b="2025-12-06",
        c="2025-12-07",
        d="2025-12-08",
    )
    grid = retention_grid(seen, date(2026, 2, 1), washout_days=0)
    assert grid["cohort"].unique().tolist() == ["2025-11", "2025-12"]
    assert retention_sentence(grid, few=1) == (
        "25% of 4 new customers were active again in the month after their first."
    )


def test_old_customers_are_not_new_when_the_history_begins_with_them():
    rng = np.random.default_rng(5)
    gaps = rng.gamma(4, 20, (400, 40)).cumsum(axis=1) - rng.uniform(0, 80, (400, 1))
    who, turn = np.nonzero((gaps >= 0) & (gaps < 730))
    first = pd.Timestamp("2024-01-01")
    old = pd.DataFrame(
        {
            "customer_id": who.astype(str),
            "day": first + pd.to_timedelta(np.floor(gaps[who, turn]), unit="D"),
        }
    )
    grid = retention_grid(old, date(2026, 1, 1), every="quarter")
    starts = grid[grid["period"] == 0]
    assert starts["customers"].sum() == 400
    assert starts.loc[~starts["edge"], "customers"].sum() <= 4
    new = old.assign(customer_id="n" + old["customer_id"], day=old["day"] + pd.Timedelta(days=300))
    both = pd.concat([old, new[new["day"] < pd.Timestamp("2026-01-01")]])
    cohorts = retention_grid(both, date(2026, 1, 1), every="quarter").query("period == 0")
    assert cohorts.set_index("cohort")["edge"].to_dict()["2024Q2"]
    assert not cohorts.set_index("cohort")["edge"].to_dict()["2024Q4"]
    with pytest.raises(ValueError, match="washout_days = -1"):
        retention_grid(old, date(2026, 1, 1), washout_days=-1)


def test_days_after_the_close_and_unknown_periods_are_refused():
    with pytest.raises(ValueError, match="must be before the close"):
        retention_grid(DAYS, date(2026, 3, 9))
    with pytest.raises(ValueError, match="one of month and quarter"):
        retention_grid(DAYS, date(2026, 4, 1), every="day")
    with pytest.raises(ValueError, match="one of month and week"):
        segment_retention(DAYS, DAYS, Window(date(2026, 1, 1), date(2026, 4, 1)), every="day")
    assert retention_grid(DAYS.head(0), date(2026, 4, 1)).empty


def test_segments_are_followed_from_the_open_on():
    who = pd.DataFrame({"customer_id": ["a", "b", "z"], "segment_id": ["S01", "S01", "S02"]})
    window = Window(date(2026, 1, 20), date(2026, 2, 4))
    table = segment_retention(DAYS, who, window)
    columns = ["segment_id", "period", "customers", "active", "partial"]
    assert table[columns].to_numpy().tolist() == [
        ["S01", 1, 2, 1, False],
        ["S01", 2, 2, 1, False],
        ["S01", 3, 2, 0, True],
        ["S02", 1, 1, 0, False],
        ["S02", 2, 1, 0, False],
        ["S02", 3, 1, 0, True],
    ]
    assert table["last_day"].tolist()[:3] == [date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 3)]
    assert table["start"].tolist()[2] == date(2026, 2, 3)
    text = segment_retention_sentence(table, few=1)
    assert text.startswith("In an average week, 50% of S01 are active, the most, and 0% of S02")
    assert "from the open on only" in text


def test_event_days_are_one_row_per_customer_and_day(engine):
    frame = engine.frame(event_days(written({"b": "x y|x", "a": "x"})))
    assert frame.astype(str).to_numpy().tolist() == [
        ["a", "2026-01-01"],
        ["b", "2026-01-01"],
        ["b", "2026-01-02"],
    ]


def grid_of(*rows):
    columns = ["cohort", "period", "customers", "active", "partial", "edge"]
    return pd.DataFrame(rows, columns=columns)


def test_the_sentence_speaks_only_of_what_the_chart_shows():
    shown = ("2025Q2", 1, 100, 40, False, False)
    small = ("2025Q3", 1, 9, 9, False, False)
    few, nearly = ("2025Q4", 1, 60, 6, False, False), ("2026Q1", 1, 60, 55, False, False)
    text = retention_sentence(grid_of(shown, small, few, nearly))
    assert text == "40% of 100 new customers were active again in the quarter after their first."
    nobody = retention_sentence(grid_of(("2025Q2", 1, 50, 0, False, False)))
    assert nobody.startswith("0% of 50 new customers")
    only = retention_sentence(grid_of(("2025Q2", 1, 100, 40, False, True)))
    assert only.startswith("The records are too short to tell new customers from old ones")
    starred = grid_of(("2025Q1", 1, 100, 40, False, True), ("2025Q2", 0, 100, 100, False, False))
    assert retention_sentence(starred).startswith("How many new customers come back cannot be told")
    unseen = retention_sentence(grid_of(small, ("2025Q4", 0, 60, 60, False, False)))
    assert unseen.startswith("No cohort of new customers has been watched for a second whole")


def test_few_active_and_few_who_were_not_are_both_small_counts():
    table = pd.DataFrame({"customers": [50] * 6, "active": [0, 1, 9, 10, 41, 50]})
    assert few_active(table, 10).tolist() == [False, True, True, False, True, False]


def test_a_segment_with_a_small_week_is_named_without_a_share():
    rows = [("S01", 1, 100, 50), ("S01", 2, 100, 30), ("S02", 1, 100, 20), ("S02", 2, 100, 9)]
    table = pd.DataFrame(rows, columns=["segment_id", "period", "customers", "active"])
    text = segment_retention_sentence(table.assign(partial=False), every="month")
    assert text.startswith(
        "In an average month, 40% of S01 are active. S02 is too small to be told month by month."
    )
    nothing = segment_retention_sentence(table.assign(partial=False, active=5))
    assert nothing.startswith("S01 and S02 are too small to be told week by week. Segments are")
