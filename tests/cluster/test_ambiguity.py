"""Ambiguous customers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import ambiguity_table, overlap_sentence, overlap_table

ASSIGNED = pd.DataFrame(
    [
        ("S01", 0.95, "S02"),
        ("S01", 0.55, "S03"),
        ("S01", 0.40, "S02"),
        ("S01", 0.50, "S03"),
        ("S02", 0.60, "S01"),
        ("S02", 0.80, "S01"),
        (None, None, None),
    ],
    columns=["segment_id", "confidence", "second_segment_id"],
)


def test_by_hand():
    table = ambiguity_table(ASSIGNED)
    assert table.columns.tolist() == [
        "segment_id", "customers", "ambiguous", "ambiguous_share", "mean_confidence",
        "most_common_second",
    ]  # fmt: skip
    assert table["segment_id"].tolist() == ["S01", "S02"]
    assert table["customers"].tolist() == [4, 2]
    assert table["ambiguous"].tolist() == [3, 0]
    assert table["ambiguous_share"].tolist() == [0.75, 0.0]
    assert table["mean_confidence"].tolist() == pytest.approx([0.6, 0.7])
    assert table["most_common_second"].fillna("-").tolist() == ["S03", "-"]
    assert table["customers"].dtype == "int64"


def test_a_tie_goes_to_the_first_id_and_the_bar_can_move():
    table = ambiguity_table(ASSIGNED, below=0.55)
    assert table["ambiguous"].tolist() == [2, 0]
    assert table["most_common_second"][0] == "S02"
    assert ambiguity_table(ASSIGNED, below=1.0)["ambiguous"].tolist() == [4, 2]


def test_nobody_with_a_segment_gives_an_empty_typed_table():
    table = ambiguity_table(ASSIGNED.tail(1))
    assert table.empty
    assert table["ambiguous_share"].dtype == "float64"


def test_a_bar_outside_nought_to_one_is_refused():
    with pytest.raises(ValueError, match="below = 60, must be between 0 and 1"):
        ambiguity_table(ASSIGNED, below=60)


def test_customers_of_two_segments_by_hand():
    membership = np.array([[0.5, 0.4, 0.1], [0.34, 0.33, 0.33], [0.9, 0.05, 0.05], [0.1, 0.6, 0.3]])
    table = overlap_table(membership, ["S01", "S02", "S03"])
    assert table["first"].tolist() == ["S01", "S01", "S02"]
    assert table["second"].tolist() == ["S02", "S03", "S03"]
    assert table["customers"].tolist() == [2, 1, 1]
    assert table["share"].tolist() == [0.5, 0.25, 0.25]
    with pytest.raises(ValueError, match="2 for 3 columns"):
        overlap_table(membership, ["S01", "S02"])


def test_the_pair_that_most_stand_between_is_named_unless_they_are_a_few():
    membership = np.array([[0.9, 0.05, 0.05]] * 80 + [[0.5, 0.1, 0.4]] * 12 + [[0.4, 0.5, 0.1]] * 8)
    ids = ["S01", "S02", "S03"]
    assert overlap_sentence(overlap_table(membership, ids)) == (
        "Most customers between two segments stand between S01 and S03 (12% of all customers)."
    )
    few = overlap_table(membership[-8:], ids)
    assert overlap_sentence(few) == "No two segments have 10 customers between them."
    rare = pd.DataFrame({"first": ["S01"], "second": ["S02"], "customers": [12], "share": [0.001]})
    assert "(under 1% of all customers)" in overlap_sentence(rare)
