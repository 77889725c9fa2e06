"""Closeness: distances to one's own segment, in the model's space."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.story import closeness


class _Transforms:
    @staticmethod
    def matrix(features):
        return features[["x", "y"]].to_numpy(dtype=float)


class _Rule:
    @staticmethod
    def distances(matrix):
        points = np.array([[0.0, 0.0], [10.0, 0.0]])
        return ((matrix[:, None, :] - points) ** 2).sum(axis=2)


class _Model:
    segment_ids = ("S01", "S02")
    transforms = _Transforms()
    rule = _Rule()

    @staticmethod
    def check(features):
        assert {"x", "y"} <= set(features.columns)


def test_each_is_measured_from_the_own_segments_point():
    features = pd.DataFrame(
        {"customer_id": ["d", "c", "b", "a"], "x": [9.0, 1.0, 0.0, 0.0], "y": [0.0, 0.0, 2.0, 0.0]}
    )
    assignments = pd.DataFrame(
        {"customer_id": ["a", "b", "c", "d"], "segment_id": [None, "S01", "S01", "S02"]}
    )
    table = closeness(_Model(), features, assignments)
    assert table.to_dict("list") == {
        "customer_id": ["c", "b", "d"],
        "segment_id": ["S01", "S01", "S02"],
        "distance": [pytest.approx(1.0), pytest.approx(4.0), pytest.approx(1.0)],
    }
