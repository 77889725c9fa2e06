"""The matrix behind the heat map: which traits it keeps, and in what order."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile.matrix import difference_matrix, persona_table


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


def personas() -> pd.DataFrame:
    rows = [
        ("S01", "frequency", "segmenting", "purchase days", 8.0, 6.0, 1.0, True),
        ("S02", "frequency", "segmenting", "purchase days", 4.0, 6.0, -1.0, False),
        ("S01", "monetary", "segmenting", "GBP", 50.0, 75.5, -0.4, False),
        ("S02", "monetary", "segmenting", "GBP", 101.0, 75.5, 0.4, False),
        ("S01", "tenure", "segmenting", "days", 100.0, 120.0, -3.0, False),
        ("S02", "tenure", "segmenting", "days", float("nan"), 120.0, float("nan"), False),
        ("S01", "plan=plus", "descriptor", "share", 0.25, 0.5, -0.5, False),
    ]
    columns = ["segment_id", "feature", "role", "unit", "mean", "base_mean", "difference_rest",
               "bold"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).assign(customers=200)


def test_personas_are_told_in_raw_units():
    table = persona_table(personas(), role="segmenting", currency="GBP")
    assert list(table.cells.columns) == ["trait", "All customers", "S01", "S02"]
    assert table.cells.to_numpy().tolist() == [
        ["days with a purchase", "6.00", "8.00", "4.00"],
        ["net spend", "£75.50", "£50.00", "£101"],
        ["days since first seen", "120", "100", ""],
    ]
    assert table.bold.iloc[0].tolist() == [False, False, True, False]
    assert table.bold.to_numpy().sum() == 1
    plan = persona_table(personas(), role="descriptor").cells
    assert plan.iloc[0].tolist() == ["plan: plus", "50%", "25%"]


def test_bold_rows_are_kept_first_in_the_order_of_the_traits():
    table = persona_table(personas(), role="segmenting", most=2)
    assert list(table.cells["trait"]) == ["days with a purchase", "days since first seen"]
    assert persona_table(personas().iloc[:0], role="segmenting").cells.empty


def test_shares_of_a_few_people_are_not_told():
    few = personas().assign(mean=0.04, base_mean=0.99, customers=200)
    plan = persona_table(few, role="descriptor").cells
    assert plan.iloc[0].tolist() == ["plan: plus", "nearly all", "<10 people"]
    assert persona_table(few, role="descriptor", few=2).cells.iloc[0].tolist() == [
        "plan: plus", "99%", "4.0%",
    ]  # fmt: skip
    # The mean of a share of orders is no count of people.
    assert persona_table(few, role="segmenting").cells.iloc[0]["S01"] == "0.04"
