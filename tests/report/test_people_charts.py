"""What the pictures of people draw: shapes, words and tables of profiles and value."""

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
