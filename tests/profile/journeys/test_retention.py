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
    retention_sentence,
    segment_retention,
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
    text = retention_sentence(grid)
    assert text.startswith("No cohort of new customers has been watched for a second whole period")
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
    assert retention_sentence(grid) == (
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
    text = segment_retention_sentence(table)
    assert text.startswith("In an average period, 50% of S01 are active, the most, and 0% of S02")
    assert "from the open on only" in text


def test_event_days_are_one_row_per_customer_and_day(engine):
    frame = engine.frame(event_days(written({"b": "x y|x", "a": "x"})))
    assert frame.astype(str).to_numpy().tolist() == [
        ["a", "2026-01-01"],
        ["b", "2026-01-01"],
        ["b", "2026-01-02"],
    ]
