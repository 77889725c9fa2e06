"""Tests of what an expression may be."""

from __future__ import annotations

import pytest

from segmentation_lib.prepare.expressions import columns_named, plain_sql, quoted


@pytest.mark.parametrize(
    ("sql", "plain", "columns"),
    [
        ("Quantity*UnitPrice -- pounds", "Quantity * UnitPrice", {"Quantity", "UnitPrice"}),
        ('"Order Date"', '"Order Date"', {"Order Date"}),
        ("orders.amount", "orders.amount", {"amount"}),
        ("count(*)", "COUNT(*)", set()),
        ("lag(x) over (order by y)", "LAG(x) OVER (ORDER BY y)", {"x", "y"}),
        ("CASE WHEN a > 1 THEN b END", "CASE WHEN a > 1 THEN b END", {"a", "b"}),
    ],
)
def test_expressions_that_are_taken(sql, plain, columns):
    assert plain_sql(sql) == plain
    assert columns_named(sql) == columns


@pytest.mark.parametrize(
    "sql",
    [
        "(select 1)",
        "a; drop table x",
        "a, b",
        "a from t",
        "a as b",
        "*",
        "orders.*",
        "exists(select 1)",
        "case when",
        "count(*) + (select 1)",
        "x in (select 1)",
        "distinct a",
        "a where b",
        "a union select 1",
        "",
    ],
)
def test_expressions_that_are_refused(sql):
    with pytest.raises(ValueError, match=r".+"):
        plain_sql(sql)


def test_quotes_in_names_are_doubled():
    assert quoted('a "b"') == '"a ""b"""'
