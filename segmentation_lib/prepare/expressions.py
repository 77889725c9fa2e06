"""SQL expressions of the parameter file: what they name, and whether the engine takes them.

An expression is one value per row (or per group). Statements, subqueries and further clauses are
refused, so a parameter file can compute but not read or change anything.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

import duckdb
import ibis.expr.types as ir
import sqlglot
from ibis.common.exceptions import IbisError
from sqlglot import exp

from segmentation_lib.engine import Engine
from segmentation_lib.faults import Fault

__all__ = [
    "ENGINE_ERRORS",
    "check_expression",
    "columns_named",
    "failure",
    "missing_column",
    "plain_sql",
    "quoted",
]

ENGINE_ERRORS = (duckdb.Error, IbisError, sqlglot.errors.SqlglotError)

_ONE_VALUE = "it must be one SQL expression, without statements, subqueries or further clauses"


def quoted(column: str) -> str:
    """Return a column name quoted for SQL.

    >>> quoted("Order Date")
    '"Order Date"'
    """
    return '"' + column.replace('"', '""') + '"'


def plain_sql(sql: str) -> str:
    """Return the expression rewritten without comments.

    Args:
        sql: One expression in DuckDB's SQL.

    Raises:
        ValueError: It is not one expression; the message says why.

    >>> plain_sql("Quantity*UnitPrice -- pounds")
    'Quantity * UnitPrice'
    """
    return _parse(sql).sql(dialect="duckdb", comments=False)


def columns_named(sql: str) -> set[str]:
    """Return the names of the columns that an expression reads, as they are written.

    Raises:
        ValueError: It is not one expression.

    >>> sorted(columns_named("Quantity * orders.amount"))
    ['Quantity', 'amount']
    """
    return {column.name for column in _parse(sql).find_all(exp.Column)}


def check_expression(
    engine: Engine | None,
    table: ir.Table,
    sql: str,
    *,
    where: str,
    alias: str,
    group_by: str | None = None,
) -> list[Fault]:
    """Check that an expression can be computed over a table and, given the engine, in every row.

    Args:
        engine: Where the table lives, or ``None`` to look at names and types only.
        table: The table whose columns the expression may name.
        sql: The expression.
        where: The place in the parameter file, used in faults.
        alias: The name under which the expression may call the table.
        group_by: Column to group by if the expression must be an aggregate.

    Returns:
        No fault, or what is wrong: ``missing_column`` for a column that is not there, with the
        nearest name, and ``wrong_expression`` for everything else.
    """
    try:
        tree = _parse(sql)
    except ValueError as error:
        return [_wrong(where, sql, str(error))]
    unknown = _unknown_columns(tree, table.columns, alias)
    if unknown:
        return [missing_column(where, column, table.columns) for column in unknown]
    if group_by is None and _aggregates(tree):
        return [_wrong(where, sql, "it is an aggregate, and one value per row is needed")]
    key = f"{quoted(group_by)}, " if group_by else ""
    tail = f" GROUP BY {quoted(group_by)}" if group_by else ""
    query = f"SELECT {key}{plain_sql(sql)} AS value FROM {alias}{tail}"
    try:
        values = table.alias(alias).sql(query, dialect="duckdb")
    except ENGINE_ERRORS as error:
        return [_wrong(where, sql, _reason(error))]
    why = failure(engine, values) if engine is not None else None
    return [_fails_on_a_row(where, sql, why)] if why else []


def failure(engine: Engine, values: ir.Table) -> str | None:
    """Compute every value of a table, and say why that fails, or ``None`` if it does not."""
    # Not count(): an engine may count rows without computing the values.
    largest = {column: values[column].cast("string").max() for column in values.columns}
    try:
        engine.row(values.aggregate(**largest))
    except ENGINE_ERRORS as error:
        return _reason(error)
    return None


def missing_column(where: str, column: str, known: Collection[str]) -> Fault:
    """Return the fault of naming a column that a table does not have."""
    by_lower = {name.lower(): name for name in known if not name.startswith("_")}
    close = difflib.get_close_matches(column.lower(), by_lower, n=1, cutoff=0.5)
    listed = ", ".join(by_lower.values())
    hint = f"Did you mean {by_lower[close[0]]}?" if close else f"Its columns are: {listed}."
    return Fault(where, f"there is no column {column}", "the table must have it", hint,
                 "missing_column")  # fmt: skip


def _reason(error: BaseException) -> str:
    """Return the first line of an engine's message, without its prefix."""
    first = str(error).strip().splitlines()[0]
    return first.split("Error: ", 1)[-1].rstrip(".")


def _wrong(where: str, sql: str, why: str) -> Fault:
    return Fault(
        where,
        f"`{sql}` cannot be computed ({why})",
        _ONE_VALUE,
        "Correct the expression; it is written in DuckDB's SQL.",
        "wrong_expression",
    )


def _fails_on_a_row(where: str, sql: str, why: str) -> Fault:
    return Fault(
        where,
        f"`{sql}` fails on a row ({why})",
        "an expression must give a value, or null, in every row of the source",
        "Use try_cast or try_strptime, which give null where a value does not fit.",
        "wrong_expression",
    )


def _aggregates(tree: exp.Expression) -> bool:
    """Tell whether an aggregate stands in it that is not over a window."""
    return any(not found.find_ancestor(exp.Window) for found in tree.find_all(exp.AggFunc))


def _unknown_columns(tree: exp.Expression, known: Collection[str], alias: str) -> list[str]:
    lower = {name.lower() for name in known}
    unknown = []
    for column in tree.find_all(exp.Column):
        parts = [part.name for part in column.parts]
        if parts[0].lower() == alias.lower() and len(parts) > 1:
            parts = parts[1:]
        if parts[0].lower() not in lower and parts[0] != "*":
            unknown.append(parts[0])
    return sorted(set(unknown))


def _parse(sql: str) -> exp.Expression:
    try:
        statements = sqlglot.parse(f"SELECT {sql}\n", read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        details = getattr(error, "errors", None) or [{"description": str(error)}]
        raise ValueError(str(details[0]["description"]).rstrip(".")) from None
    statement = statements[0] if len(statements) == 1 else None
    if not isinstance(statement, exp.Select):
        raise ValueError("it is more than one expression")
    clauses = {key for key, value in statement.args.items() if value and key != "expressions"}
    if clauses - {"kind"} or len(statement.expressions) != 1:
        raise ValueError("it is more than one expression")
    value: exp.Expression = statement.expressions[0]
    stars = [star for star in value.find_all(exp.Star) if not isinstance(star.parent, exp.Count)]
    if isinstance(value, exp.Alias) or stars or value.find(exp.Query, exp.Subquery):
        raise ValueError("it holds an alias, a subquery or a star")
    return value
