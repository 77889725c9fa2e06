"""The exact audience: the model's own scoring as SQL, the same answer as in Python on every row.

A rule of a few clauses is an approximation; this is not. It is what to activate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
from sqlglot import exp, parse_one

from segmentation_lib.cluster import Model, score_expression
from segmentation_lib.implement.audiences.fields import STATE
from segmentation_lib.implement.audiences.rule import Clause, FieldKind
from segmentation_lib.implement.audiences.sql import Dialect, any_of, view_sql

__all__ = ["exact_sql"]

# Spark's own writer needs Spark to be installed; this is the same language.
_WRITERS: Mapping[Dialect, str] = {
    "duckdb": "duckdb",
    "postgres": "postgres",
    "spark": "databricks",
}


def exact_sql(
    model: Model,
    fields: Mapping[str, FieldKind],
    *,
    dialect: Dialect,
    view: str,
    table: str = "features",
    exclude: Sequence[Clause] = (),
) -> str:
    """Return a view ``customer_id, segment_id`` that scores customers as `cluster.score` does.

    Only ACTIVE customers have a segment; ties go to the first one; missing values are filled as
    the model says, and who lacks a value that it needs has no segment.

    Args:
        model: The model.
        fields: Kind of each column of the table, from `kinds_of`.
        dialect: The database. Spark is written, but not run by our tests.
        view: Name of the view, such as ``acme_segments``.
        table: Name of the table, with the columns of `rule_table`.
        exclude: Who matches one of these is not in the view at all, such as `NO_CONSENT`.

    Raises:
        ContractError: The table lacks a column that the model or an exclusion needs.
    """
    names = [name for name in model.transforms.names if name in fields]
    kinds = {name: "float64" if fields[name] == "number" else "string" for name in names}
    source = ibis.table({"customer_id": "string", STATE: "string", **kinds}, name=table)
    scored = score_expression(model, source.rename(state=STATE))
    scored = scored.select("customer_id", "segment_id")
    query: Any = parse_one(
        str(ibis.to_sql(scored, dialect=_WRITERS[dialect])), read=_WRITERS[dialect]
    )
    if exclude:
        first = query.find(exp.CTE).this
        first.where(exp.not_(exp.paren(any_of(exclude, fields))), copy=False)
    if dialect == "postgres":
        # It would put each step into the next one wherever that mentions it, again and again.
        for step in query.find_all(exp.CTE):
            step.set("materialized", True)
    return view_sql(_named(query), dialect=dialect, view=view)


def _named(query: Any) -> Any:
    """Name the steps by their place: the names that come with them differ from run to run."""
    steps = [step.alias for step in query.find_all(exp.CTE)]
    names = {old: f"step_{place}" for place, old in enumerate(steps, start=1)}
    for identifier in query.find_all(exp.Identifier):
        if identifier.name in names:
            identifier.set("this", names[identifier.name])
    return query
