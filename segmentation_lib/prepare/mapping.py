"""Mapping: from a source's own columns to a canonical table with the contract's types.

A value that does not fit its column's type is a fault with a count and examples; it is never
turned into an empty value in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segmentation_lib.engine import Engine, SourceTable
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.sources import CustomerSource, TableSource
from segmentation_lib.prepare.attributes import attribute_kinds
from segmentation_lib.prepare.casts import cast_faults, cast_value, ids_like_floats
from segmentation_lib.prepare.columns import SOURCE, choose_columns, text_columns
from segmentation_lib.prepare.contract import CONTRACT, ColumnKind
from segmentation_lib.prepare.expressions import (
    check_expression,
    plain_sql,
    quoted,
)
from segmentation_lib.prepare.names import slug

__all__ = ["Mapped", "map_source"]

_RAW = "raw_"


@dataclass(frozen=True)
class Mapped:
    """A source mapped to its canonical table, nothing taken away yet.

    Attributes:
        name: The canonical table.
        table: Canonical columns, and `_row` (place in the source, from 0), `_met` (whether the
            row meets the source's ``where``) and `_copy` (how many equal source rows stand
            before it; null unless asked for).
        repeated: Source rows that meet ``where`` and repeat an earlier row in every column;
            ``None`` if they were not counted.
        kinds: Kind of every canonical column.
        levels: Levels in order, of ordered categories.
        faults: Values that do not fit their column.
    """

    name: str
    table: ir.Table
    repeated: int | None
    kinds: Mapping[str, ColumnKind]
    levels: Mapping[str, tuple[str, ...]]
    faults: tuple[Fault, ...]


def map_source(engine: Engine, name: str, source: TableSource, *, number_copies: bool) -> Mapped:
    """Map a source to its canonical table.

    Args:
        engine: Where the source is read.
        name: The canonical table.
        source: The source and its mapping.
        number_copies: Whether to number exactly repeated rows, if there are any, so that they
            can be dropped.

    Returns:
        The mapped table, with the faults of its values.

    Raises:
        ContractError: The file, a column or an expression is at fault; all such faults of the
            source are listed.
    """
    contract = CONTRACT[name]
    opened = engine.read(name, source, text=text_columns(contract, source))
    chosen, faults = choose_columns(engine, contract, source, opened)
    if source.where is not None:
        where = f"data.{name}.where"
        faults += check_expression(engine, opened.table, source.where, where=where, alias=SOURCE)
    if faults:
        raise ContractError(faults)
    repeated = _repeated(engine, opened, source) if name in ("orders", "events") else None
    raw = _raw_table(opened, chosen, source, number_copies=number_copies and bool(repeated))
    kinds: dict[str, ColumnKind] = {**contract.kinds, **_declared_kinds(source)}
    kinds |= attribute_kinds(engine, raw, {c: _RAW + c for c in chosen if c not in kinds})
    values = {column: (_RAW + column, kinds[column]) for column in chosen}
    return Mapped(
        name=name,
        table=_typed(engine, raw, values, is_text=opened.is_text),
        repeated=repeated,
        kinds={column: kinds[column] for column in chosen},
        levels=_levels(source),
        faults=tuple(cast_faults(engine, name, raw, values)),
    )


def _declared_kinds(source: TableSource) -> dict[str, ColumnKind]:
    if not isinstance(source, CustomerSource):
        return {}
    kinds: dict[str, ColumnKind] = {slug(column): "text" for column in source.personal}
    for column, kind in source.types.items():
        kinds[slug(column)] = "number" if kind == "number" else "text"
    return kinds


def _levels(source: TableSource) -> dict[str, tuple[str, ...]]:
    types = source.types if isinstance(source, CustomerSource) else {}
    return {slug(column): kind for column, kind in types.items() if isinstance(kind, tuple)}


def _raw_table(
    opened: SourceTable, chosen: Mapping[str, str], source: TableSource, *, number_copies: bool
) -> ir.Table:
    """Return the chosen columns untyped, with `_row`, `_met` and `_copy`."""
    table = opened.table
    own = [table[column] for column in table.columns]
    copy = ibis.row_number().over(group_by=own) if number_copies else ibis.null("int64")
    numbered = table.mutate(_row=ibis.row_number(), _copy=copy)
    values = [f"{sql} AS {quoted(_RAW + column)}" for column, sql in chosen.items()]
    condition = plain_sql(source.where) if source.where is not None else "true"
    met = f"coalesce(CAST(({condition}) AS BOOLEAN), false) AS _met"
    query = f"SELECT {', '.join(values)}, _row, _copy, {met} FROM {SOURCE}"
    return numbered.alias(SOURCE).sql(query, dialect="duckdb")


def _typed(
    engine: Engine,
    raw: ir.Table,
    values: Mapping[str, tuple[str, ColumnKind]],
    *,
    is_text: bool,
) -> ir.Table:
    ids = [source for source, kind in values.values() if kind == "id" and is_text]
    floats = ids_like_floats(engine, raw, ids)
    typed = {
        column: cast_value(
            raw[source].re_replace(r"\.0\s*$", "") if source in floats else raw[source], kind
        )
        for column, (source, kind) in values.items()
    }
    return raw.select(**typed, _row=raw["_row"], _copy=raw["_copy"], _met=raw["_met"])


def _repeated(engine: Engine, opened: SourceTable, source: TableSource) -> int:
    """Count rows that repeat an earlier row in every column of the source."""
    table = opened.table
    if source.where is not None:
        query = f"SELECT * FROM {SOURCE} WHERE {plain_sql(source.where)}"
        table = table.alias(SOURCE).sql(query, dialect="duckdb")
    groups = table.group_by(list(table.columns)).aggregate(copies=table.count())
    return int(engine.row(groups.aggregate(repeated=(groups["copies"] - 1).sum()))["repeated"] or 0)
