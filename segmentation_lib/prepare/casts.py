"""Casts: values as the contract types them, and a fault for every value that does not fit."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from segmentation_lib.engine import Engine
from segmentation_lib.faults import Fault
from segmentation_lib.prepare.contract import ColumnKind
from segmentation_lib.prepare.names import counted

__all__ = ["cast_faults", "cast_value", "ids_like_floats"]

_NUMBER = (
    "text_in_number",
    "a number",
    "Correct the values in the source, or leave their rows out by where:.",
)
# Code of the fault, what the column should hold, and how to help it, by kind.
_RULES: Mapping[str, tuple[str, str, str]] = {
    "money": _NUMBER,
    "number": _NUMBER,
    "time": (
        "bad_date",
        "a date such as 2026-07-01 or 2026-07-01 10:30:00",
        "Map it with an expression that says how to read it, such as "
        "strptime(CAST(column AS VARCHAR), '%Y%m%d') for 20260731, '%m/%d/%Y' for 7/31/2026, "
        "'%d-%b-%y' for 31-Jul-26.",
    ),
    "flag": (
        "bad_flag",
        "true or false",
        "Map it with an expression that is true or false, such as column = 'agreed'.",
    ),
}
_EXAMPLES = 3


def cast_value(value: ir.Value, kind: ColumnKind) -> ir.Value:
    """Return a value as its kind is typed; what does not fit becomes null.

    Ids and text are text without surrounding blanks, and null when empty; a whole number that
    is an id loses its decimals, so 12346.0 is ``12346``. Money is DECIMAL(18,4), a time a
    timestamp in microseconds without zone (times with a zone become UTC).
    """
    dtype = value.type()
    if kind in ("id", "text"):
        return _as_text(value)
    if kind == "money":
        return value.try_cast("decimal(18, 4)")
    if kind == "number":
        number = value.try_cast("float64")
        return ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)
    if kind == "flag":
        return value.try_cast("boolean")
    if dtype.is_numeric() or dtype.is_boolean():
        return ibis.null("timestamp(6)")
    return value.try_cast("timestamp(6)")


def ids_like_floats(engine: Engine, table: ir.Table, columns: list[str]) -> set[str]:
    """Find columns of text in which every value looks like ``12346.0``.

    Such ids were whole numbers once, and became floats because some of them were missing.
    """
    texts = [column for column in columns if table[column].type().is_string()]
    if not texts:
        return set()
    odd = {c: (~table[c].strip().re_search(r"^[0-9]+\.0$")).sum() for c in texts}
    given = {f"{c} given": table[c].count() for c in texts}
    counts = engine.row(table.aggregate(**odd, **given))
    return {column for column in texts if counts[f"{column} given"] and not counts[column]}


def cast_faults(
    engine: Engine, name: str, raw: ir.Table, values: Mapping[str, tuple[str, ColumnKind]]
) -> list[Fault]:
    """Return a fault for every column with values that its kind cannot hold.

    Args:
        engine: Where the table lives.
        name: The canonical table, used in faults.
        raw: The values before the cast, with `_row` and `_met`; rows that the source's
            ``where`` leaves out are not looked at.
        values: By canonical column, its name in `raw` and its kind.

    Returns:
        Faults with the number of values and up to three of them with their rows (from 1,
        counted without a header), and codes ``text_in_number``, ``bad_date`` and ``bad_flag``.
    """
    failed = {
        column: flag
        for column, (source, kind) in values.items()
        if kind in _RULES and (flag := _fails(raw, source, kind)) is not None
    }
    if not failed:
        return []
    counts = engine.row(raw.aggregate(**{c: flag.sum() for c, flag in failed.items()}))
    faults = []
    for column, flag in failed.items():
        if counts[column]:
            source, kind = values[column]
            code, rule, fix = _RULES[kind]
            found = _shown(engine, raw.filter(flag), source, int(counts[column]))
            rule = f"the column must hold {rule}"
            faults.append(Fault(f"{name}.{column}", found, rule, fix, code))
    return faults


def _as_text(value: ir.Value) -> ir.Value:
    dtype = value.type()
    if dtype.is_floating() or dtype.is_decimal():
        number = value.cast("float64")
        whole = number.try_cast("int64").cast("string")
        text = ibis.ifelse(number == number.floor(), whole, value.cast("string"))
        return ibis.ifelse(number.isnan(), ibis.null("string"), text)
    return value.cast("string").strip().nullif("")


def _fails(raw: ir.Table, source: str, kind: ColumnKind) -> ir.BooleanValue | None:
    value = raw[source]
    dtype = value.type()
    never = (kind == "time" and dtype.is_temporal()) or (kind == "number" and dtype.is_numeric())
    if never or dtype.is_null():
        return None
    if dtype.is_string():
        given = value.strip().nullif("").notnull()
    elif dtype.is_floating():
        given = value.notnull() & ~value.isnan()
    else:
        given = value.notnull()
    return raw["_met"] & given & cast_value(value, kind).isnull()


def _shown(engine: Engine, rows: ir.Table, source: str, count: int) -> str:
    first = rows.select(row=rows["_row"] + 1, value=rows[source].cast("string"))
    frame = engine.frame(first.order_by("row").limit(_EXAMPLES))
    shown = [f"{v!r} in row {r}" for r, v in zip(frame["row"], frame["value"], strict=True)]
    return f"{counted(count, 'value')} cannot be read, such as {', '.join(shown)}"
