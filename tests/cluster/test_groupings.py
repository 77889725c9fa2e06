"""Groupings: numbered by size, and explained in words."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster.groupings import (
    NearestCentres,
    explain_groups,
    grouping_by_rule,
    in_order_of_size,
    rule_of,
)
from segmentation_lib.cluster.scoring_rule import ScoringRule

X = np.array([[0.0, 0.0], [0.0, 2.0], [0.0, 4.0], [9.0, 1.0], [9.0, 3.0], [5.0, 20.0]])


def test_groups_are_numbered_by_size_then_by_point():
    labels = np.array([2, 2, 2, 1, 1, 0, 0])
    order, renamed = in_order_of_size(labels, np.array([[5.0], [4.0], [9.0]]))
    assert order.tolist() == [2, 1, 0]
    assert renamed.tolist() == [0, 0, 0, 1, 1, 2, 2]


def test_centres_are_the_means_of_the_rows_and_an_empty_group_keeps_its_point():
    points = np.array([[100.0, 100.0], [8.0, 0.0], [1.0, 0.0], [5.0, 19.0]])
    found = grouping_by_rule(X, ScoringRule.around(points, np.ones(4) / 4, 1.0))
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.centres.tolist() == [[0, 2], [9, 2], [5, 20], [100, 100]]
    assert found.rule.points.tolist() == [[1, 0], [8, 0], [5, 19], [100, 100]]
    assert (found.assign(X) == found.labels).all()
    assert found.membership(X).sum(axis=1) == pytest.approx(np.ones(6))


class Centred(NearestCentres):
    """Two groups around 1 and 10, as k-means gives them."""

    labels = np.array([0, 0, 0, 1])
    centres = np.array([[1.0], [10.0]])
    inertia = 8.0


def test_a_grouping_around_centres_has_memberships_by_share_and_distance():
    fit = Centred()
    assert 1 / (2 * fit.rule.sharpness) == pytest.approx(8 / (1 * (4 - 2)))
    assert fit.membership(np.array([[5.5]]))[0] == pytest.approx([0.75, 0.25])
    assert fit.assign(np.array([[5.0], [6.0]])).tolist() == [0, 1]
    assert rule_of(np.empty((0, 1)), fit).points is fit.centres


def test_explanation_by_hand():
    labels = np.array([0, 0, 0, 1])
    centres = np.array([[1.0, -0.1, 2.0], [-1.0, 0.1, -2.0]])
    table = explain_groups(labels, centres, ["orders", "age", "spend"])
    assert table.columns.tolist() == ["group", "share", "sets_apart", "orders", "age", "spend"]
    assert table["share"].tolist() == [0.75, 0.25]
    assert table["orders"].tolist() == pytest.approx([0.5, -1.5])
    assert table["spend"].tolist() == pytest.approx([1.0, -3.0])
    assert table["sets_apart"].tolist() == [
        "high spend (+1.0), high orders (+0.5)",
        "low spend (-3.0), low orders (-1.5)",
    ]


def test_groups_like_everyone_say_so_and_names_must_fit():
    table = explain_groups(np.array([0, 1]), np.zeros((2, 1)), ["orders"])
    assert table["sets_apart"].tolist() == ["close to the average"] * 2
    with pytest.raises(ValueError, match="2 names for 1 columns"):
        explain_groups(np.array([0, 1]), np.zeros((2, 1)), ["orders", "age"])
