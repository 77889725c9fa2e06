"""Small counts are blanked, with all that would give them away."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.small_cells import (
    Hidden,
    hide_parts,
    hide_table,
    round_counts,
    rounded,
    suppress,
    suppress_flows,
    suppress_parts,
    without_few,
)
from tests.privacy.attacker import possible_counts


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


def test_a_part_of_a_known_total_takes_another_part_with_it():
    table = pd.DataFrame({"n": [4, 0, 30, 1200], "share": [0.1, 0.0, 0.2, 0.7]})
    shown = suppress_parts(table, "n", limit=10, derived=["share"])
    assert shown["n_shown"].tolist() == ["<10", "0", "hidden", "1,200"]
    assert shown["share"].isna().tolist() == [True, False, True, False]
    assert shown.attrs["total_hidden"] is False
    kept = suppress_parts(table, "n", limit=10, keep=pd.Series([False, False, True, False]))
    assert kept["n_shown"].tolist() == ["<10", "0", "30", "hidden"]


def test_where_no_part_protects_the_total_is_hidden():
    shown = suppress_parts(pd.DataFrame({"n": [4, 0]}), "n", limit=10)
    assert shown["n_shown"].tolist() == ["<10", "0"]
    assert shown.attrs["total_hidden"] is True


def test_nine_ones_are_not_given_away_by_a_small_total():
    choice = hide_parts(np.ones(9, dtype=np.int64), limit=10)
    least, most = possible_counts(choice)
    assert choice.hidden.all()
    assert least[:-1].tolist() == [1] * 9
    assert most[:-1].tolist() == [9] * 9


def test_a_table_without_small_counts_is_shown_whole():
    choice = hide_table(np.array([[10, 0], [400, 12]]), limit=10)
    assert not choice.hidden.any()


def _attack(choice, most: int = 35) -> list[set[int]]:
    """Go through all counts that the shown ones and the marks allow, and keep those that fit."""
    rows, columns = (size - 1 for size in choice.counts.shape)
    ranges = []
    for at in itertools.product(range(rows), range(columns)):
        if not choice.hidden[at]:
            ranges.append([int(choice.counts[at])])
        else:
            ranges.append(range(1, 10) if choice.small[at] else range(10, most))
    found: list[set[int]] = [set() for _ in ranges]
    known = ~choice.hidden
    for guess in itertools.product(*ranges):
        table = np.array(guess).reshape(rows, columns)
        wide = np.column_stack([table, table.sum(axis=1)])
        full = np.vstack([wide, wide.sum(axis=0)])
        if (full[known] == choice.counts[known]).all():
            for values, value in zip(found, guess, strict=True):
                values.add(value)
    return found


@pytest.mark.parametrize(
    "table",
    [
        [[4, 20], [30, 25]],
        [[4, 12], [11, 10]],
        [[9, 9], [9, 9]],
        [[1, 0], [13, 18]],
        [[3, 0], [0, 14]],
    ],
)
def test_somebody_who_tries_all_counts_learns_nothing_of_a_small_one(table):
    choice = hide_table(np.array(table), limit=10)
    found = _attack(choice)
    small = choice.small[:-1, :-1].ravel()
    for is_small, values in zip(small, found, strict=True):
        assert not is_small or values == set(range(1, 10))
    least, _ = possible_counts(choice)
    assert [min(v) for v in found] == least[:-1, :-1].ravel().tolist()


@pytest.mark.parametrize("seed", range(6))
def test_sums_pin_down_no_hidden_count(seed):
    rng = np.random.default_rng(seed)
    choice = hide_table(_some_table(rng), limit=10)
    least, most = possible_counts(choice)
    small = choice.small.copy()
    small[-1, :] = small[:, -1] = False
    assert (choice.hidden | ~choice.small).all()
    assert (least[small] == 1).all()
    assert (most[small] == 9).all()
    others = choice.hidden & ~choice.small
    assert (least[others] != most[others]).all()


def _some_table(rng):
    rows, columns = rng.integers(2, 6, 2)
    table = np.round(np.exp(rng.normal(2.5, 1.5, (rows, columns)))).astype(np.int64)
    table[rng.random(table.shape) < 0.15] = 0
    return table


@pytest.mark.parametrize("seed", range(8))
def test_totals_that_other_pages_show_count_as_known(seed):
    choice = hide_table(_some_table(np.random.default_rng(seed)), limit=10, totals_stay=True)
    totals = np.zeros(choice.counts.shape, dtype=bool)
    totals[-1, :] = totals[:, -1] = True
    # Only the small ones are hidden elsewhere too.
    assert (choice.hidden[totals] == choice.small[totals]).all()
    inner = choice.small & ~totals
    if choice.withheld:
        assert choice.hidden[~totals].all()
        return
    # What is known elsewhere of a small total: that it is small.
    marked = Hidden(choice.counts, choice.small, choice.hidden, choice.limit, withheld=False)
    least, most = possible_counts(marked, small_totals=True)
    assert (least[inner] == 1).all()
    assert (most[inner] == 9).all()


def test_a_table_that_known_totals_give_away_is_withheld_without_marks():
    # Of 24 in the first row, 20 are all that the second column has beside the known 30.
    flows = pd.DataFrame(
        [("x", "u", 4), ("x", "v", 20), ("y", "u", 0), ("y", "v", 30)], columns=["a", "b", "n"]
    )
    shown = suppress_flows(flows, "n", rows="a", columns="b", limit=10)
    assert shown.attrs["withheld"]
    assert shown["n_shown"].tolist() == ["hidden"] * 4
    assert shown["n"].isna().all()
    assert shown.attrs["columns_hidden"] == ["u"]


def test_rounded_counts_keep_their_order_and_tell_nothing_of_a_few():
    every = pd.Series(np.arange(200))
    near = rounded(every, limit=10)
    assert near.isna().tolist() == [1 <= n <= 9 for n in every]
    known = near.dropna().astype("int64")
    assert (known % 10 == 0).all()
    assert known.is_monotonic_increasing
    assert ((known - every[known.index]).abs() <= 5).all()
    pd.testing.assert_series_equal(rounded(known, limit=10), known.astype("Int64"))
    odd = rounded(pd.Series([3, 7, 10, 11]), limit=7)
    assert odd.astype("object").tolist() == [pd.NA, 7, 7, 14]


def test_a_total_is_the_sum_of_its_rounded_parts():
    frame = pd.DataFrame(
        {"step": [1, 1, 1, 2, 2, 2], "who": ["(all)", "S01", "S02"] * 2,
         "n": [48, 24, 24, 21, 14, 7], "m": [28, 24, 4, 0, 0, 0]}
    )  # fmt: skip
    before = frame.copy()
    shown = round_counts(frame, "n", "m", limit=10, parts="who", within=["step"])
    assert shown["n"].astype("object").tolist() == [40, 20, 20, pd.NA, pd.NA, pd.NA]
    assert shown["m"].astype("object").tolist() == [20, 20, pd.NA, 0, 0, 0]
    pd.testing.assert_frame_equal(frame, before)
    alone = round_counts(frame[frame["who"] == "(all)"], "n", limit=10, parts="who")
    assert alone["n"].tolist() == [50, 20]


def test_flows_between_segments_keep_their_totals_where_they_can():
    flows = pd.DataFrame(
        [("A", "A", 400), ("A", "B", 4), ("A", "C", 60), ("B", "A", 30), ("B", "B", 500),
         ("B", "C", 20), ("C", "A", 25), ("C", "B", 35), ("C", "C", 300)],
        columns=["before", "now", "customers"],
    ).assign(share=0.1)  # fmt: skip
    shown = suppress_flows(
        flows, "customers", rows="before", columns="now", limit=10, derived=["share"]
    )
    text = shown.set_index(["before", "now"])["customers_shown"]
    assert text["A", "B"] == "<10"
    # One more in its row, one more in its column, and the one where these two meet.
    assert (text == "hidden").sum() == 3
    assert shown.attrs == {
        "withheld": False, "rows_hidden": [], "columns_hidden": [], "total_hidden": False,
    }  # fmt: skip
    assert (shown["share"].isna() == shown["customers"].isna()).all()
    alone = flows[flows["customers"] > 10].iloc[:3].assign(customers=[4, 50, 60])
    only = suppress_flows(alone, "customers", rows="before", columns="now", limit=10)
    assert only.attrs["withheld"]
    assert set(only["customers_shown"]) == {"hidden"}
