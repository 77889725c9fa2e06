"""Journeys as pages show them: the exact tables of small cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.journeys import (
    EarlyStudy,
    early_sentences,
    shown_curves,
    shown_flows,
    shown_funnel,
)
from segmentation_lib.profile.journeys.survival import survival_curves
from segmentation_lib.profile.value import shown_history


def test_one_who_stopped_is_not_seen_and_totals_are_sums():
    rows = [
        ("Buy", "customers", name, step, what, base, reached, did)
        for name, own in {
            "(all)": [(608, 158, 162), (608, 157, 160)],
            "S01": [(550, 155, 155), (550, 154, 154)],
            "S02": [(58, 3, 7), (58, 3, 6)],
        }.items()
        for step, what, (base, reached, did) in zip((1, 2), ("view", "buy"), own, strict=True)
    ]
    columns = ["funnel", "counted", "segment_id", "step", "event", "base", "reached", "did"]
    frame = pd.DataFrame(rows, columns=columns)
    before = frame.copy()
    shown = shown_funnel(frame)
    pd.testing.assert_frame_equal(frame, before)
    told = shown.set_index(["segment_id", "step"])
    assert told["base"].astype("object").tolist() == [610, 610, 550, 550, 60, 60]
    assert told["reached"].astype("object").tolist() == [160, 150, 160, 150, pd.NA, pd.NA]
    assert told["did"].astype("object").tolist() == [160, 150, 160, 150, pd.NA, pd.NA]
    assert told.loc[("S01", 1), "share_of_all"] == pytest.approx(160 / 550)
    assert told.loc[("S01", 2), "share_of_previous"] == pytest.approx(150 / 160)
    assert told.loc[("(all)", 2), "share_of_all"] == pytest.approx(150 / 610)
    assert told.loc["S02", ["share_of_all", "all_low", "share_of_previous"]].isna().all(axis=None)
    assert told["small"].tolist() == [False, False, False, False, False, True]
    again = shown_funnel(shown)
    pd.testing.assert_frame_equal(again, shown)


def test_a_curve_falls_by_whole_groups_and_the_line_of_all_is_their_sum():
    first = pd.DataFrame(
        {"segment_id": ["S01"] * 44 + ["S02"] * 36,
         "day": [1.0] * 3 + [2.0] * 11 + [3.0] * 30 + [2.0] * 16 + [3.0] * 20,
         "happened": [True] * 14 + [False] * 30 + [True] * 16 + [False] * 20,
         "customer_id": range(80)}
    )  # fmt: skip
    shown = shown_curves(survival_curves(first)).set_index(["segment_id", "day"])
    left = shown["waiting"].unstack().mul([80, 40, 40], axis=0).round(6)
    assert left.loc["S01"].tolist() == [40, 40, 30, 30]
    assert left.loc["S02"].tolist() == [40, 40, 20, 20]
    assert left.loc["(all)"].tolist() == [80, 80, 50, 50]
    assert shown.loc["S01", "at_risk"].tolist() == [40, 40, 40, 30]
    assert (shown["low"] <= shown["waiting"]).all()
    assert (shown["high"] >= shown["waiting"]).all()


def test_flows_and_histories_are_rounded_and_few_are_left_out():
    flows = pd.DataFrame({"sessions": [496, 14, 5], "customers": [203, 12, 4]})
    shown = shown_flows(flows)
    assert shown["sessions"].tolist() == [500, 10]
    assert shown["customers"].tolist() == [200, 10]
    history = pd.DataFrame({"customers": [0, 12, 541, 545], "value_index": [np.nan, 1.0, 2.0, 3.0]})
    assert shown_history(history)["customers"].tolist() == [540, 550]


def behaviour(**changes):
    row = {"event": "save_favourite", "threshold": 3, "customers": 500, "reached": 204,
           "reach": 0.408, "ppv": 0.9, "npv": 0.5, "phi": 0.4, "strength": "strong",
           "verdict": "predictive"}  # fmt: skip
    study = {"newcomers": 1304, "judged": 1017, "too_recent": 4, "at_start": 0, "at_once": 0,
             "again": True, "left_out": 53, "base_rate": 0.7, "days": 7,
             "follow_up": 90}  # fmt: skip
    return early_sentences(EarlyStudy(pd.DataFrame([row | changes]), **study))


def test_first_days_tell_of_no_few_people():
    first, who = behaviour()
    assert first.startswith("90% of about 200 newcomers with save favourite at least 3 times")
    assert "against 50% of the others. 41% get that far" in first
    assert who == (
        "About 1,020 of about 1,300 newcomers were followed long enough and compared; under 10 "
        "came too recently to tell, and about 50 without a success in their first 7 days are left "
        "out."
    )
    assert behaviour(ppv=0.99)[0].startswith("All or nearly all of about 200 newcomers")
    assert "against none or few of the others" in behaviour(npv=0.99)[0]
