"""Tests of funnel breaks: the planted one is named, with its numbers; none is made up."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from segmentation_lib.profile.journeys import break_sentences, funnel_breaks


def funnels(counted="customers", bought=(), **reached):
    """One funnel; the counts of each segment, its size first; who bought in the end, by segment."""
    everyone = [sum(column) for column in zip(*reached.values(), strict=True)]
    did = {segment: dict(bought).get(segment, counts[3]) for segment, counts in reached.items()}
    did["(all)"] = sum(did.values())
    return pd.DataFrame(
        [
            ("buying", counted, segment, step, event, 0, counts[step],
             did[segment] if step == 3 else counts[step])
            for segment, counts in {"(all)": everyone, **reached}.items()
            for step, event in enumerate(("view", "cart", "buy"), start=1)
        ],
        columns=["funnel", "counted", "segment_id", "step", "event", "reached", "first_reached",
                 "did"],
    )  # fmt: skip


def test_a_step_that_is_skipped_on_the_way_to_the_goal_is_no_break():
    steps = {"S01": [500, 400, 60, 50], "S02": [900, 800, 600, 500]}
    found = funnel_breaks(funnels(bought={"S01": 390, "S02": 500}, **steps))
    row = found.set_index(["segment_id", "step"]).loc[("S01", 2)]
    assert row["verdict"] == "made up"
    assert (row["done_share"], row["rest_done_share"]) == (390 / 400, 500 / 800)
    assert not found["largest"].any()
    none, told = break_sentences(found, {"S01": "Quick"})
    assert none.startswith("No segment breaks off")
    assert told == (
        "S01 (Quick) goes on less often from view to cart in the first visit, yet 98% of those "
        "who come do the last step in the end, against 62% of the others: the step is skipped, "
        "not broken."
    )
    plain = funnel_breaks(funnels(**steps)).set_index(["segment_id", "step"])
    assert plain.loc[("S01", 2), "verdict"] == "break"


def test_the_planted_break_is_found_with_its_numbers():
    found = funnel_breaks(
        funnels(S01=[500, 400, 200, 100], S02=[500, 400, 80, 38], S03=[500, 400, 210, 100])
    )
    assert len(found) == 6
    row = found[found["largest"]].set_index("segment_id").loc["S02"]
    assert (row["from_event"], row["event"], row["verdict"]) == ("view", "cart", "break")
    assert (row["entered"], row["reached"], row["rest_entered"], row["rest_reached"]) == (
        400, 80, 800, 410,
    )  # fmt: skip
    assert row["difference"] == pytest.approx(0.2 - 410 / 800)
    assert row["p_value"] == pytest.approx(fisher_exact([[80, 320], [410, 390]]).pvalue)
    assert row["p_corrected"] == pytest.approx(6 * row["p_value"])
    assert row["low"] < row["difference"] < row["high"] < 0
    assert found["largest"].sum() == 1
    (sentence,) = break_sentences(found, {"S02": "Browsers"})
    assert sentence == (
        "S02 (Browsers) loses people between view and cart: 20% of about 400 went on in their "
        "first visit, against 51% of the other segments."
    )


def test_small_counts_are_not_told_in_a_break():
    found = funnel_breaks(funnels(S01=[500, 400, 300, 90], S02=[500, 400, 7, 0]))
    first = break_sentences(found, {})[0]
    assert "under 10 of about 400 went on in their first visit" in first
    assert "2% of" not in first


def test_who_goes_on_more_often_is_no_break_and_few_are_not_tested():
    found = funnel_breaks(funnels(S01=[99, 90, 80, 75], S02=[90, 60, 29, 2], S03=[90, 60, 31, 20]))
    rows = found.set_index(["segment_id", "step"])
    assert rows.loc[("S01", 2), "verdict"] == "no break"
    assert rows.loc[("S01", 2), "p_corrected"] < 0.01
    assert rows.loc[("S02", 3), "verdict"] == "too few"
    assert pd.isna(rows.loc[("S02", 3), "p_corrected"])
    equal = funnel_breaks(funnels(S01=[90, 80, 40, 20], S02=[90, 80, 40, 20]))
    assert (equal["difference"] == 0).all()
    assert break_sentences(equal, {}) == [
        "No segment breaks off at any step more often than the others, beyond chance."
    ]


def test_sessions_are_refused_and_one_segment_has_no_rest():
    with pytest.raises(ValueError, match="counts sessions"):
        funnel_breaks(funnels("sessions", S01=[9, 8, 7, 6]))
    alone = funnel_breaks(funnels(S01=[90, 80, 40, 20]))
    assert alone["verdict"].tolist() == ["too few", "too few"]
