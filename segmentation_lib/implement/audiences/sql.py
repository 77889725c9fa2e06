"""Audiences as SQL: one view that gives each customer the segment of the first rule that matches.

The expressions are built as trees and written by sqlglot, so names are quoted and values escaped
for the database in question. Nothing in them depends on how a database treats a missing value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from sqlglot import exp

from segmentation_lib.implement.audiences.fields import check_clauses, check_fields
from segmentation_lib.implement.audiences.priority import by_priority
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind

__all__ = ["DIALECTS", "Dialect", "any_of", "audience_condition", "audiences_sql", "view_sql"]

Dialect: TypeAlias = Literal["duckdb", "postgres", "spark"]
DIALECTS: Final[tuple[Dialect, ...]] = ("duckdb", "postgres", "spark")
_COMPARISONS: Mapping[str, type[exp.Binary]] = {
    "=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip


def audiences_sql(
    audiences: Sequence[Audience],
    fields: Mapping[str, FieldKind],
    *,
    dialect: Dialect,
    view: str,
    table: str = "features",
) -> str:
    """Return a view ``customer_id, segment_id`` with one CASE over all rules, by priority.

    A customer whom no rule matches, or whom the exclusions name, has no segment.

    Args:
        audiences: The audiences, in any order; of these the priorities decide.
        fields: Kind of each column of the table, from `kinds_of`.
        dialect: The database.
        view: Name of the view, such as ``acme_audiences``.
        table: Name of the table, with the columns of `rule_table`.

    Raises:
        ContractError: A rule asks for a field that is not there, or two share a priority.
    """
    if not audiences:
        segment: Any = exp.cast(exp.null(), "text")
    else:
        case = exp.Case()
        for one in by_priority(audiences):
            case = case.when(audience_condition(one, fields), exp.Literal.string(one.segment_id))
        segment = case
    query = exp.select(
        exp.column("customer_id", quoted=True),
        exp.alias_(segment, "segment_id", quoted=True),
    ).from_(exp.to_identifier(table, quoted=True))
    return view_sql(query, dialect=dialect, view=view)


def view_sql(query: Any, *, dialect: Dialect, view: str) -> str:
    """Return the statement that makes a view of a query, or replaces it."""
    create = exp.Create(
        this=exp.to_identifier(view, quoted=True), kind="VIEW", replace=True, expression=query
    )
    return create.sql(dialect=dialect, pretty=True) + ";\n"


def audience_condition(audience: Audience, fields: Mapping[str, FieldKind]) -> Any:
    """Return who is in an audience, as an expression that is true or false and never null.

    Args:
        audience: The audience.
        fields: Kind of each column of the table.

    Raises:
        ContractError: A field is missing or of another kind.
    """
    check_fields(audience, fields)
    parts = [
        exp.and_(*(_condition(clause, fields) for clause in part.all)) for part in audience.any
    ]
    condition = exp.or_(*parts)
    if not audience.exclude:
        return condition
    banned = exp.paren(any_of(audience.exclude, fields))
    return exp.and_(condition, exp.not_(banned))


def any_of(clauses: Sequence[Clause], fields: Mapping[str, FieldKind]) -> Any:
    """Return who matches one of the clauses, as an expression that is never null.

    Raises:
        ContractError: A field is missing or of another kind.
    """
    check_clauses(clauses, fields, where="audiences.exclude")
    return exp.or_(*(_condition(clause, fields) for clause in clauses))


def _condition(clause: Clause, fields: Mapping[str, FieldKind]) -> Any:
    found = _value_of(clause.field, fields[clause.field])
    if clause.op == "is_null":
        missing = exp.Is(this=found, expression=exp.null())
        return missing if clause.value else exp.not_(missing)
    default = exp.true() if clause.passes_null else exp.false()
    return exp.Coalesce(this=exp.paren(_compared(clause, found)), expressions=[default])


def _compared(clause: Clause, found: Any) -> Any:
    value = clause.value
    if not isinstance(value, tuple):
        return _COMPARISONS[clause.op](this=found, expression=_literal(value))
    literals = [_literal(one) for one in value]
    if clause.op == "between":
        return exp.Between(this=found, low=literals[0], high=literals[1])
    within = exp.In(this=found, expressions=literals)
    return within if clause.op == "in" else exp.not_(within)


def _value_of(field: str, kind: FieldKind) -> Any:
    column = exp.column(field, quoted=True)
    if kind == "text":
        return exp.cast(column, "text")
    # Databases sort not-a-number above all others; here it is a missing value.
    return exp.func("NULLIF", exp.cast(column, "double"), _literal(float("nan")))


def _literal(value: float | str) -> Any:
    if isinstance(value, str):
        return exp.Literal.string(value)
    text = "NaN" if value != value else repr(value)
    # As text, it is read to the last bit, and not as a decimal of its own type.
    return exp.cast(exp.Literal.string(text), "double")
