"""What the charts of segments draw: the map, the tree, the gorge, and who moved."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from segmentation_lib import report
from segmentation_lib.report.charts.spacing import spaced
from segmentation_lib.report.theme import NEUTRAL, PALETTE
from tests.report import sample
from tests.report.svg import boxes, texts

SAID = {"alt": "What it shows.", "caption": "What it says."}


def test_tree_nodes_are_as_high_as_their_customers_and_mixed_ones_are_outlined():
    ids = {"1": "S01", "2": "S02", "3": "S03"}
    chart = report.cluster_tree(sample.cluster_tree(), chosen=3, segment_ids=ids, **SAID)
    heights = {
        colour: min((box for box in boxes(chart.wide, colour)), key=lambda box: box[2])[3]
        for colour in PALETTE[:3]
    }
    large, middle, small = heights.values()
    assert large == pytest.approx(2 * middle, rel=0.02)
    assert middle == pytest.approx(3 * small, rel=0.02)
    assert chart.wide.content.count(b"stroke: #1c2430; stroke-width: 2;") == 1
    words = texts(chart.wide)
    assert {"2", "3", "4", "5", "number of segments; 3 chosen", "S01  600", "S03  100"} <= set(
        words
    )
    assert "S01" in texts(chart.narrow)
    assert "customers" not in chart.data


def test_flows_of_a_few_are_neither_drawn_nor_in_the_numbers_of_a_tree():
    frame = sample.cluster_tree()
    chart = report.cluster_tree(frame, **SAID)
    assert len(chart.data) == len(frame)
    assert chart.numbers.note == ""
    frame.loc[frame.index[[0, 1]], "customers"] = [10, 9]
    chart = report.cluster_tree(frame, **SAID)
    assert chart.data["segment"].tolist() == frame["segment"].drop(index=1).tolist()
    assert chart.numbers.note == "Flows of fewer than 10 customers are left out."
    few = pd.concat([frame, frame.iloc[[0]].assign(next_segment="2", customers=4)])
    assert report.cluster_tree(few, **SAID).wide.content == chart.wide.content


def test_the_heights_of_a_tree_tell_customers_to_the_nearest_ten_only():
    frame = sample.cluster_tree()
    near = frame.assign(customers=frame["customers"] + ([4, -5] * len(frame))[: len(frame)])
    exact, close = (
        report.cluster_tree(each, chosen=3, segment_ids={"1": "S01"}, **SAID)
        for each in (frame, near)
    )
    assert "S01  600" in texts(exact.wide)
    assert exact.narrow.content == close.narrow.content


def test_tree_bands_run_from_source_to_target():
    chart = report.cluster_tree(sample.cluster_tree(), mixed_below=0.0, **SAID)
    bands = sorted(boxes(chart.wide, NEUTRAL), key=lambda box: box[2])[-13:]
    assert len({round(box[0]) for box in bands}) == 3
    assert b"stroke: #1c2430; stroke-width: 2;" not in chart.wide.content


def test_tree_nodes_say_their_stability():
    stability = pd.DataFrame(
        [(3, "1", 0.97), (3, "2", 0.5), (3, "3", np.nan)], columns=["k", "segment", "stability"]
    )
    chart = report.cluster_tree(sample.cluster_tree(), stability=stability, **SAID)
    words = texts(chart.wide)
    assert {"97", "50", "number of segments; on the bars: stability in %"} <= set(words)
    assert "nan" not in " ".join(words)


def test_tree_orders_segments_by_where_they_come_from():
    rows = [(2, "1", 3, "9", 50), (2, "2", 3, "1", 30), (2, "2", 3, "2", 20)]
    frame = pd.DataFrame(rows, columns=["k", "segment", "next_k", "next_segment", "customers"])
    ids = {"9": "S01", "1": "S02", "2": "S03"}
    chart = report.cluster_tree(frame, chosen=3, segment_ids=ids, **SAID)
    tops = [boxes(chart.wide, colour)[-1][1] for colour in PALETTE[:3]]
    assert tops == sorted(tops)


def test_the_map_has_outlines_edges_and_arrows_but_no_customer():
    parts = sample.separation()
    chart = report.separation_map(**parts, explained=0.61, names=sample.NAMES, **SAID)
    for number in range(4):
        shapes = sorted(boxes(chart.wide, PALETTE[number]), key=lambda box: -box[2])
        outer, inner = shapes[:2]
        assert outer[2] == pytest.approx(inner[2] * 1.7 / 0.9, rel=0.02)
        assert outer[2] == pytest.approx(outer[3], rel=0.02)
    svg = chart.wide.content.decode()
    widths = re.findall(r"stroke-width: ([\d.]+); stroke-opacity: 0.45", svg)
    widths = widths or re.findall(r"stroke-opacity: 0.45; stroke-width: ([\d.]+)", svg)
    assert [float(width) for width in widths] == [5.4, 1.8]
    assert {"S01", "S04", "Recency days", "Orders", "Share bought at a"} <= set(texts(chart.wide))
    assert "S01 Frequent, high-spending regulars" in texts(chart.wide)
    assert not any("Frequent" in word for word in texts(chart.narrow))
    assert chart.note.endswith("The map shows 61% of the differences.")
    assert chart.data["similarity"].tolist() == [0.6, 0.2, 0.04]


def test_gorge_bars_tell_no_finer_than_whole_percents():
    bins = sample.gorge_bins()
    exact = report.gorge(bins, **SAID)
    close = bins.assign(**{name: bins[name].round(2) for name in ("members", "others")})
    assert not close.equals(bins)
    assert report.gorge(close, **SAID).wide.content == exact.wide.content


def test_gorge_bars_stand_on_both_sides_of_the_border_and_say_so():
    chart = report.gorge(
        sample.gorge_bins(), segments=sample.gorge_segments(), names=sample.NAMES, **SAID
    )
    words = texts(chart.wide)
    assert words.count("border") == 2
    assert words.index("a gorge") < words.index("no gorge")
    assert "S01 Frequent, high-spending" in words
    members = boxes(chart.wide, PALETTE[1])
    tallest = max(members, key=lambda box: box[3])
    assert tallest[0] == pytest.approx(min(box[0] for box in members if box[3] > 1), abs=1)
    bins = sample.gorge_bins()
    others = sorted(box[3] for box in boxes(chart.wide, "#b3bac3") if box[3] > 1)
    sums = bins.groupby("segment_id")[["members", "others"]].max().sum(axis=1)
    assert len(others) >= 20
    assert sums.min() > 0
    # Drawn no finer than it is told, so that a bar gives no count of a few away.
    told = bins.assign(members=bins["members"].round(2), others=bins["others"].round(2))
    pd.testing.assert_frame_equal(chart.data, told)


def test_labels_that_would_collide_are_moved_apart():
    moved = spaced([5.0, 5.0, 5.5, 30.0], 10.0)
    assert np.diff(moved).min() == pytest.approx(10)
    assert moved[:3].mean() == pytest.approx(np.mean([5, 5, 5.5]))
    assert moved[3] == 30.0
    assert spaced([3.0, 1.0], 0.5).tolist() == [3.0, 1.0]
    assert spaced([2.0, 1.0], 4.0).tolist() == [3.5, -0.5]
    assert spaced([], 4.0).tolist() == []


def test_flow_blocks_are_as_high_as_their_customers():
    moves = pd.DataFrame(
        [("S01", "S01", 60), ("S01", "S02", 20), ("(new)", "S02", 20), ("S02", "(left)", 0)],
        columns=["from_segment_id", "to_segment_id", "customers"],
    )
    chart = report.migration_flow(moves, names={"S01": "Regulars"}, **SAID)
    shapes = boxes(chart.wide, PALETTE[0])
    blocks = sorted(box[3] for box in shapes if box[2] < 15)
    assert blocks[1] == pytest.approx(blocks[0] * 80 / 60, rel=0.02)
    stay = [box for box in shapes if box[2] > 100]
    assert len(stay) == 2
    words = texts(chart.wide)
    assert {"S01  Regulars  80", "S01  Regulars  60", "S02  40", "(new)  20"} <= set(words)
    assert "S01  80" in texts(chart.narrow)
    assert not any("(left)" in word for word in words)
    assert chart.data["customers"].sum() == 100


def test_flow_puts_segments_first_and_the_rest_last():
    words = [w for w in texts(sample.flow_chart().narrow) if w[:1] in "S("]
    heads = [word.split()[0] for word in words]
    assert heads[:7] == [*sample.NAMES, "(new)"]
    assert heads[7:] == [*sample.NAMES, "(left)"]


def test_migration_matrix_says_shares_of_the_row():
    moves = pd.DataFrame(
        [("S01", "S01", 3, 0.75), ("S01", "S02", 1, 0.25), ("S02", "S02", 2, 1.0)],
        columns=["from_segment_id", "to_segment_id", "customers", "share"],
    )
    chart = report.migration_matrix(moves, before="2025Q2", after="2025Q3", **SAID)
    words = texts(chart.wide)
    assert [word for word in words if "%" in word] == ["75%", "25%", "100%"]
    assert "rows: 2025Q2; columns: 2025Q3" in words
