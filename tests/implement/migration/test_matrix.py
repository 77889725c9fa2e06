"""Migration: exact small matrices, and the totals that must hold for any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.migration import (
    migration_matrix,
    migration_sentences,
    net_flows,
    refit_sentence,
)


def placed(**labels: str) -> pd.DataFrame:
    """Give assignments from labels by customer; what is not a segment is a state."""
    return pd.DataFrame(
        {
            "customer_id": list(labels),
            "state": ["ACTIVE" if label.startswith("S") else label for label in labels.values()],
            "segment_id": [label if label.startswith("S") else None for label in labels.values()],
        }
    )


BEFORE = placed(a="S01", b="S01", c="S01", d="S02", e="NEW", f="S02", g="LAPSED")
AFTER = placed(b="S01", a="S01", c="S02", d="LAPSED", e="S03", h="NEW", g="LAPSED")


def test_exact_matrix():
    matrix = migration_matrix(BEFORE, AFTER)
    grid = matrix.pivot_table(
        index="from_segment_id", columns="to_segment_id", values="customers", sort=False
    )
    assert list(grid.index) == ["S01", "S02", "LAPSED", "NEW", "(new)"]
    assert list(grid.columns) == ["S01", "S02", "S03", "LAPSED", "NEW", "(left)"]
    assert grid.to_numpy().tolist() == [
        [2, 1, 0, 0, 0, 0],
        [0, 0, 0, 1, 0, 1],
        [0, 0, 0, 1, 0, 0],
        [0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0],
    ]
    shares = matrix.set_index(["from_segment_id", "to_segment_id"])["share"]
    assert shares["S01", "S01"] == pytest.approx(2 / 3)
    assert shares["S02", "(left)"] == 0.5


def test_rows_add_up_to_last_quarter_and_columns_to_this_one():
    rng = np.random.default_rng(3)
    labels = ["S01", "S02", "S03", "NEW", "LAPSED"]
    before = placed(**{f"c{i}": label for i, label in enumerate(rng.choice(labels, 400))})
    after = placed(**{f"c{i}": label for i, label in enumerate(rng.choice(labels, 400), 50)})
    matrix = migration_matrix(before, after)
    rows = matrix.groupby("from_segment_id")["customers"].sum()
    columns = matrix.groupby("to_segment_id")["customers"].sum()
    for label in labels:
        assert rows[label] == (before["segment_id"].fillna(before["state"]) == label).sum()
        assert columns[label] == (after["segment_id"].fillna(after["state"]) == label).sum()
    assert (rows["(new)"], columns["(left)"]) == (50, 50)
    assert matrix.groupby("from_segment_id")["share"].sum().tolist() == pytest.approx([1.0] * 6)


def test_the_order_of_the_rows_does_not_matter():
    shuffled = migration_matrix(BEFORE.sample(frac=1, random_state=1), AFTER.iloc[::-1])
    pd.testing.assert_frame_equal(shuffled, migration_matrix(BEFORE, AFTER))


def test_net_flows():
    flows = net_flows(migration_matrix(BEFORE, AFTER)).set_index("segment_id")
    assert flows.loc["S01"].to_dict() == {
        "before": 3, "after": 2, "stayed": 2, "inflow": 0, "outflow": 1, "net": -1,
    }  # fmt: skip
    assert flows.loc["S03", ["before", "after", "net"]].tolist() == [0, 1, 1]
    assert (flows["net"] == flows["after"] - flows["before"]).all()


def test_first_quarter_is_an_empty_table_that_says_so():
    matrix = migration_matrix(None, AFTER)
    assert matrix.empty
    assert migration_sentences(matrix, {})[0].startswith("This is the first quarter")


def test_the_sentence_holds_the_numbers():
    matrix = migration_matrix(BEFORE, AFTER)
    assert migration_sentences(matrix, {"S03": "Frequent", "S01": "Calm"}, small_cell=1) == [
        "Of the 5 customers in a segment at the last close, 40% are in the same one, 20% moved to "
        "another and 40% are in none any more.",
        "S03 (Frequent) gained most: 1 net (1 in, 0 out).",
        "S01 (Calm) lost most: 1 net (0 in, 1 out).",
    ]


def test_flows_of_a_few_people_are_not_mentioned():
    said = migration_sentences(migration_matrix(BEFORE, AFTER), {}, small_cell=2)
    assert not any("most:" in sentence for sentence in said)


def test_small_parts_of_a_large_flow_are_left_out():
    before = placed(**{f"a{i}": "S01" for i in range(20)}, b="S02")
    after = placed(**{f"a{i}": "S02" for i in range(20)}, b="S01")
    said = migration_sentences(migration_matrix(before, after), {}, small_cell=10)
    assert said[1:] == ["S02 gained most: 19 net.", "S01 lost most: 19 net."]


def test_nobody_in_a_segment_before():
    matrix = migration_matrix(placed(a="NEW"), placed(a="S01"))
    assert migration_sentences(matrix, {})[0].startswith(
        "No customer was in a segment last quarter"
    )


def test_a_refit_is_not_a_move():
    before = pd.DataFrame({"customer_id": list("abcd"), "segment_id": ["S01", "S01", "S02", None]})
    labels = ["S01", "S02", "S02", "S01", "S01"]
    now = pd.DataFrame({"customer_id": list("abcde"), "segment_id": labels})
    assert refit_sentence(before, now) == (
        "The new model places 1 of 3 customers (33%) in another segment than last quarter's model "
        "did on the same day; that is not counted as movement."
    )
    assert refit_sentence(before, before) == "The new model places everyone as last quarter's did."
    assert refit_sentence(None, now) == ""
