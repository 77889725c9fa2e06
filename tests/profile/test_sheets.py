"""Tables of the page: words instead of codes, and no row of a few people."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile import sheets
from segmentation_lib.profile.journeys import shown_behaviours, shown_friction
from segmentation_lib.report import table


def test_pages_people_come_back_to_are_named_in_words_and_few_are_left_out() -> None:
    rows = [("add_to_cart", "S01", 40, "friction"), ("search", "S02", 9, "friction"),
            ("visit", "S01", 90, "as elsewhere")]  # fmt: skip
    friction = pd.DataFrame(rows, columns=["event", "segment_id", "customers", "verdict"])
    friction = friction.assign(visits=104, loop_rate=0.5, low=0.4, high=0.6, norm=0.1, stuck=30)
    sheet = sheets.circles(shown_friction(friction, few=10))
    assert sheet["frame"]["event"].tolist() == ["add to cart"]
    assert sheet["frame"][["customers", "visits"]].iloc[0].tolist() == [40, 100]
    assert "Come back with nothing new" in table(**sheet)._repr_html_()


def test_only_ways_that_tell_something_are_shown() -> None:
    patterns = pd.DataFrame(
        {"pattern": ["add_to_cart > visit", "search"], "verdict": ["stalling", "no difference"],
         "share_with": 0.1, "share_without": 0.3, "odds_ratio": 0.2, "low": 0.1, "high": 0.4}
    )  # fmt: skip
    assert sheets.ways(patterns)["frame"]["pattern"].tolist() == ["add to cart > visit"]


def test_waits_and_first_days_leave_out_rows_of_a_few_people() -> None:
    summary = pd.DataFrame(
        {"segment_id": ["S01", "S02", "S03"], "customers": 100, "happened": [50, 3, 96],
         "happened_share": [0.5, 0.03, 0.96], "censored": [50, 97, 4], "median_day": 7.0,
         "median_low": 5.0, "median_high": 9.0, "verdict": "as elsewhere"}
    )  # fmt: skip
    sheet = sheets.waits(summary, what="purchase", few=10)
    assert sheet["frame"]["segment_id"].tolist() == ["S01", "S03"]
    # Of all but four the share would tell of the four.
    assert sheet["frame"]["happened_share"].isna().tolist() == [False, True]
    assert sheet["headers"]["happened_share"] == "Share with a purchase"
    behaviours = pd.DataFrame(
        {"event": ["save_favourite", "rare", "never", "pay"], "threshold": [3, 1, None, 1],
         "reached": [204, 4, 0, 90], "reach": 0.3, "ppv": 0.9, "npv": 0.5, "customers": 500,
         "ppv_low": 0.8, "ppv_high": 0.95,
         "base_rate": 0.7, "strength": "weak", "verdict": "predictive"}
    )  # fmt: skip
    begun = sheets.first_days(shown_behaviours(behaviours, few=10), outcome="bought again")
    assert begun["frame"]["event"].tolist() == ["save favourite", "pay"]
    # Nine of the ninety did not buy again.
    assert begun["frame"]["ppv"].isna().tolist() == [False, True]
    assert begun["note"] == "A share that would tell of a few people is left out."
    assert "Of all bought again" in table(**begun)._repr_html_()


def test_marks_worth_moves_and_words_are_chosen_for_the_page() -> None:
    mark = {"segment_id": "S01", "feature": "plan", "level": "plus", "customers": 100, "count": 4,
            "share": 0.04, "rest_customers": 400, "rest_count": 200, "rest_share": 0.5,
            "marker": True}  # fmt: skip
    sheet = sheets.marks(pd.DataFrame([mark]), names={"S01": "App"}, few=10)
    assert sheet["frame"]["less"].tolist() == ["plan: plus (fewer than 10 people, others 50%)"]
    value = pd.DataFrame(
        {"segment_id": ["S01", "(all)"], "customers": [40, 90], "measure": "revenue",
         "unit": "money", "value": [1.0, 2.0]}
    )  # fmt: skip
    assert list(sheets.worth(value, measure="revenue")["frame"]) == [
        "segment_id", "customers", "value",
    ]  # fmt: skip
    assert sheets.segments_only(value)["segment_id"].tolist() == ["S01"]
    steps = pd.DataFrame(
        {"customers": [90, 4, 90, 70], "verdict": ["more", "less", "as elsewhere", "less"],
         "sentence": ["A.", "B.", "C.", "D."]}
    )  # fmt: skip
    assert sheets.moves(steps, few=10) == ["A.", "D."]
    assert sheets.moves(steps, few=10, most=1) == ["A."]
    said = pd.DataFrame({"segment_id": ["S01", "S02"], "words": ["", ""], "nps": [None, None]})
    assert sheets.spoken(said)["frame"].empty
    assert len(sheets.spoken(said.assign(words=["“app”", ""]))["frame"]) == 2
