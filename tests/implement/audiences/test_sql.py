"""JSON, SQL on DuckDB, SQL on PostgreSQL and Python agree on every row."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sqlglot import exp, parse

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import (
    DIALECTS,
    Audience,
    audiences_sql,
    kinds_of,
)

from .databases import ask_duckdb, ask_postgres
from .examples import TEXTS, audience, clause, random_audience, random_rows
from .reference import active_segments

VIEW = 'acme"; DROP TABLE features; --'


def _expected(audiences, frame):
    found = active_segments(audiences, frame).sort_values("customer_id")
    return [tuple(None if pd.isna(v) else v for v in row) for row in found.to_numpy()]


def _rules(seed):
    rng = np.random.default_rng(seed)
    rules = [random_audience(rng, place) for place in range(1, 4)]
    # What SQL gets went through the JSON.
    return [Audience.from_json(json.loads(rule.to_text())) for rule in rules], rng


@pytest.mark.parametrize("nan_as_null", [True, False])
def test_duckdb_agrees_with_python_on_every_row(nan_as_null):
    picked = 0
    for seed in range(10):
        rules, rng = _rules(seed)
        frame = random_rows(rng, 200)
        sql = audiences_sql(rules, kinds_of(frame), dialect="duckdb", view=VIEW)
        expected = _expected(rules, frame)
        assert ask_duckdb(frame, sql, VIEW, nan_as_null=nan_as_null) == expected
        picked += sum(segment is not None for _, segment in expected)
    assert 0.2 < picked / (10 * 200) < 0.9


@pytest.mark.parametrize("nan_as_null", [True, False])
def test_postgres_agrees_with_python_on_every_row(postgres, nan_as_null):
    for seed in range(100, 115):
        rules, rng = _rules(seed)
        frame = random_rows(rng, 200)
        sql = audiences_sql(rules, kinds_of(frame), dialect="postgres", view=VIEW)
        found = ask_postgres(postgres, frame, sql, VIEW, nan_as_null=nan_as_null)
        assert found == _expected(rules, frame)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_statement_comes_out_whatever_the_texts_hold(dialect):
    names = dict.fromkeys(TEXTS[1:], "text")
    rules = [audience([clause(name, "in", TEXTS) for name in names])]
    sql = audiences_sql(rules, names, dialect=dialect, view=VIEW, table="f'`\"; --")
    statements = parse(sql, read=dialect)
    assert len([one for one in statements if one is not None]) == 1
    literals = {str(one.this) for one in statements[0].find_all(exp.Literal)}
    assert set(TEXTS) <= literals


def test_no_audience_gives_everyone_none_and_an_unknown_field_is_refused():
    frame = random_rows(np.random.default_rng(0), 3)
    sql = audiences_sql([], kinds_of(frame), dialect="duckdb", view="v")
    assert ask_duckdb(frame, sql, "v", nan_as_null=True) == [(f"0000{i}", None) for i in range(3)]
    with pytest.raises(ContractError, match="no such column"):
        audiences_sql([audience([clause("w", "=", 1)])], kinds_of(frame), dialect="spark", view="v")
    with pytest.raises(ContractError, match="compares like with like"):
        audiences_sql(
            [audience([clause("plan", "=", 1)])], kinds_of(frame), dialect="spark", view="v"
        )
