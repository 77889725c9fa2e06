"""Exclusions: which rule takes a row away, and what each rule takes in rows and money.

Every row of the source is taken away by at most one rule, the first that it meets, so the rows
and the money of all rules and of what is kept add up to the source exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.faults import Fault
from segmentation_lib.params.models import Exclusion, PrepareParams
from segmentation_lib.params.sources import TableSource
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.expressions import check_expression, failure, plain_sql
from segmentation_lib.prepare.mapping import Mapped
from segmentation_lib.prepare.tables import Step, Tables

__all__ = ["excluded_people", "exclusion_faults", "exclusion_steps", "mark_rows", "waterfall"]

_DUPLICATED = ("orders", "events")


def exclusion_faults(
    engine: Engine, mapped: Mapping[str, Mapped], rules: Sequence[Exclusion], given: Collection[str]
) -> list[Fault]:
    """Check the exclusion rules against the columns of their tables.

    Args:
        engine: Where the tables live.
        mapped: The tables that could be mapped.
        rules: The rules of the parameter file.
        given: All tables that are given; rules of those that could not be mapped are unchecked.
    """
    faults: list[Fault] = []
    for name in dict.fromkeys(rule.table for rule in rules):
        places = {
            f"prepare.exclude[{number}] ({rule.name})": rule.where
            for number, rule in enumerate(rules)
            if rule.table == name
        }
        if name in mapped:
            faults += _rule_faults(engine, mapped[name], places)
        elif name not in given:
            found, why = f"the table {name} is not given", "a rule needs its table"
            fix = f"Give data.{name}, or take the rule away."
            faults += [Fault(where, found, why, fix, "missing_table") for where in places]
    return faults


def _rule_faults(engine: Engine, mapped: Mapped, places: Mapping[str, str]) -> list[Fault]:
    """Check the rules of one table, all in one pass over its rows if none is at fault."""
    table = mapped.table.drop("_row", "_copy", "_met")
    named = [
        fault
        for where, sql in places.items()
        for fault in check_expression(None, table, sql, where=where, alias=mapped.name)
    ]
    if named:
        return named
    values = [f"({plain_sql(sql)}) AS value_{n}" for n, sql in enumerate(places.values())]
    query = f"SELECT {', '.join(values)} FROM {mapped.name}"
    if failure(engine, table.alias(mapped.name).sql(query, dialect="duckdb")) is None:
        return []
    return [
        fault
        for where, sql in places.items()
        for fault in check_expression(engine, table, sql, where=where, alias=mapped.name)
    ]


def exclusion_steps(name: str, source: TableSource, prepare: PrepareParams) -> tuple[Step, ...]:
    """Return the rules that apply to one table, in order.

    First the source's ``where``, then repeated rows, the table's own rules, and the rules of the
    customers table: who is taken away there is taken away everywhere.
    """
    steps = []
    if source.where is not None:
        steps.append(Step("Not selected by where", f"Rows must meet: {source.where}"))
    if name in _DUPLICATED and prepare.duplicates == "drop":
        steps.append(Step("Repeated rows", "The row repeats another one in every column."))
    own = _rules_of(prepare, name)
    people = [] if name == "customers" else _rules_of(prepare, "customers")
    return (*steps, *(Step(rule.name, rule.reason) for rule in (*own, *people)))


def excluded_people(
    customers: ir.Table, source: TableSource, prepare: PrepareParams
) -> ir.Table | None:
    """Return the customers whom a rule takes away, with the rule.

    Args:
        customers: The customers table, marked by `mark_rows`.
        source: Its source.
        prepare: The ``prepare`` section.

    Returns:
        Columns ``person`` and ``rule`` (from 1, among the rules of the customers table), or
        ``None`` if there are no such rules.
    """
    rules = len(_rules_of(prepare, "customers"))
    if not rules:
        return None
    before = len(exclusion_steps("customers", source, prepare)) - rules
    away = customers.filter((customers["_step"] > before) & customers["customer_id"].notnull())
    return away.group_by(person=away["customer_id"]).aggregate(rule=away["_step"].min() - before)


def mark_rows(
    mapped: Mapped, source: TableSource, prepare: PrepareParams, people: ir.Table | None = None
) -> ir.Table:
    """Mark every row with the first rule that takes it away.

    Args:
        mapped: The mapped table.
        source: Its source; tells whether there is a ``where``.
        prepare: The ``prepare`` section, with the rules.
        people: What `excluded_people` returned, for tables other than customers.

    Returns:
        The canonical columns, `_row` and `_step`: 0 for a row that stays, else the number of
        the rule in `exclusion_steps`.
    """
    rules = [rule.where for rule in _rules_of(prepare, mapped.name)]
    table = mapped.table
    if rules:
        flags = [
            f"coalesce(CAST(({plain_sql(sql)}) AS BOOLEAN), false) AS _rule_{number}"
            for number, sql in enumerate(rules)
        ]
        query = f"SELECT *, {', '.join(flags)} FROM {mapped.name}"
        table = table.alias(mapped.name).sql(query, dialect="duckdb")
    if people is not None:
        table = table.left_join(people, table["customer_id"] == people["person"])
    conditions: list[ir.BooleanValue] = []
    if source.where is not None:
        conditions.append(~table["_met"])
    if mapped.name in _DUPLICATED and prepare.duplicates == "drop":
        conditions.append((table["_copy"] > 0).fill_null(False))
    conditions += [table[f"_rule_{number}"] for number in range(len(rules))]
    if people is not None:
        away = range(1, len(_rules_of(prepare, "customers")) + 1)
        conditions += [(table["rule"] == number).fill_null(False) for number in away]
    branches = [(condition, number) for number, condition in enumerate(conditions, start=1)]
    step = ibis.cases(*branches, else_=0) if branches else ibis.literal(0)
    columns = [c for c in mapped.table.columns if c not in ("_copy", "_met")]
    return table.select(*columns, _step=step.cast("int32"))


def _rules_of(prepare: PrepareParams, name: str) -> list[Exclusion]:
    return [rule for rule in prepare.exclude if rule.table == name]


def waterfall(tables: Tables) -> pd.DataFrame:
    """Return what each rule took away, table by table.

    Returns:
        Columns ``table, step, rule, reason, rows, customers, amount``. Step 0 is the source,
        the last step is what is kept, and between them each rule says what it took: rows,
        distinct customers among them, and money with four decimals (missing for tables without
        an amount). Rows and amount of step 0 are the sum of all other steps.
    """
    records: list[dict[str, Any]] = []
    for name in tables:
        records += _waterfall_of(tables, name)
    columns = ["table", "step", "rule", "reason", "rows", "customers", "amount"]
    frame = pd.DataFrame.from_records(records, columns=columns)
    return frame.astype({"step": "int64", "rows": "int64", "customers": "int64", "amount": float})


def _waterfall_of(tables: Tables, name: str) -> list[dict[str, Any]]:
    table = tables.marked[name]
    money = CONTRACT[name].money
    measures = {
        "rows": table.count(),
        "customers": table["customer_id"].nunique(),
        "amount": table[money].sum().cast("string") if money else ibis.null("string"),
    }
    whole = tables.engine.row(table.aggregate(**measures))
    parts = tables.engine.frame(table.group_by("_step").aggregate(**measures)).set_index("_step")
    steps = tables.steps[name]
    order = [*range(1, len(steps) + 1), 0]
    rules = [*steps, Step("Kept", "")]
    records = [_record(name, 0, Step("In the source", ""), whole, money is not None)]
    for position, (number, rule) in enumerate(zip(order, rules, strict=True), start=1):
        part = parts.loc[number].to_dict() if number in parts.index else {}
        records.append(_record(name, position, rule, part, money is not None))
    return records


def _record(
    table: str, step: int, rule: Step, part: Mapping[str, Any], has_money: bool
) -> dict[str, Any]:
    amount = part.get("amount")
    known = isinstance(amount, str)
    return {
        "table": table,
        "step": step,
        "rule": rule.rule,
        "reason": rule.reason,
        "rows": int(part.get("rows", 0)),
        "customers": int(part.get("customers", 0)),
        "amount": float(Decimal(str(amount)) if known else 0) if has_money else None,
    }
