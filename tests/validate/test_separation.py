"""The map of segments: by hand, on planted groups, and without a single customer on it."""

from __future__ import annotations

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from segmentation_lib.validate.separation import map_of_segments

IDS = ["S02", "S01", "S03"]
COLUMNS = ["recency", "spend", "tenure", "noise"]


@pytest.fixture(scope="module")
def planted():
    """Three groups in the plane of the first two columns; the last two are noise."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1, 2], [300, 200, 100])
    centres = np.array([[0.0, 0, 0, 0], [8, 0, 0, 0], [0, 16, 0, 0]])
    return centres[labels] + rng.normal(size=(600, 4)), labels


@pytest.fixture(scope="module")
def drawn(planted):
    return map_of_segments(*planted, IDS, COLUMNS)


def test_the_plane_holds_what_sets_segments_apart(drawn):
    assert drawn.centres["segment_id"].tolist() == ["S01", "S02", "S03"]
    assert drawn.centres["customers"].tolist() == [200, 300, 100]
    x, y = drawn.centres[["x", "y"]].to_numpy().T
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.testing.assert_allclose(apart[np.triu_indices(3, 1)], [8, np.hypot(8, 16), 16], rtol=0.02)
    assert 0.85 < drawn.explained < 0.97


def test_arrows_are_correlations_with_the_plane_longest_first(drawn, planted):
    assert set(drawn.arrows["feature"].iloc[:2]) == {"spend", "recency"}
    lengths = np.hypot(drawn.arrows["x"], drawn.arrows["y"])
    assert (np.diff(lengths) < 0).all()
    assert 0.95 < lengths.iloc[1] < lengths.iloc[0] <= 1
    assert lengths.iloc[3] < 0.2
    assert len(map_of_segments(*planted, IDS, COLUMNS, arrows=2).arrows) == 2


def test_outlines_nest_and_lie_inside_of_the_customers(drawn, planted):
    boxes = drawn.outlines.groupby(["segment_id", "outline"])[["x", "y"]].agg(["min", "max"])
    for segment_id in drawn.centres["segment_id"]:
        inner, outer = boxes.loc[(segment_id, "inner")], boxes.loc[(segment_id, "outer")]
        assert (outer.xs("min", level=1) < inner.xs("min", level=1)).all()
        assert (outer.xs("max", level=1) > inner.xs("max", level=1)).all()
    assert drawn.outlines.groupby(["segment_id", "outline"]).size().tolist() == [48] * 6


def test_no_corner_is_a_customer():
    labels = np.repeat([0, 1], 40)
    points = np.column_stack([labels * 50.0 + np.arange(80) % 40, np.zeros(80)])
    corners = map_of_segments(points, labels, ["S01", "S02"], ["a", "b"]).outlines
    outer = corners[(corners["segment_id"] == "S01") & (corners["outline"] == "outer")]
    middle = points[:, 0].mean()
    ends = np.sort(np.abs([outer["x"].min(), outer["x"].max()]))
    expected = [middle - np.arange(30, 40).mean(), middle - np.arange(10).mean()]
    np.testing.assert_allclose(ends, expected)


def test_few_customers_get_no_outline():
    labels = np.repeat([0, 1], [60, 9])
    rng = np.random.default_rng(1)
    points = rng.normal(size=(69, 2)) + labels[:, None] * 30
    drawn = map_of_segments(points, labels, ["S01", "S02"], ["a", "b"])
    assert set(drawn.outlines["segment_id"]) == {"S01"}
    assert drawn.centres["customers"].tolist() == [60, 9]


def test_neighbours_are_pairs_that_lean_on_each_other():
    points = np.array([[0.0, 0], [4, 0], [10, 0], [30, 0], [30, 1]])
    labels = np.array([0, 0, 1, 2, 2])
    found = map_of_segments(points, labels, ["S03", "S01", "S02"], ["a", "b"]).neighbours
    to_centres = [2 * 2 / (2 + 10), 2 * 2 / (2 + 6)]
    pair = found[found["segment_id"] == "S01"].set_index("neighbour_id")["similarity"]
    assert pair["S03"] == pytest.approx((np.mean(to_centres) + 0) / 2)
    assert found[["segment_id", "neighbour_id"]].to_numpy().tolist() == [
        ["S01", "S02"], ["S01", "S03"],
    ]  # fmt: skip


def test_the_map_does_not_depend_on_the_order_of_customers(drawn, planted):
    points, labels = planted
    order = np.random.default_rng(2).permutation(len(points))
    again = map_of_segments(points[order], labels[order], IDS, COLUMNS)
    for name in ("centres", "outlines", "neighbours", "arrows"):
        assert_frame_equal(getattr(again, name), getattr(drawn, name), rtol=1e-9, atol=1e-9)
    assert again.explained == pytest.approx(drawn.explained)


def test_one_column_makes_no_map_and_every_column_needs_a_name():
    labels = np.array([0, 0, 1, 1])
    line = np.arange(4.0)[:, None]
    assert map_of_segments(line, labels, ["S01", "S02"], ["a"]) is None
    with pytest.raises(ValueError, match="2 columns with 3 names"):
        map_of_segments(np.ones((4, 2)), labels, ["S01", "S02"], ["a", "b", "c"])
