"""Hard checks: faults of the data that stop a quarter before anything is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from segmentation_lib.faults import Fault
from segmentation_lib.params.models import Params
from segmentation_lib.params.sources import CustomerSource
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.names import counted, slug
from segmentation_lib.prepare.tables import Tables

__all__ = ["hard_faults"]

_FAR_AHEAD_DAYS = 366


def hard_faults(tables: Tables, params: Params, unread: Mapping[str, set[str]]) -> list[Fault]:
    """Check the rows that are kept against the contract.

    Args:
        tables: The mapped tables.
        params: All parameters.
        unread: Per table, columns with values that could not be read; their empty values have
            a fault already.

    Returns:
        The faults, with codes ``null_key``, ``future_date``, ``wrong_currency``,
        ``empty_quarter``, ``quarter_not_covered``, ``duplicate_customer`` and
        ``value_out_of_range``.
    """
    faults: list[Fault] = []
    for name in tables:
        facts = _facts(tables, name, params)
        faults += _null_keys(name, facts, unread.get(name, set()))
        faults += _future(name, facts, params)
        faults += _currency(name, facts, params)
        if name in ("orders", "events"):
            faults += _quarter(name, facts, params)
    if "customers" in tables:
        faults += _duplicate_customers(tables)
        faults += _ranges(tables, params)
        faults += _unknown_levels(tables)
    return faults


def _latest_allowed(params: Params) -> date:
    """Return the first day that no row may reach."""
    if params.data.extracted_on is not None:
        return params.data.extracted_on + timedelta(days=1)
    return params.window.end + timedelta(days=_FAR_AHEAD_DAYS)


def _facts(tables: Tables, name: str, params: Params) -> dict[str, Any]:
    """Return all counts of one table in one pass."""
    table = tables[name]
    contract = CONTRACT[name]
    facts: dict[str, ir.Scalar] = {"rows": table.count()}
    for column in contract.required:
        facts[f"null_{column}"] = table[column].isnull().sum()
    time = contract.time
    if time is not None and time in table.columns:
        at = table[time]
        window = params.window
        inside = (at >= _start(window.start)) & (at < _start(window.end))
        facts |= {
            "last": at.max(),
            "future": (at >= _start(_latest_allowed(params))).sum(),
            "in_quarter": inside.sum(),
        }
    if "currency" in table.columns:
        other = table["currency"].upper() != params.data.currency
        facts |= {
            "other_currency": other.sum(),
            "example_currency": ibis.ifelse(other, table["currency"], None).min(),
        }
    return tables.engine.row(table.aggregate(**facts))


def _start(day: date) -> ir.TimestampScalar:
    return ibis.timestamp(datetime(day.year, day.month, day.day))


def _null_keys(name: str, facts: Mapping[str, Any], unread: set[str]) -> list[Fault]:
    faults = []
    for column in CONTRACT[name].required:
        empty = facts[f"null_{column}"] or 0
        if empty and column not in unread:
            faults.append(
                Fault(
                    f"{name}.{column}",
                    f"{empty:,} of {facts['rows']:,} rows have no {column}",
                    "a required column may not be empty",
                    "Correct the source, or take the rows away under prepare.exclude: "
                    f'- {{name: "No {column}", table: {name}, where: "{column} is null"}}',
                    "null_key",
                )
            )
    return faults


def _future(name: str, facts: Mapping[str, Any], params: Params) -> list[Fault]:
    if not facts.get("future"):
        return []
    first = _latest_allowed(params)
    if params.data.extracted_on is not None:
        rule = f"no row may be dated after data.extracted_on ({params.data.extracted_on})"
        fix = "Correct data.extracted_on, or take the rows away by an exclusion rule."
    else:
        rule = f"no row may be dated more than {_FAR_AHEAD_DAYS} days after the close"
        fix = (
            "Correct the dates, or take the rows away by an exclusion rule; set data.extracted_on "
            "to say when the data was extracted."
        )
    found = (
        f"{counted(facts['future'], 'row')} dated {first} or later, up to {facts['last']:%Y-%m-%d}"
    )
    return [Fault(f"{name}.{CONTRACT[name].time}", found, rule, fix, "future_date")]


def _currency(name: str, facts: Mapping[str, Any], params: Params) -> list[Fault]:
    if not facts.get("other_currency"):
        return []
    return [
        Fault(
            f"{name}.currency",
            f"{counted(facts['other_currency'], 'row')} in another currency, such as "
            f"{facts['example_currency']}",
            f"all amounts must be in data.currency ({params.data.currency})",
            "Convert them in the source, take them away by an exclusion rule, or correct "
            "data.currency.",
            "wrong_currency",
        )
    ]


def _quarter(name: str, facts: Mapping[str, Any], params: Params) -> list[Fault]:
    window = params.window
    if not facts["in_quarter"]:
        last = (
            f"the last row is of {facts['last'].date().isoformat()}"
            if facts["last"]
            else "it is empty"
        )
        return [
            Fault(
                f"{name}.{CONTRACT[name].time}",
                f"no row lies in the quarter {params.period} ({last})",
                f"a quarter needs rows from {window.start} to {window.last_day}",
                "Give newer data, correct period, or leave the table out; partial: true helps only "
                "once the quarter has begun.",
                "empty_quarter",
            )
        ]
    reached = facts["last"].date()
    what = "the last row is of"
    if params.data.extracted_on is not None and params.data.extracted_on < reached:
        reached, what = params.data.extracted_on, "the data was extracted on"
    missing = (window.last_day - reached).days
    if params.partial or missing <= params.prepare.coverage_days:
        return []
    return [
        Fault(
            f"{name}.{CONTRACT[name].time}",
            f"{what} {reached}, {missing} days before the quarter's last day ({window.last_day})",
            f"the data must reach within {params.prepare.coverage_days} days of it "
            "(prepare.coverage_days)",
            "Wait for the rest of the data, or set partial: true to run an unfinished quarter.",
            "quarter_not_covered",
        )
    ]


def _duplicate_customers(tables: Tables) -> list[Fault]:
    customers = tables["customers"].filter(lambda t: t["customer_id"].notnull())
    twice = customers.group_by("customer_id").aggregate(rows=customers.count())
    twice = twice.filter(twice["rows"] > 1)
    count = tables.engine.row(twice.aggregate(ids=twice.count()))["ids"]
    if not count:
        return []
    shown = tables.engine.frame(twice.order_by("customer_id").limit(3))["customer_id"]
    return [
        Fault(
            "customers.customer_id",
            f"{counted(count, 'id')} in more than one row, such as {', '.join(shown)}",
            "a customer has one row",
            "Keep one row per customer in the source, or select one by data.customers.where.",
            "duplicate_customer",
        )
    ]


def _ranges(tables: Tables, params: Params) -> list[Fault]:
    source = params.data.customers
    ranges = source.ranges if isinstance(source, CustomerSource) else {}
    customers = tables["customers"]
    faults = []
    for column, (low, high) in ranges.items():
        where = f"data.customers.ranges.{column}"
        name = slug(column)
        if tables.kinds["customers"].get(name) != "number":
            rule = "a range needs a column of numbers"
            fix = "Take the range away, or correct the column."
            found = f"customers.{column} holds no numbers"
            faults.append(Fault(where, found, rule, fix, "text_in_number"))
            continue
        value = customers[name]
        outside = customers.filter((value < low) | (value > high))
        facts = tables.engine.row(
            outside.aggregate(
                rows=outside.count(), low=outside[name].min(), high=outside[name].max()
            )
        )
        if facts["rows"]:
            span = f"from {facts['low']:g} to {facts['high']:g}"
            found = f"{counted(facts['rows'], 'value')} outside, {span}"
            rule = f"values must lie from {low:g} to {high:g} ({where})"
            fix = "Correct the source, widen the range, or take the rows away by an exclusion rule."
            faults.append(Fault(f"customers.{name}", found, rule, fix, "value_out_of_range"))
    return faults


def _unknown_levels(tables: Tables) -> list[Fault]:
    faults = []
    customers = tables["customers"]
    for column, levels in tables.levels.items():
        other = customers.filter(customers[column].notnull() & ~customers[column].isin(levels))
        facts = tables.engine.row(other.aggregate(rows=other.count(), example=other[column].min()))
        if facts["rows"]:
            found = (
                f"{counted(facts['rows'], 'value')} of no known level, such as {facts['example']!r}"
            )
            rule = f"its levels are {', '.join(levels)} (data.customers.types.{column})"
            fix = "Correct the source, or add the level at its place in the order."
            faults.append(Fault(f"customers.{column}", found, rule, fix, "value_out_of_range"))
    return faults
