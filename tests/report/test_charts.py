"""What each chart draws: its numbers, its words, and the lengths of its bars."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from segmentation_lib import report
from segmentation_lib.report.charts.heat import DIVERGING
from segmentation_lib.report.theme import ACCENT, NEUTRAL, PALETTE
from tests.report import sample
from tests.report.svg import boxes, texts

SAID = {"alt": "What it shows.", "caption": "What it says."}


def test_heat_map_writes_every_number_once_per_picture():
    matrix = pd.DataFrame({"S01": [1.0, -2.0], "S02": [0.0, np.nan]}, index=["Recency", "Orders"])
    chart = report.heat_map(matrix, labels=["Regulars", "Others"], **SAID)
    for picture in (chart.wide, chart.narrow):
        words = texts(picture)
        assert [w for w in words if w in {"+1.0", "−2.0", "0.0", "–"}] == [
            "+1.0",
            "0.0",
            "−2.0",
            "–",
        ]
        assert {"S01", "S02", "Recency", "Orders"} <= set(words)
    assert "Regulars" in texts(chart.wide)
    assert "Regulars" not in texts(chart.narrow)
    assert chart.data["trait"].tolist() == ["Recency", "Orders"]
    assert chart.data["S01"].tolist() == [1.0, -2.0]


def test_heat_map_colours_run_from_low_to_high_around_the_centre():
    matrix = pd.DataFrame({"S01": [-3.0, 0.0, 9.0]}, index=["a", "b", "c"])
    chart = report.heat_map(matrix, limit=3, **SAID)
    tops = [boxes(chart.wide, to_hex(DIVERGING(share)))[0][1] for share in (0.0, 0.5, 1.0)]
    assert tops == sorted(tops)
    assert len(set(tops)) == 3


def test_heat_map_rows_are_in_words_and_colours_are_explained():
    matrix = pd.DataFrame(
        [[0.5], [-0.5], [0.0]],
        index=["channel_share_app", "plan=basic", "own_one"],
        columns=["S01"],
    )
    chart = report.heat_map(matrix, **SAID)
    assert {"Share of orders by app", "Plan: basic", "Own one"} <= set(texts(chart.wide))
    assert "Share of orders by app" in chart.numbers._repr_html_()
    assert "Blue: more than average. Brown: less." in chart.note
    assert report.heat_map(matrix, centre=None, **SAID).note == ""
    assert report.heat_map(matrix, note="As is.", **SAID).note == "As is."


def test_heat_map_without_a_centre_starts_at_the_lowest_value():
    matrix = pd.DataFrame({"S01": [2.0, 4.0]}, index=["a", "b"])
    chart = report.heat_map(matrix, centre=None, format="integer", **SAID)
    assert len(boxes(chart.wide, "#f7f7f5")) == len(boxes(chart.wide, "#0b4a6f")) == 1
    assert {"2", "4"} <= set(texts(chart.wide))


@pytest.mark.parametrize("centre", [None, 0.0])
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_heat_map_of_one_value_can_be_drawn(centre, value):
    matrix = pd.DataFrame({"S01": [value]}, index=["a"])
    chart = report.heat_map(matrix, centre=centre, **SAID)
    assert ("–" if np.isnan(value) else "0.0") in texts(chart.wide)


def test_bars_are_as_long_as_their_values():
    frame = pd.DataFrame(
        {"segment_id": ["S01", "S02"], "value": [30.0, 10.0], "low": [25, 5], "high": [40, 12]}
    )
    chart = report.bars_with_intervals(
        frame, label="segment_id", value="value", low="low", high="high", format="money0",
        currency="GBP", reference=20.0, reference_label="average", **SAID,
    )  # fmt: skip
    (_, top, long, _), (_, below, short, _) = (
        boxes(chart.wide, colour)[0] for colour in PALETTE[:2]
    )
    assert long == pytest.approx(3 * short, rel=0.001)
    assert top < below
    assert {"S01", "S02", "£30", "£10", "average £20"} <= set(texts(chart.wide))
    assert chart.data.columns.tolist() == ["segment_id", "value", "low", "high"]


def test_bars_that_are_no_segments_get_the_accent():
    frame = pd.DataFrame({"kpi": ["orders", "visits"], "effect": [0.2, np.nan]})
    chart = report.bars_with_intervals(frame, label="kpi", value="effect", **SAID)
    assert len(boxes(chart.wide, ACCENT)) == 2
    assert {"Orders per", "customer", "Visits", "0.20", "–"} <= set(texts(chart.narrow))


def test_the_eleventh_segment_has_a_pattern():
    frame = pd.DataFrame({"segment_id": ["S01", "S11"], "value": [1.0, 2.0]})
    chart = report.bars_with_intervals(frame, label="segment_id", value="value", **SAID)
    assert b"<pattern" in chart.wide.content
    alone = report.bars_with_intervals(frame[:1], label="segment_id", value="value", **SAID)
    assert b"<pattern" not in alone.wide.content


def test_size_and_value_draws_a_pair_per_segment():
    frame = pd.DataFrame(
        {"segment_id": ["S01", "S02"], "customer_share": [0.2, 0.8], "value_share": [0.6, 0.4]}
    )
    chart = report.size_and_value(frame, value_label="of revenue", **SAID)
    sizes = boxes(chart.wide, "#c3c9d0")
    assert sizes[1][2] == pytest.approx(4 * sizes[0][2], rel=0.001)
    assert boxes(chart.wide, PALETTE[0])[0][2] == pytest.approx(3 * sizes[0][2], rel=0.001)
    expected = ["20.0% of customers", "60.0% of revenue", "80.0%", "40.0%"]
    assert [word for word in texts(chart.wide) if "%" in word] == expected


def test_value_beside_null_says_value_and_band():
    chart = report.value_beside_null(sample.indices(), **SAID)
    words = texts(chart.wide)
    assert {"0.32", "1.12", "0.61"} <= set(words)
    assert {"chance: 0.19 to 0.23, p = 0.010", "1.38 to 1.51, p = 0.010"} <= set(words)
    assert {"Davies-Bouldin index (lower is", "better)", "Silhouette"} <= set(words)
    assert chart.data["null_low"].tolist() == [0.19, 1.38, 0.50]
    left, _, width, _ = boxes(chart.wide, "#dfe3e8")[0]
    point, _, size, _ = boxes(chart.wide, ACCENT)[0]
    value = point + size / 2 - left
    assert width / value == pytest.approx((0.23 - 0.19) / (0.318 - 0.19), rel=0.01)


def test_value_beside_null_says_no_more_than_it_knows():
    bare = sample.indices()[["index", "value", "null_low", "null_high"]]
    words = texts(report.value_beside_null(bare, **SAID).wide)
    assert {"chance: 0.19 to 0.23", "1.38 to 1.51", "Davies-Bouldin index"} <= set(words)
    rare = bare.assign(p_value=[0.0001, np.nan, 0.2])
    words = texts(report.value_beside_null(rare, **SAID).wide)
    assert {"chance: 0.19 to 0.23, p < 0.001", "1.38 to 1.51"} <= set(words)


def test_distribution_publishes_no_small_count():
    values = np.repeat([0.5, 1.5, 2.5, 3.5, 4.5, 5.5], [20, 4, 0, 9, 30, 5])
    chart = report.distribution(values, bins=np.arange(7.0), label="Orders", **SAID)
    assert chart.data["from"].tolist() == [0, 1, 4, 5]
    assert chart.data["to"].tolist() == [1, 4, 5, 6]
    assert chart.data["count"].fillna(-1).tolist() == [20, 13, 30, -1]
    html = chart.numbers._repr_html_()
    assert "fewer than 10" in html
    heights = [box[3] for box in boxes(chart.wide, NEUTRAL) if box[3] > 0]
    assert len(heights) == 5
    assert heights[1] == pytest.approx(heights[2], rel=0.01)
    assert heights[1] == pytest.approx(heights[4], rel=0.01)
    assert heights[0] == pytest.approx(4 * heights[1], rel=0.05)


def test_distribution_counts_every_value():
    values = [1, 1, 2, 3, 4, 4, 4, np.nan, np.inf]
    chart = report.distribution(
        values, bins=3, label="Orders", marker=3.5, marker_label="ours", band=(1, 2),
        band_label="most", format="number1", small=0, **SAID,
    )  # fmt: skip
    assert chart.data["count"].tolist() == [2, 1, 4]
    assert chart.data["from"].tolist() == [1, 2, 3]
    heights = [round(box[3]) for box in boxes(chart.wide, NEUTRAL)]
    assert heights[0] == pytest.approx(2 * heights[1], abs=2)
    assert {"ours 3.5", "most", "Orders"} <= set(texts(chart.wide))


def test_line_by_k_marks_the_choice_and_the_threshold():
    chart = report.line_by_k(
        sample.k_table().iloc[::-1],
        criterion="prediction_strength",
        chosen=6,
        threshold=0.8,
        **SAID,
    )
    words = texts(chart.wide)
    assert {"0.84", "chosen", "threshold 0.80", "Prediction strength"} <= set(words)
    assert words.count("chosen") == 1
    assert chart.data["k"].tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_line_by_k_draws_a_band():
    frame = sample.k_table().assign(low=0.1, high=0.9)
    chart = report.line_by_k(frame, criterion="silhouette", low="low", high="high", **SAID)
    assert len(boxes(chart.wide, "#dbe7ee")) == 1


def test_a_line_per_algorithm_is_named_and_the_chosen_one_stands_out():
    chart = report.line_by_k(
        sample.k_table_by_algorithm(), criterion="prediction_strength", group="algorithm",
        chosen_group="mixture", group_names={"mixture": "Gaussian mixture"}, chosen=5,
        low="low", high="high", **SAID,
    )  # fmt: skip
    for picture in (chart.wide, chart.narrow):
        words = texts(picture)
        assert {"Gaussian mixture", "Kmeans", "Ward", "chosen"} <= set(words)
        assert words.count("0.80") == 1  # of the values, only the chosen one is written
        assert len(boxes(picture, "#dbe7ee")) == 1
    svg = chart.wide.content.decode()
    assert len(re.findall(rf"stroke: {ACCENT}; stroke-width: 2.2", svg)) == 1
    assert len(re.findall(rf"stroke-dasharray[^\"]*stroke: {NEUTRAL}", svg)) == 2
    shown = ["Gaussian mixture", "Kmeans", "Ward"]
    assert chart.data["algorithm"].unique().tolist() == shown
    assert len(chart.data) == 21


def test_a_band_with_one_end_and_an_unknown_algorithm_are_refused():
    frame = sample.k_table_by_algorithm()
    values = {"criterion": "silhouette", "group": "algorithm", **SAID}
    with pytest.raises(ValueError, match="low and high go together"):
        report.line_by_k(frame, low="low", **values)
    with pytest.raises(ValueError, match="lca was chosen, but the table holds kmeans, mixture"):
        report.line_by_k(frame, chosen_group="lca", **values)


EMPTY = pd.DataFrame(
    columns=["segment_id", "value", "index", "null_low", "null_high", "k", "customers",
             "from_segment_id", "to_segment_id", "x", "y", "share"]
)  # fmt: skip


@pytest.mark.parametrize(
    "draw",
    [
        lambda: report.heat_map(pd.DataFrame(), **SAID),
        lambda: report.bars_with_intervals(EMPTY, label="segment_id", value="value", **SAID),
        lambda: report.size_and_value(EMPTY, **SAID),
        lambda: report.value_beside_null(EMPTY, **SAID),
        lambda: report.distribution([np.nan], label="x", **SAID),
        lambda: report.line_by_k(EMPTY, criterion="value", **SAID),
        lambda: report.migration_flow(EMPTY, **SAID),
        lambda: report.migration_matrix(EMPTY, **SAID),
        lambda: report.cluster_tree(EMPTY, **SAID),
        lambda: report.gorge(EMPTY, **SAID),
        lambda: report.separation_map(
            EMPTY, outlines=EMPTY, neighbours=EMPTY, arrows=EMPTY, **SAID
        ),
    ],
)
def test_nothing_to_draw_is_refused(draw):
    with pytest.raises(ValueError, match=r"needs? at least one"):
        draw()


def test_bars_with_half_an_interval_are_refused():
    frame = pd.DataFrame({"segment_id": ["S01"], "value": [1.0], "low": [0.5]})
    with pytest.raises(ValueError, match="low and high go together"):
        report.bars_with_intervals(frame, label="segment_id", value="value", low="low", **SAID)


def test_a_choice_that_was_not_tried_is_refused():
    with pytest.raises(ValueError, match="k = 9 was chosen, but the table holds"):
        report.line_by_k(sample.k_table(), criterion="silhouette", chosen=9, **SAID)


def test_charts_leave_their_frames_alone():
    frames = [
        sample.segment_values(), sample.migration(), sample.k_table(), sample.indices(),
        sample.cluster_tree(), sample.gorge_bins(), *sample.separation().values(),
    ]  # fmt: skip
    before = [frame.copy() for frame in frames]
    report.size_and_value(frames[0], **SAID)
    report.migration_flow(frames[1], **SAID)
    report.migration_matrix(frames[1], **SAID)
    report.line_by_k(frames[2], criterion="silhouette", **SAID)
    report.value_beside_null(frames[3], **SAID)
    report.cluster_tree(frames[4], **SAID)
    report.gorge(frames[5], **SAID)
    centres, outlines, neighbours, arrows = frames[6:]
    report.separation_map(centres, outlines=outlines, neighbours=neighbours, arrows=arrows, **SAID)
    assert all(a.equals(b) for a, b in zip(frames, before, strict=True))


def test_no_words_leave_the_picture():
    charts = [item for _, shown in sample.outputs() for item in shown if hasattr(item, "wide")]
    for chart, side in itertools.product(charts, ("wide", "narrow")):
        picture = getattr(chart, side)
        if picture.mime == "image/svg+xml":
            for x, y in places(picture):
                assert 0 <= x <= picture.width, chart.caption
                assert 0 <= y <= picture.height, chart.caption


def places(picture):
    tags = re.findall(r"<text [^>]*>", picture.content.decode())
    pattern = re.compile(r' x="(-?[\d.]+)" y="(-?[\d.]+)"')
    return [tuple(map(float, found.groups())) for tag in tags if (found := pattern.search(tag))]
