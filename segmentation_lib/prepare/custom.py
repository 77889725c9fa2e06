"""Custom features: expressions of the parameter file, kept from looking into the quarter."""

from __future__ import annotations

from datetime import date

from segmentation_lib.faults import Fault
from segmentation_lib.params.models import CustomFeature, Params
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.expressions import check_expression, columns_named, plain_sql
from segmentation_lib.prepare.names import counted
from segmentation_lib.prepare.tables import Cleaned, Tables
from segmentation_lib.prepare.windows import start_of

__all__ = ["custom_faults", "custom_feature"]

_EXAMPLES = 3


def custom_feature(name: str, custom: CustomFeature) -> Feature:
    """Return a feature of the parameter file as the catalogue describes features.

    It is measured over the lookback's rows of its table; of orders, over the lines that no
    return cancels.
    """
    return Feature(
        name,
        "lines" if custom.table == "orders" else custom.table,
        (custom.table,),
        custom.unit,
        custom.description or f"Own feature: {custom.sql}",
        window="undated" if custom.table == "customers" else "lookback",
        transform=custom.transform,
        missing=custom.missing,
        role=custom.role,
        sql=plain_sql(custom.sql),
    )


def custom_faults(
    tables: Tables | Cleaned, name: str, custom: CustomFeature, params: Params
) -> list[Fault]:
    """Check one feature of the parameter file.

    Args:
        tables: The canonical tables.
        name: The feature's name.
        custom: The feature.
        params: All parameters.

    Returns:
        Faults with codes ``feature_needs``, ``missing_column``, ``wrong_expression`` and
        ``leak``.
    """
    where = f"prepare.custom_features.{name}"
    if custom.table not in tables:
        rule, fix = "it is not given", f"Give it under data.{custom.table}, or leave {name} out."
        return [Fault(where, f"{name} needs {custom.table}", rule, fix, "feature_needs")]
    table = tables[custom.table]
    table = table.drop(*[column for column in table.columns if column.startswith("_")])
    group_by = None if custom.table == "customers" else "customer_id"
    faults = check_expression(
        tables.engine,
        table,
        custom.sql,
        where=f"{where}.sql",
        alias=custom.table,
        group_by=group_by,
    )
    if not faults and custom.table == "customers":
        return _leaks(tables, f"{where}.sql", custom, params.window.start)
    return faults


def _leaks(tables: Tables | Cleaned, where: str, custom: CustomFeature, opens: date) -> list[Fault]:
    """Refuse dates of the customers table that reach into the quarter."""
    named = {column.lower() for column in columns_named(custom.sql)}
    # A later sign-up is no leak: who has it is not known at the open.
    dated = [
        column
        for column, kind in tables.kinds["customers"].items()
        if kind == "time" and column in named and column != "signed_up_at"
    ]
    found = [(column, _late(tables, column, opens)) for column in sorted(dated)]
    return [
        Fault(
            where,
            f"customers.{column} is dated on or after the open ({opens}) in {late}",
            "a feature may only look at what was known when the quarter opened",
            "Build it from a dated table (orders, events), or leave the column out.",
            "leak",
        )
        for column, late in found
        if late
    ]


def _late(tables: Tables | Cleaned, column: str, opens: date) -> str:
    """Say how many rows known at the open hold a later date, and show some; empty if none do."""
    customers = tables["customers"]
    late = customers.filter(customers[column] >= start_of(opens))
    if "signed_up_at" in customers.columns:
        late = late.filter((late["signed_up_at"] < start_of(opens)).fill_null(True))
    rows = tables.engine.row(late.aggregate(rows=late.count()))["rows"]
    first = late.select("customer_id", at=late[column]).order_by("customer_id").limit(_EXAMPLES)
    shown = tables.engine.frame(first)
    pairs = zip(shown["customer_id"], shown["at"], strict=True)
    examples = ", ".join(f"{customer} ({at:%Y-%m-%d})" for customer, at in pairs)
    return f"{counted(rows, 'row')}, such as that of {examples}" if rows else ""
