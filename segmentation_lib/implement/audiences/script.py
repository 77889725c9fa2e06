"""The SQL file of a project: the exact segments, and the short rules beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from sqlglot import exp

from segmentation_lib.cluster import Model
from segmentation_lib.implement.audiences.exact import exact_sql
from segmentation_lib.implement.audiences.fields import CONSENT, STATE, Field
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind, Source
from segmentation_lib.implement.audiences.sql import Dialect, audiences_sql

__all__ = ["project_sql"]

_EXACT = "-- The exact segments, as the model scores them. Activate these.\n"
_RULES = "-- The short rules that are true enough, by priority. Others are left out.\n"
_TYPES: Mapping[Dialect, Mapping[FieldKind, str]] = {
    "duckdb": {"text": "VARCHAR", "number": "DOUBLE"},
    "postgres": {"text": "text", "number": "double precision"},
    "spark": {"text": "STRING", "number": "DOUBLE"},
}
_WIDTH = 97


def project_sql(
    model: Model,
    audiences: Sequence[Audience],
    fields: Mapping[str, Field],
    *,
    dialect: Dialect,
    project: str,
    source: Source,
    table: str = "features",
    exclude: Sequence[Clause] = (),
) -> str:
    """Return the file that makes the views ``<project>_segments`` and ``<project>_audiences``.

    Both have ``customer_id, segment_id``. A comment on top says what the table must hold, and
    where that comes from.

    Args:
        model: The model; its scoring is the first view.
        audiences: The audiences of the second view; none gives everyone no segment.
        fields: What each column of the table holds, from `fields_of`.
        dialect: The database.
        project: Name of the project.
        source: What the rules are made from.
        table: Name of the table, with the columns of `rule_table`.
        exclude: Who matches one of these is not in the first view; audiences have their own.

    Raises:
        ContractError: The table lacks a column that the model or a rule needs.
    """
    kinds = {name: field.kind for name, field in fields.items()}
    views = f"{project}_segments", f"{project}_audiences"
    exact = exact_sql(model, kinds, dialect=dialect, view=views[0], table=table, exclude=exclude)
    rules = audiences_sql(audiences, kinds, dialect=dialect, view=views[1], table=table)
    head = _head(fields, dialect, views=views, source=source, table=table)
    return f"{head}\n{_EXACT}{exact}\n{_RULES}{rules}"


def _head(
    fields: Mapping[str, Field],
    dialect: Dialect,
    *,
    views: tuple[str, str],
    source: Source,
    table: str,
) -> str:
    lines = [
        f"The views {views[0]} (exact) and {views[1]} (short rules), by model {source.model_hash}.",
        "",
        f"They read the table {table}: one row per customer, and nothing else is needed.",
    ]
    for name, field in fields.items():
        unit = f", {field.unit}" if field.unit else ""
        told = f"{name} ({_TYPES[dialect][field.kind]}{unit}): {field.meaning}"
        lines += textwrap.wrap(told, _WIDTH, initial_indent="  ", subsequent_indent="      ")
    lines += [
        "",
        "Missing values are null. The segments are those of the day the table is of; the run's is",
        f"{source.as_of}, the last day that counts, and {source.window_days} days back from it.",
        f"The values are in the run's folder: features_close.parquet (state is {STATE} here)",
        f"and consent.parquet (marketing_consent is {CONSENT} here, true or false)."
        if CONSENT in fields
        else "and there is no consent in the data.",
        "In DuckDB, this makes the table there:",
        "",
        *_made(fields, table).splitlines(),
    ]
    return "".join(f"-- {_one_line(line)}".rstrip() + "\n" for line in lines)


def _made(fields: Mapping[str, Field], table: str) -> str:
    """The statement that makes the table from the run's folder."""
    ours = {"customer_id", STATE, CONSENT}
    columns = ['f."customer_id"', f'f."state" AS "{STATE}"']
    columns += [f'CAST(c."marketing_consent" AS VARCHAR) AS "{CONSENT}"'] * (CONSENT in fields)
    columns += [f"f.{_quoted(name)}" for name in fields if name not in ours]
    joined = ["LEFT JOIN 'consent.parquet' AS c USING (\"customer_id\")"] * (CONSENT in fields)
    return "\n".join(
        [
            f"CREATE TABLE {_quoted(table)} AS SELECT",
            *(f"  {column}," for column in columns[:-1]),
            f"  {columns[-1]}",
            "FROM 'features_close.parquet' AS f",
            *joined,
        ]
    ) + ";"  # fmt: skip


def _quoted(name: str) -> str:
    return str(exp.to_identifier(name, quoted=True).sql(dialect="duckdb"))


def _one_line(text: str) -> str:
    """A comment ends with its line, so nothing in it may start another one."""
    return " ".join(text.splitlines())
