"""Tests of waits in the quarter: days by hand, curves, medians not reached, and the tests."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.profile.journeys.survival import (
    first_days,
    survival_curves,
    survival_summary,
)

WINDOW = Window(date(2026, 1, 1), date(2026, 4, 1))


def waits(seed, scale, *, n=150):
    """First days of segments with exponential waits."""
    rng = np.random.default_rng(seed)
    wait = np.concatenate([np.ceil(rng.exponential(s, n)) for s in scale])
    segment = np.repeat([f"S0{k + 1}" for k in range(len(scale))], n)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(len(wait))],
            "segment_id": segment,
            "day": np.minimum(wait, 90.0),
            "happened": wait <= 90,
        }
    )


def test_the_first_day_of_the_quarter_counts_and_who_has_not_come_is_censored():
    days = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c", "stranger"],
            "day": pd.to_datetime(
                ["2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01", "2026-01-02"]
            ),
        }
    )
    who = pd.DataFrame({"customer_id": ["c", "b", "a"], "segment_id": ["S02", "S01", "S01"]})
    assert first_days(days, who, WINDOW).to_numpy().tolist() == [
        ["a", "S01", 1.0, True],
        ["b", "S01", 90.0, True],
        ["c", "S02", 90.0, False],
    ]


def test_curves_add_up_and_end_at_what_had_happened():
    first = waits(1, (30.0, 60.0))
    curves = survival_curves(first)
    assert curves["segment_id"].unique().tolist() == ["(all)", "S01", "S02"]
    for name, own in curves.groupby("segment_id"):
        rows = first if name == "(all)" else first[first["segment_id"] == name]
        assert own["day"].tolist() == list(range(91))
        assert own["at_risk"].iloc[1] == len(rows)
        assert own["waiting"].iloc[-1] == pytest.approx(1 - rows["happened"].mean())
        assert own["happened"].sum() + own["censored"].sum() == len(rows)
    assert survival_curves(first.head(0)).empty


def test_a_median_that_is_not_reached_is_said_so():
    found = survival_summary(waits(2, (20.0, 400.0))).set_index("segment_id")
    assert found.loc["S01", "median_low"] <= found.loc["S01", "median_day"] <= 22
    assert np.isnan(found.loc["S02", "median_day"])
    assert "no median yet" in found.loc["S02", "sentence"]
    assert found["verdict"].to_dict() == {"(all)": "differ", "S01": "sooner", "S02": "later"}
    assert found.loc["S01", "p_holm"] < 1e-6
    assert found.loc["S02", "censored"] == (waits(2, (20.0, 400.0))["happened"][150:] == 0).sum()


def test_segments_alike_are_not_set_apart():
    found = survival_summary(waits(11, (30.0, 30.0, 30.0)))
    assert found["verdict"].tolist() == ["no difference shown", *["as elsewhere"] * 3]
    assert (found["p_holm"].iloc[1:] >= found["p_value"].iloc[1:]).all()
    assert "is not shown" in found["sentence"].iloc[0]


def test_nobody_came_and_nobody_was_there():
    who = pd.DataFrame({"customer_id": ["a"], "segment_id": ["S01"]})
    none = pd.DataFrame({"customer_id": ["a"], "day": pd.to_datetime(["2026-01-01"])}).head(0)
    first = first_days(none, who, WINDOW)
    assert first.to_numpy().tolist() == [["a", "S01", 90.0, False]]
    assert survival_summary(first)["happened"].tolist() == [0, 0]
    assert survival_summary(first_days(none, who.head(0), WINDOW)).empty


def test_few_customers_are_not_compared():
    found = survival_summary(waits(4, (10.0, 60.0), n=20), what="visit")
    assert found["verdict"].tolist() == ["too few"] * 3
    assert "made a visit in the quarter" in found["sentence"].iloc[1]


def test_a_curve_is_not_told_where_the_watching_of_nearly_all_has_ended():
    # Ninety are lost from sight on day 5; of the twelve left, one comes on each of three days.
    day = np.concatenate([np.full(90, 5.0), [10.0, 20.0, 30.0], np.full(9, 60.0)])
    happened = np.zeros(102, dtype=bool)
    happened[90:93] = True
    first = pd.DataFrame({"customer_id": np.arange(102).astype(str), "segment_id": "S01",
                          "day": day, "happened": happened})  # fmt: skip
    own = survival_curves(first).query("segment_id == 'S01'").set_index("day")
    assert own.loc[30.0, "at_risk"] == 10
    assert own.loc[30.0, "waiting"] == pytest.approx(9 / 12)
    assert own.loc[31.0:, ["waiting", "low", "high"]].isna().all().all()
    row = survival_summary(first).set_index("segment_id").loc["S01"]
    assert (row["customers"], row["happened"]) == (102, 3)
    # Few are left because they came: then the share is that of all, and is told.
    came = first.assign(day=np.minimum(np.arange(102) // 2 + 1.0, 50.0), happened=True)
    assert survival_curves(came)["waiting"].notna().all()
