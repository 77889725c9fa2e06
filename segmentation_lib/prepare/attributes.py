"""Attributes: columns that no contract names, their kinds, and the features they make."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from segmentation_lib.engine import Engine
from segmentation_lib.params.models import Params
from segmentation_lib.params.sources import CustomerSource
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.contract import ColumnKind
from segmentation_lib.prepare.names import slug
from segmentation_lib.prepare.tables import Cleaned, Tables

__all__ = ["attribute_features", "attribute_kinds"]

_MOST_LEVELS = 50


def attribute_kinds(
    engine: Engine, table: ir.Table, columns: Mapping[str, str]
) -> dict[str, ColumnKind]:
    """Return the kind of each column from its type and, where that is text, its values.

    Numbers are ``number``; dates, and text that holds nothing but ISO dates, are ``time``;
    everything else is ``text``.

    Args:
        engine: Where the table is computed.
        table: The table.
        columns: The columns of the table to look at, by the name under which to return them.
    """
    kinds: dict[str, ColumnKind] = {}
    texts: dict[str, ir.StringValue] = {}
    for name, column in columns.items():
        dtype = table[column].type()
        if dtype.is_numeric() and not dtype.is_boolean():
            kinds[name] = "number"
        elif dtype.is_timestamp() or dtype.is_date():
            kinds[name] = "time"
        else:
            kinds[name] = "text"
            if dtype.is_string():
                texts[name] = table[column].strip().nullif("")
    if texts:
        checks = {f"{name} given": value.count() for name, value in texts.items()}
        checks |= {name: _is_iso_date(value).sum() for name, value in texts.items()}
        counts = engine.row(table.aggregate(**checks))
        for name in texts:
            if counts[f"{name} given"] and counts[f"{name} given"] == counts[name]:
                kinds[name] = "time"
    return kinds


def attribute_features(tables: Tables | Cleaned, params: Params) -> list[Feature]:
    """Return the customers' attributes as features.

    Ids, dates, identity and contact columns make none. Neither does text with more than 50
    different values, which names customers and does not group them, unless the parameters name it.

    Args:
        tables: The canonical tables.
        params: All parameters.
    """
    if "customers" not in tables:
        return []
    source = params.data.customers
    personal = {slug(c) for c in source.personal} if isinstance(source, CustomerSource) else set()
    kinds = {
        column: kind
        for column, kind in tables.kinds["customers"].items()
        if kind not in ("id", "time") and column not in personal
    }
    named = {*(params.prepare.features or ()), *(params.prepare.descriptors or ()), *tables.levels}
    many = _many_levels(tables, [c for c, k in kinds.items() if k == "text" and c not in named])
    return [
        _attribute(column, kind, tables.levels.get(column, ()))
        for column, kind in kinds.items()
        if column not in many
    ]


def _is_iso_date(value: ir.StringValue) -> ir.BooleanValue:
    return value.re_search(r"^\d{4}-\d{2}-\d{2}") & value.try_cast("timestamp").notnull()


def _many_levels(tables: Tables | Cleaned, columns: list[str]) -> set[str]:
    if not columns:
        return set()
    customers = tables["customers"]
    counts = tables.engine.row(customers.aggregate(**{c: customers[c].nunique() for c in columns}))
    return {column for column, levels in counts.items() if levels > _MOST_LEVELS}


def _attribute(column: str, kind: ColumnKind, levels: tuple[str, ...]) -> Feature:
    readable = column.replace("_", " ").capitalize()
    order = f", from {levels[0]} to {levels[-1]}" if levels else ""
    return Feature(
        column,
        "customers",
        (f"customers.{column}",),
        "",
        f"{readable} as the customers table has it{order}; undated.",
        lambda rows, as_of: rows[column],
        kind="number" if kind == "number" else "ordered" if levels else "category",
        levels=levels,
        window="undated",
        missing="impute" if kind == "number" else "unknown",
    )
