"""Rules on hand-made rows, and simplified rules on random ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import matches, overlap_counts
from segmentation_lib.implement.audiences.evaluate import clause_holds, parts_hold
from segmentation_lib.implement.audiences.simplify import simplified

from .examples import audience, clause, random_clause, random_rows
from .reference import active_segments

NUMBERS = pd.Series([1.0, 5.0, 5.5, np.nan, np.inf, -np.inf])
TEXTS = pd.Series(["a", "", None, "A"], dtype="str")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (clause("x", "=", 5), "010000"),
        (clause("x", "!=", 5), "101011"),
        (clause("x", "!=", 5, "pass"), "101111"),
        (clause("x", "<", 5), "100001"),
        (clause("x", "<=", 5, "pass"), "110101"),
        (clause("x", ">", 5), "001010"),
        (clause("x", ">=", 5), "011010"),
        (clause("x", "between", (1, 5)), "110000"),
        (clause("x", "in", (5.5, 1)), "101000"),
        (clause("x", "not_in", (5.5, 1), "pass"), "010111"),
        (clause("x", "is_null", True), "000100"),
        (clause("x", "is_null", False), "111011"),
    ],
)
def test_numbers(asked, expected):
    assert "".join(map(str, clause_holds(asked, NUMBERS).astype(int))) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (clause("x", "=", "a"), "1000"),
        (clause("x", "=", ""), "0100"),
        (clause("x", "!=", "a", "pass"), "0111"),
        (clause("x", "in", ("a", "A")), "1001"),
        (clause("x", "not_in", ("a", "A")), "0100"),
        (clause("x", "is_null", True), "0010"),
    ],
)
def test_texts_and_flags(asked, expected):
    assert "".join(map(str, clause_holds(asked, TEXTS).astype(int))) == expected
    flags = pd.Series([True, False, None], dtype="boolean")
    assert clause_holds(clause("x", "=", "true"), flags).tolist() == [True, False, False]


def test_the_highest_priority_wins_and_the_overlap_is_listed():
    frame = pd.DataFrame({"customer_id": ["3", "1", "2", "4"], "x": [3.0, 1, 2, np.nan]})
    low = audience([clause("x", ">=", 1)], segment="S01", priority=2)
    high = audience([clause("x", ">=", 2)], segment="S02", priority=1)
    last = audience([clause("x", ">=", 3)], segment="S03", priority=3)
    rules = [low, high, last]
    assert matches(low, frame).tolist() == [True, True, True, False]
    assert active_segments(rules, frame).fillna("").to_numpy().tolist() == [
        ["1", "S01"], ["2", "S02"], ["3", "S02"], ["4", ""],
    ]  # fmt: skip
    assert overlap_counts(rules, frame).to_numpy().tolist() == [
        ["S02", "S01", 2], ["S02", "S03", 1], ["S01", "S03", 1],
    ]  # fmt: skip
    assert len(overlap_counts([], frame)) == 0
    with pytest.raises(ContractError, match="2 stands twice"):
        active_segments([low, low.model_copy(update={"segment_id": "S09"})], frame)


def test_who_is_excluded_is_in_no_audience():
    frame = pd.DataFrame({"customer_id": list("123"), "x": 1.0,
                          "consent": pd.Series(["true", "false", None], dtype="str")})  # fmt: skip
    no = clause("consent", "!=", "true", "pass")
    assert matches(audience([clause("x", "=", 1)], exclude=[no]), frame).tolist() == [
        True, False, False,
    ]  # fmt: skip


def test_simplified_rules_pick_the_same_rows():
    rng = np.random.default_rng(7)
    fewer = 0
    for _ in range(60):
        parts = [[random_clause(rng) for _ in range(rng.integers(1, 7))] for _ in range(3)]
        frame = random_rows(rng, 120)
        whole = np.any(
            [np.all([clause_holds(c, frame[c.field]) for c in part], axis=0) for part in parts],
            axis=0,
        )
        short = simplified(parts)
        assert parts_hold(short, frame).tolist() == whole.tolist()
        fewer += sum(map(len, parts)) > sum(len(part.all) for part in short)
    assert fewer > 8


def test_bounds_on_one_field_are_merged_and_covered_parts_left_out():
    wide = [clause("x", ">", 1), clause("x", ">=", 3), clause("x", "<", 9, "pass"),
            clause("x", "between", (0, 8))]  # fmt: skip
    never = [clause("y", "<=", 1), clause("y", ">", 1)]
    covered = [*wide, clause("y", "=", 2)]
    short = simplified([wide, never, covered])
    assert [[(c.op, c.value, c.null) for c in part.all] for part in short] == [
        [("<=", 8, "fail"), (">=", 3, "fail")]
    ]
