"""The matrix behind the heat map: which traits it keeps, and in what order."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile import difference_matrix


def test_rows_are_named_in_words():
    traits = pd.DataFrame(
        {"segment_id": "S01", "feature": ["inter_purchase_time", "plan=basic"],
         "role": "segmenting", "difference": [1.0, 0.5]}
    )  # fmt: skip
    matrix = difference_matrix(traits, role="segmenting")
    assert list(matrix.index) == ["days between orders", "plan: basic"]


def test_traits_that_differ_most_come_first_and_others_are_left_out():
    traits = pd.DataFrame(
        [
            ("S02", "a_b", "segmenting", 0.1),
            ("S01", "a_b", "segmenting", -0.2),
            ("S02", "c", "segmenting", -2.0),
            ("S01", "c", "segmenting", 0.5),
            ("S01", "d", "segmenting", 1.0),
            ("S02", "d", "segmenting", 0.0),
            ("S01", "e", "descriptor", 9.0),
        ],
        columns=["segment_id", "feature", "role", "difference"],
    )
    matrix = difference_matrix(traits, role="segmenting", most=2)
    assert list(matrix.index) == ["c", "d"]
    assert list(matrix.columns) == ["S01", "S02"]
    assert matrix.to_numpy().tolist() == [[0.5, -2.0], [1.0, 0.0]]
    assert list(difference_matrix(traits, role="segmenting").index) == ["c", "d", "a b"]
