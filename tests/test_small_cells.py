"""Small counts are blanked, with all that would give them away."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.small_cells import suppress, without_few


def test_a_cell_of_four_is_blank_and_zero_and_ten_are_not():
    table = pd.DataFrame({"to": list("abcd"), "n": [4, 0, 10, 1234], "share": [0.1, 0, 0.2, 0.7]})
    before = table.copy()
    result = suppress(table, "n", limit=10, derived=["share"])
    assert result["n"].tolist() == [pd.NA, 0, 10, 1234]
    assert result["n_shown"].tolist() == ["<10", "0", "10", "1,234"]
    assert result["share"].isna().tolist() == [True, False, False, False]
    pd.testing.assert_frame_equal(table, before)


def test_an_empty_table_stays_empty():
    result = suppress(pd.DataFrame({"n": pd.Series(dtype="int64")}), "n", limit=10)
    assert list(result.columns) == ["n", "n_shown"]
    assert result.empty


def test_rows_of_a_few_people_are_left_out():
    table = pd.DataFrame({"to": list("abc"), "n": [9, 10, 50], "m": [50.0, float("nan"), 3.0]})
    assert without_few(table, "n", limit=10)["to"].tolist() == ["b", "c"]
    assert without_few(table, "n", "m", limit=10)["to"].tolist() == ["b"]
