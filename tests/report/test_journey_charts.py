"""What the pictures of journeys draw: funnels, grids of cohorts, survival, and ways through."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from segmentation_lib import report
from segmentation_lib.report.theme import ACCENT, PALETTE
from tests.report import people_sample as people
from tests.report.svg import boxes, texts

SAID = {"alt": "What it shows.", "caption": "What it says."}


def lines(picture, colour: str) -> list[str]:
    """Paths that are stroked with a colour, and not filled."""
    found = re.findall(r'<path d="([^"]*)"[^>]*style="([^"]*)"', picture.content.decode())
    return [path for path, style in found if f"stroke: {colour}" in style and "fill: none" in style]


def points(path: str) -> np.ndarray:
    return np.array(re.findall(r"-?\d+(?:\.\d+)?", path), dtype="float64").reshape(-1, 2)


def funnel_frame() -> pd.DataFrame:
    rows = [
        ("S01", 1, "Visit", 200, 160, 0.8, 0.74, 0.85, 0.8, 0.74, 0.85, False),
        ("S01", 2, "Purchase", 200, 40, 0.2, 0.15, 0.26, 0.25, 0.19, 0.32, False),
        ("S02", 1, "Visit", 30, 20, 0.8, 0.61, 0.91, 0.8, 0.61, 0.91, True),
        ("S02", 2, "Purchase", 30, 10, 0.2, 0.09, 0.39, 0.25, 0.11, 0.47, True),
    ]
    return pd.DataFrame(rows, columns=people.funnel_steps(1).columns)


def test_funnel_bars_are_as_long_as_their_share_of_all():
    chart = report.funnel(funnel_frame(), names={"S01": "Regulars"}, **SAID)
    first, second = boxes(chart.wide, PALETTE[0])
    assert first[2] == pytest.approx(4 * second[2], rel=0.01)
    assert first[1] < second[1]
    words = texts(chart.wide)
    assert {"80%", "20% (25%)", "S01 Regulars, 200 people", "Visit", "Purchase"} <= set(words)


def test_a_funnel_of_few_people_is_pale_and_steps_without_a_count_have_no_bar():
    frame = funnel_frame().astype({"reached": "Int64"})
    frame.loc[3, "reached"] = pd.NA
    frame.loc[3, ["share_of_all", "all_low", "all_high", "share_of_previous"]] = np.nan
    chart = report.funnel(frame, **SAID)
    assert boxes(chart.wide, PALETTE[1]) == []
    assert len(boxes(chart.wide, "#c3c9d0")) == 2
    assert "too few to show" in texts(chart.wide)
    assert "fewer than 30 people" in chart.note
    assert "Counts are rounded to the nearest 10" in chart.note
    assert chart.data["reached"].fillna(-1).tolist() == [160, 40, 20, -1]
    assert "Counts under 10 people are left out." in chart.numbers.note
    clear = report.funnel(funnel_frame()[:2].assign(base=203), **SAID)
    assert "30 people" not in clear.note
    assert clear.numbers.note == ""


@pytest.mark.parametrize(
    ("column", "counts"),
    [("reached", [160, 159]), ("reached", [160, 9]), ("base", [163, 163]), ("did", [160, 45])],
)
def test_a_funnel_whose_numbers_tell_of_a_few_people_is_refused(column, counts):
    frame = funnel_frame()[:2].assign(did=[160, 60])
    with pytest.raises(ValueError, match=r"S01: step [12] tells of under 10 people"):
        report.funnel(frame.assign(**{column: counts}), **SAID)


def test_a_funnel_that_widens_is_refused():
    frame = funnel_frame()
    frame.loc[1, "reached"] = 170
    with pytest.raises(ValueError, match="funnel of S01: step 2 was reached by more people"):
        report.funnel(frame, **SAID)
    with pytest.raises(ValueError, match="at least one step"):
        report.funnel(frame[:0], **SAID)


def test_partial_cells_are_hatched_and_unknown_ones_empty():
    frame = pd.DataFrame(
        [("2025Q1", 0, 50, 1.0, False), ("2025Q1", 1, 50, np.nan, False),
         ("2025Q1", 2, 50, 0.25, True), ("2025Q2", 0, 60, 1.0, False),
         ("2025Q2", 1, 60, 0.4, True), ("2024Q4", 0, 9, 1.0, False)],
        columns=["cohort", "period", "customers", "share", "partial"],
    )  # fmt: skip
    chart = report.cohort_grid(frame, **SAID)
    words = [word for word in texts(chart.wide) if "%" in word]
    assert words == ["100%", "25%", "100%", "40%"]
    assert "–" not in texts(chart.wide)
    assert {"2025Q1, 50", "2025Q2, 60"} <= set(texts(chart.wide))
    assert not any("2024Q4" in word for word in texts(chart.wide))
    hatched = re.findall(r'style="fill: url\(#', chart.wide.content.decode())
    assert len(hatched) == 2
    assert "Hatched: the period is not over" in chart.note
    assert "Empty: not known." in chart.note
    assert chart.data["partial"].tolist() == [False, False, True, False, True]
    assert chart.numbers.note == "Cohorts under 10 customers are left out."
    whole = report.cohort_grid(frame[frame["period"] == 0].assign(edge=True), **SAID)
    assert "Hatched" not in whole.note
    assert "2025Q1*, 50" in texts(whole.wide)
    assert "may hold older customers" in whole.note
    assert b"url(#h" not in whole.wide.content


def test_a_cell_of_a_few_people_is_marked_and_not_told():
    frame = pd.DataFrame(
        [("2025Q1", 0, 60, 60, 1.0), ("2025Q1", 1, 60, 6, 0.1), ("2025Q1", 2, 60, 55, 55 / 60),
         ("2025Q1", 3, 60, 30, 0.5), ("2025Q1", 4, 60, 0, 0.0)],
        columns=["cohort", "period", "customers", "active", "share"],
    )  # fmt: skip
    frame = frame.assign(low=frame["share"] / 2, high=frame["share"])
    for shown in (frame, frame.drop(columns="active")):
        chart = report.cohort_grid(shown, **SAID)
        assert [w for w in texts(chart.wide) if "%" in w] == ["100%", "50%", "0%"]
        assert texts(chart.wide).count("few") == 2
        assert chart.data["share"].fillna(-1).tolist() == [1.0, -1, -1, 0.5, 0.0]
        assert chart.data["low"].isna().sum() == 2
        assert "few: under 10 people were active, or under 10 were not" in chart.note
        assert "Empty" not in chart.note
    assert chart.numbers.note == "Shares of under 10 people are not shown."


def test_cohorts_of_few_customers_alone_are_refused():
    with pytest.raises(ValueError, match="at least one cohort of 500 or more"):
        report.cohort_grid(people.cohorts(), few=500, **SAID)


def test_survival_lines_fall_in_steps_and_are_named_at_their_end():
    frame = pd.DataFrame(
        [("S01", 0, 1.0, 100), ("S01", 10, 0.5, 60), ("S01", 20, 0.25, 40), ("S01", 30, 0.2, 9)],
        columns=["segment_id", "day", "waiting", "at_risk"],
    )
    chart = report.survival_lines(frame, names={"S01": "Regulars"}, **SAID)
    path = points(max(lines(chart.wide, PALETTE[0]), key=len))
    assert len(path) == 5  # two steps; the day with too few people is not drawn
    assert path[0, 1] == path[1, 1]
    falls = [path[1, 1] - path[2, 1], path[3, 1] - path[4, 1]]
    assert falls[0] == pytest.approx(2 * falls[1], rel=0.01)
    assert "S01 Regulars" in texts(chart.wide)
    assert "S01" in texts(chart.narrow)
    assert chart.data["at_risk"].tolist() == [100, 60, 40]
    assert chart.note.startswith("A line falls with every first purchase;")
    assert "A line ends where fewer than 10 people are left" in chart.note
    visits = report.survival_lines(frame[:3], what="visit", **SAID)
    assert "buy" not in visits.note
    assert "A line ends" not in visits.note
    assert "Share without a visit yet" in texts(visits.wide)


def test_days_of_a_survival_line_between_which_a_few_people_came_are_not_listed():
    days = range(0, 40, 10)
    frame = pd.DataFrame({"segment_id": "S01", "day": days, "waiting": [1.0, 0.95, 0.8, 0.8],
                          "at_risk": [100, 95, 80, 80], "censored": [0, 0, 0, 7]})  # fmt: skip
    chart = report.survival_lines(frame, **SAID)
    assert chart.data["day"].tolist() == [0, 20, 30]
    assert chart.data["censored"].isna().tolist() == [False, False, True]
    unsure = frame.assign(waiting=[1.0, 0.95, 0.8, np.nan])
    assert report.survival_lines(unsure, **SAID).data["day"].tolist() == [0, 20]


def test_many_lines_get_a_panel_each_with_the_others_in_grey():
    few, many = (report.survival_lines(people.survival(n), **SAID) for n in (5, 6))
    assert len(lines(few.wide, PALETTE[0])) == 1
    assert "All customers" in texts(few.wide)
    assert {f"S0{number}" for number in range(1, 7)} <= set(texts(many.wide))
    assert len(lines(many.wide, "#cfd5dc")) == 6
    assert len(lines(few.wide, "#cfd5dc")) == 0
    assert len(many.data) <= 7 * 9
    last = many.data.groupby("segment_id")["day"].max()
    assert last["(all)"] == 91


def test_a_spike_is_ringed_and_an_incomplete_quarter_is_hollow():
    chart = report.value_over_time(
        people.history(3), quarters=people.QUARTERS, spikes={"S02": 2}, **SAID
    )
    spike = people.history(3).query("segment_id == 'S02' and quarters_back == 2")
    assert f"spike: {round(spike['value_index'].iloc[0])}" in texts(chart.wide)
    assert "A ring with a number is a spike" in chart.note
    assert "empty ring" in chart.note
    assert chart.data["quarter"].tolist()[:8] == [
        people.QUARTERS[back] for back in range(7, -1, -1)
    ]
    plain = report.value_over_time(people.history(3).assign(complete=True), **SAID)
    assert "ring" not in plain.note
    assert "this quarter" in texts(plain.wide)


def test_names_of_lines_that_end_together_stand_apart():
    together = people.history(3).assign(value_index=100.0)
    names = dict.fromkeys(("S01", "S02", "S03"), "Big-basket, high-spending and loyal")
    picture = report.value_over_time(together, names=names, **SAID).wide.content.decode()
    heights = sorted(
        float(found) for found in re.findall(r'font-weight: 700[^>]* y="([0-9.]+)"', picture)
    )
    gaps = np.diff(heights)
    assert len(heights) == 6
    # Two lines of a name are nearer to each other than to the next name.
    assert gaps[1::2].min() > gaps[0::2].max() + 4


def test_quarters_of_few_customers_are_left_out():
    frame = people.history(2).assign(customers=9)
    with pytest.raises(ValueError, match="at least one row"):
        report.value_over_time(frame, **SAID)
    frame.loc[0, "customers"] = 10
    assert len(report.value_over_time(frame, **SAID).data) == 1


def path_frame() -> pd.DataFrame:
    rows = [
        (1, "visit", "view", 60), (1, "visit", "(end)", 40),
        (2, "view", "purchase", 30), (2, "view", "(end)", 25), (2, "view", "rare", 5),
        (3, "purchase", "visit", 3),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["position", "event", "next_event", "sessions"])


def test_paths_end_at_the_right_edge_and_blocks_are_as_high_as_their_sessions():
    chart = report.path_flow(path_frame(), ends=("purchase", "(end)"), **SAID)
    words = texts(chart.wide)
    assert {"visit", "100%", "view", "60%", "purchase  30", "left  65"} <= set(words)
    bars = [box for box in boxes(chart.wide, "#56606e") if box[2] < 12]
    heights = sorted((round(box[3], 1) for box in bars), reverse=True)
    assert heights[1] == pytest.approx(0.65 * heights[0], rel=0.01)  # who left, of all
    assert heights[2] == pytest.approx(0.6 * heights[0], rel=0.01)  # who viewed
    success = [box for box in boxes(chart.wide, ACCENT) if box[2] < 12]
    assert success[-1][3] == pytest.approx(0.3 * heights[0], rel=0.01)
    assert chart.data["sessions"].tolist() == [60, 40, 30, 25]  # few, and after the end: neither
    assert chart.numbers.note == "Ways of fewer than 10 people are left out."


def test_ways_of_a_few_people_are_left_out_and_codes_are_words():
    frame = pd.DataFrame(
        [(1, "product_view", "add_to_cart", 80, 60), (1, "product_view", "wish_list", 40, 9)],
        columns=["position", "event", "next_event", "sessions", "customers"],
    )
    chart = report.path_flow(frame, ends=(), **SAID)
    assert chart.data.values.tolist() == [["product view", "add to cart", 1, 80]]
    assert not any("wish" in word for word in texts(chart.wide))
    assert "Ways of fewer than 10 people are left out." in chart.note
    with pytest.raises(ValueError, match="of 61 or more people"):
        report.path_flow(frame, ends=(), few=61, **SAID)


def test_rare_steps_are_drawn_together():
    rows = [(1, "visit", f"page{number}", 100 - number) for number in range(12)]
    frame = pd.DataFrame(rows, columns=["position", "event", "next_event", "sessions"])
    words = texts(report.path_flow(frame, ends=(), most=4, **SAID).wide)
    assert {"page0  100", "page2  98", "(other)  837"} <= set(words)
    assert not any("page3" in word for word in words)


def test_transitions_have_no_position():
    frame = pd.DataFrame({"source": ["S01", "S01"], "target": ["S01", "S02"], "moves": [30, 10]})
    chart = report.path_flow(
        frame, ends=(), source="source", target="target", position=None, count="moves",
        unit="moves", heads=("from", "to"), **SAID,
    )  # fmt: skip
    assert {"from", "to"} <= set(texts(chart.wide))
    assert chart.data.columns.tolist() == ["source", "target", "moves"]
    with pytest.raises(ValueError, match="at least one move"):
        report.path_flow(path_frame()[:0], **SAID)
