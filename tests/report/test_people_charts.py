"""What the pictures of people draw: shapes, words and tables of profiles, value and journeys."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

from segmentation_lib import report
from segmentation_lib.report.charts.spacing import free_places
from segmentation_lib.report.theme import ACCENT, NEUTRAL, PALETTE, contrast, ink_of
from tests.report import people_sample as people
from tests.report.svg import boxes, texts

SAID = {"alt": "What it shows.", "caption": "What it says."}


def lines(picture, colour: str) -> list[str]:
    """Paths that are stroked with a colour, and not filled."""
    found = re.findall(r'<path d="([^"]*)"[^>]*style="([^"]*)"', picture.content.decode())
    return [path for path, style in found if f"stroke: {colour}" in style and "fill: none" in style]


def points(path: str) -> np.ndarray:
    return np.array(re.findall(r"-?\d+(?:\.\d+)?", path), dtype="float64").reshape(-1, 2)


def all_charts(count: int) -> list[report.Chart]:
    shown = [item for _, items in people.outputs(count) for item in items]
    return [item for item in shown if isinstance(item, report.Chart)]


# Radar


def test_radar_shapes_share_their_axes_and_reach_as_far_as_the_percentile():
    frame = pd.DataFrame(
        [("S01", trait, 100.0) for trait in ("a", "b", "c", "d")]
        + [("S02", trait, 50.0) for trait in ("a", "b", "c", "d")],
        columns=["segment_id", "trait", "percentile"],
    )
    chart = report.radar(frame, **SAID)
    full, half = (boxes(chart.wide, colour)[0] for colour in PALETTE[:2])
    assert full[2] == pytest.approx(full[3], rel=0.01)
    assert half[2] == pytest.approx(full[2] / 2, rel=0.01)
    grey = boxes(chart.wide, NEUTRAL)[0]
    assert grey[2] == pytest.approx(half[2], rel=0.01)  # the average customer is at 50
    assert chart.data.columns.tolist() == ["trait", "S01", "S02"]
    assert chart.data["S02"].tolist() == [50.0] * 4


def test_radar_draws_the_base_and_names_its_spokes():
    chart = report.radar(people.percentiles(3), names=people.names(3), **SAID)
    assert chart.data.columns.tolist() == ["trait", "S01", "S02", "S03", "(all)"]
    assert "All customers" in chart.numbers._repr_html_()
    wide = " ".join(texts(chart.wide))
    assert wide.count("Recency in") == 3
    narrow = texts(chart.narrow)
    assert "1  Recency in days" in narrow
    assert narrow.count("8") == 3


def test_radar_without_enough_to_draw_is_refused():
    frame = people.percentiles(2)
    with pytest.raises(ValueError, match="at least three traits, 2 given"):
        report.radar(frame[frame["trait"].isin(people.TRAITS[:2])], **SAID)
    with pytest.raises(ValueError, match="between 0 and 100"):
        report.radar(frame.assign(percentile=101.0), **SAID)
    with pytest.raises(ValueError, match="at least one segment"):
        report.radar(frame[frame["segment_id"] == "(all)"], **SAID)


def test_a_trait_that_is_not_known_leaves_its_spoke_bare():
    frame = people.percentiles(1)
    frame.loc[0, "percentile"] = np.nan
    chart = report.radar(frame, **SAID)
    assert chart.data["S01"].isna().tolist() == [True, *[False] * 7]
    outline = max((points(path) for path in lines(chart.wide, PALETTE[0])), key=len)
    assert len(outline) == 8  # seven corners and back to the first


# Funnel


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


# Cohorts


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


# Survival and value over time


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


# Paths


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


# Concentration and evaluation


def test_the_curve_runs_from_nobody_to_everybody_and_dots_lie_on_their_shares():
    frame = people.lorenz(3)
    chart = report.concentration_curve(
        frame, names=people.names(3), gini_sentence="Gini 0.41.", **SAID
    )
    curve = points(max(lines(chart.wide, ACCENT), key=len))
    left, right = curve[0], curve[-1]
    low, high = right - left
    assert low > 0 > high
    middle = frame[frame["label"] == "best 50%"].iloc[0]
    share = (curve[:, 1] - left[1]) / high
    assert np.isclose(share, middle["cumulative_value_share"], atol=0.002).any()
    assert chart.note.startswith("Gini 0.41. Customers stand")
    assert chart.data["label"].tolist()[:4] == ["S01", "S02", "S03", "best 5%"]
    assert "S02 Occasional bargain hunters, number 2" in texts(chart.wide)
    with pytest.raises(ValueError, match="at least one point"):
        report.concentration_curve(frame[frame["kind"] == "segment"], **SAID)


def test_bubbles_have_areas_as_their_values_and_lie_where_their_scores_are():
    frame = pd.DataFrame(
        {"segment_id": ["S01", "S02", "S03"], "attractiveness": [0.9, 0.2, np.nan],
         "fit": [0.8, 0.3, 0.5], "value": [100.0, 50.0, 10.0], "post_hoc": [False, True, False]}
    )  # fmt: skip
    chart = report.evaluation_plot(frame, value_label="revenue", currency="GBP", **SAID)
    large, small = (max(boxes(chart.wide, colour), key=lambda box: box[2])
                    for colour in PALETTE[:2])  # fmt: skip
    assert (large[2] / small[2]) ** 2 == pytest.approx(2, rel=0.02)
    assert large[0] > small[0]
    assert large[1] < small[1]
    assert {"£100", "£50", "£10"} <= set(texts(chart.wide))
    assert len(chart.data) == 3
    assert "added after the segments were known" in chart.note
    assert "after" not in report.evaluation_plot(frame.drop(columns="post_hoc"), **SAID).note
    with pytest.raises(ValueError, match="at least one segment with both scores"):
        report.evaluation_plot(frame[2:], **SAID)


def test_labels_of_bubbles_never_overlap():
    rng = np.random.default_rng(3)
    for spread in (1.0, 20.0, 200.0):
        placed = free_places(rng.normal(0, spread, (12, 2)), width=28, height=15)
        for one, other in product(range(12), repeat=2):
            if one < other:
                across, up = np.abs(placed[one] - placed[other])
                assert across >= 28 - 1e-6 or up >= 15 - 1e-6
    alone = np.array([[0.0, 0.0], [100.0, 0.0]])
    assert free_places(alone, width=28, height=15).tolist() == alone.tolist()


def test_benchmarks_are_lines_at_their_values_each_with_its_words():
    frame = pd.DataFrame({"segment_id": ["S01", "S02"], "value": [100.0, 50.0]})
    chart = report.bars_with_intervals(
        frame, label="segment_id", value="value", format="money0", currency="GBP",
        benchmarks={"trade average": 75.0, "goal": 25.0}, **SAID,
    )  # fmt: skip
    assert {"trade average: £75", "goal: £25"} <= set(texts(chart.wide))
    bar = boxes(chart.wide, PALETTE[0])[0]
    dotted = re.findall(
        r'<path d="([^"]*)"[^>]*stroke-dasharray: 1\.1', chart.wide.content.decode()
    )
    places = sorted((points(path)[0, 0] - bar[0]) / bar[2] for path in dotted)
    assert places == pytest.approx([0.25, 0.75], abs=0.005)
    assert chart.numbers.note == "trade average: £75. goal: £25."


# Causes


def test_only_tested_links_have_an_arrow_and_each_grade_its_line():
    chart = report.cause_map(people.links(), **SAID)
    words = texts(chart.wide)
    assert {"£4.10 more per customer", "Recency in days", "Revenue per customer"} <= set(words)
    assert words.count("not measured") == 2
    legend = {"experiment: tested", "association: they go together", "assumption: not checked"}
    assert legend <= set(words)
    assert legend <= set(texts(chart.narrow))
    svg = chart.wide.content.decode()
    assert len(lines(chart.wide, NEUTRAL)) == 3  # two beliefs and the legend
    assert svg.count(f"fill: {ACCENT}") >= 2
    untested = people.links().query("grade in ('association', 'assumption')")
    bare = report.cause_map(untested, **SAID)
    assert f"fill: {ACCENT}" not in bare.wide.content.decode()
    assert "experiment: tested" not in texts(bare.wide)
    assert "Recency in days – orders per customer" in texts(bare.narrow)
    assert chart.data["grade"].tolist() == [
        "experiment", "quasi-experiment", *["association"] * 3, *["assumption"] * 2
    ]  # fmt: skip


def test_only_links_marked_as_drawn_are_drawn_and_the_table_holds_all():
    every = people.links()
    links = every.assign(drawn=every["grade"] == "experiment", label="+4 each")
    chart = report.cause_map(links, **SAID)
    assert "+4 each" in texts(chart.wide)
    assert "Recency in days – orders per customer" not in texts(chart.narrow)
    assert "association: they go together" not in texts(chart.wide)
    assert len(chart.data) == len(every)
    with pytest.raises(ValueError, match="at least one link that is drawn"):
        report.cause_map(links.assign(drawn=False), **SAID)


def test_an_unknown_grade_is_refused():
    with pytest.raises(ValueError, match="grade 'proof' is not one of experiment, quasi-"):
        report.cause_map(people.links().assign(grade="proof"), **SAID)
    with pytest.raises(ValueError, match="at least one link"):
        report.cause_map(people.links()[:0], **SAID)


# All of them


@pytest.mark.parametrize("count", [2, 12])
def test_nothing_is_cut_off_with_few_and_with_many_segments(count):
    for chart in all_charts(count):
        assert len(chart.data)
        for picture in (chart.wide, chart.narrow):
            for x, y, said, size, side in placed_words(picture):
                width = 0.48 * size * len(said)
                left = x - {"end": 1, "middle": 0.5}.get(side, 0) * width
                assert left >= -2, (chart.caption, said)
                assert left + width <= picture.width + 2, (chart.caption, said)
                assert 0 <= y <= picture.height + 1, (chart.caption, said)


def placed_words(picture) -> list[tuple[float, float, str, float, str]]:
    pattern = re.compile(
        r'<text style="[^"]*?font-size: ([\d.]+)px;[^"]*?text-anchor: (\w+)[^"]*"'
        r' x="(-?[\d.]+)" y="(-?[\d.]+)"[^>]*>([^<]*)<'
    )
    weighed = re.compile(
        r'<text style="font: (?:\d+ )?(?:bold )?([\d.]+)px[^"]*?text-anchor: (\w+)[^"]*"'
        r' x="(-?[\d.]+)" y="(-?[\d.]+)"[^>]*>([^<]*)<'
    )
    found = [*pattern.findall(picture.content.decode()), *weighed.findall(picture.content.decode())]
    return [(float(x), float(y), said, float(size), side) for size, side, x, y, said in found]


def test_the_same_frames_give_the_same_bytes():
    first = [(chart.wide.content, chart.narrow.content) for chart in all_charts(2)]
    people.outputs.cache_clear()
    assert [(chart.wide.content, chart.narrow.content) for chart in all_charts(2)] == first


def test_pictures_leave_their_frames_alone():
    makers = {
        report.radar: people.percentiles(), report.funnel: people.funnel_steps(),
        report.cohort_grid: people.cohorts(), report.survival_lines: people.survival(),
        report.concentration_curve: people.lorenz(), report.evaluation_plot: people.evaluation(),
        report.value_over_time: people.history(), report.cause_map: people.links(),
        report.path_flow: people.flows(),
    }  # fmt: skip
    for draw, frame in makers.items():
        before = frame.copy()
        draw(frame, **SAID)
        pd.testing.assert_frame_equal(frame, before)


def test_words_in_a_segments_colour_can_be_read():
    for colour in (*PALETTE, NEUTRAL):
        assert contrast(ink_of(colour), "#ffffff") >= 4.5
    assert ink_of(PALETTE[0]) == PALETTE[0]
