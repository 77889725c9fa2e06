"""Tests of the rule that a return cancels an earlier purchase."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.engine import Engine
from segmentation_lib.params import DataParams, TableSource
from segmentation_lib.prepare.returns import cancelled_rows, occasions, without_cancelled


@pytest.fixture
def engine(tmp_path):
    with Engine.open(tmp_path, DataParams(orders=TableSource(path="x.csv"))) as opened:
        yield opened


def lines(engine, tmp_path, rows, *, columns=()):
    """Order lines, one a day: (customer, amount, then values of the further columns)."""
    names = ["customer_id", "amount", *columns]
    frame = pd.DataFrame(rows, columns=names)
    days = pd.date_range("2026-01-01", periods=len(frame), freq="D")
    frame = frame.assign(ordered_at=days, order_id=[f"o{i}" for i in range(len(frame))])
    frame.to_parquet(tmp_path / "lines.parquet", index=False)
    table = engine.read("orders", TableSource(path="lines.parquet")).table
    table = table.mutate(amount=table["amount"].cast("decimal(18, 4)"))
    table = table.mutate(_row=(table["ordered_at"].epoch_seconds() - 1767225600) // 86400)
    return engine.store(table, "lines")


def cancelled(engine, tmp_path, rows, *, columns=()) -> list[int]:
    table = lines(engine, tmp_path, rows, columns=columns)
    return sorted(engine.frame(cancelled_rows(table))["_row"])


@pytest.mark.parametrize(
    ("signs", "gone"),
    [
        ([1, -1], [0, 1]),
        ([-1, 1], []),
        ([-1, 1, -1], [1, 2]),
        ([1, 1, -1], [0, 2]),
        ([1, -1, -1], [0, 1]),
        ([-1, -1, 1, 1, -1, -1], [2, 3, 4, 5]),
        ([1, 1], []),
        ([1, -1, 1, -1], [0, 1, 2, 3]),
        ([0, 0], []),
    ],
)
def test_a_return_cancels_the_first_open_purchase_before_it(engine, tmp_path, signs, gone):
    assert cancelled(engine, tmp_path, [("a", 5.0 * sign) for sign in signs]) == gone


def test_only_lines_that_agree_in_everything_cancel(engine, tmp_path):
    rows = [
        ("a", 10.0, "p", 2.0),
        ("b", -10.0, "p", -2.0),  # another customer
        ("a", -10.0, "q", -2.0),  # another product
        ("a", -9.99, "p", -2.0),  # another amount
        ("a", -10.0, "p", -1.0),  # another quantity
    ]
    columns = ("product_id", "quantity")
    assert cancelled(engine, tmp_path, rows, columns=columns) == []
    rows.append(("a", -10.0, "p", -2.0))
    assert cancelled(engine, tmp_path, rows, columns=columns) == [0, 5]


def test_products_that_are_not_known_count_as_the_same(engine, tmp_path):
    rows = [("a", 10.0, None), ("a", -10.0, "p"), ("a", -10.0, None)]
    assert cancelled(engine, tmp_path, rows, columns=("product_id",)) == [0, 2]


def test_money_that_is_left_is_unchanged_by_cancelling(engine, tmp_path):
    rows = [(c, a) for c in "abc" for a in (3.0, 7.0, -3.0, 5.0, -5.0, -7.0, -1.0, 2.0)]
    table = lines(engine, tmp_path, rows)
    left = without_cancelled(table, cancelled_rows(table))
    sums = [
        engine.frame(
            t.group_by("customer_id").aggregate(s=t["amount"].sum()).order_by("customer_id")
        )
        for t in (table, left)
    ]
    assert sums[0]["s"].astype(float).tolist() == [1.0, 1.0, 1.0]
    pd.testing.assert_frame_equal(*sums)
    assert engine.row(left.aggregate(rows=left.count())) == {"rows": 6}


def test_an_occasion_is_a_day_with_positive_net_spend(engine, tmp_path):
    table = lines(engine, tmp_path, [("a", 5.0), ("a", -2.0), ("a", 3.0), ("b", 1.0), ("b", -1.0)])
    day = table["ordered_at"].date()
    same_day = table.mutate(day=(table["_row"] <= 1).ifelse(day.min().as_scalar(), day))
    found = engine.frame(occasions(same_day).order_by("customer_id", "day"))
    assert found["customer_id"].tolist() == ["a", "a", "b"]
    assert found["spend"].astype(float).tolist() == [3.0, 3.0, 1.0]


def test_refund_of_a_whole_order_leaves_frequency_and_no_money(shop):
    frame = shop.snapshot().features_open.set_index("customer_id")
    assert frame.loc["b", ["frequency", "monetary"]].tolist() == [0.0, 0.0]
