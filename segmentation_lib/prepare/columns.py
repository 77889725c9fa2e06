"""Columns: which source column, or which expression, gives each canonical column."""

from __future__ import annotations

import difflib

from segmentation_lib.engine import Engine, SourceTable
from segmentation_lib.faults import Fault
from segmentation_lib.params.sources import CustomerSource, TableSource
from segmentation_lib.prepare.contract import TableContract
from segmentation_lib.prepare.expressions import (
    check_expression,
    columns_named,
    missing_column,
    plain_sql,
    quoted,
)
from segmentation_lib.prepare.names import slug

__all__ = ["SOURCE", "choose_columns", "text_columns"]

SOURCE = "source"
"""The name under which expressions may call the source."""
# What columns are called in the files that a run hands on; they come back as sources.
_AS_HANDED_ON = {"customer_id": "external_id", "assigned_at": "starts_on"}


def text_columns(contract: TableContract, source: TableSource) -> list[str]:
    """Return the source columns that a CSV file must give as text.

    Ids keep their leading zeros so, and dates wait for a reading that does not guess.
    """
    wanted = [c for c, kind in contract.kinds.items() if kind not in ("money", "number")]
    columns = [source.columns.get(column, column) for column in wanted]
    if isinstance(source, CustomerSource):
        named = [column for column, kind in source.types.items() if kind != "number"]
        for column in (*named, *source.personal):
            columns += [column, source.columns.get(column, column)]
    return columns


def choose_columns(
    engine: Engine, contract: TableContract, source: TableSource, opened: SourceTable
) -> tuple[dict[str, str], list[Fault]]:
    """Return SQL over the source's columns for every canonical column.

    A column is what the mapping says, else the source column of its own name. Tables with extras
    take every further source column too, under a name as features are named.

    Args:
        engine: Where the source lives.
        contract: The canonical table.
        source: The source and its mapping.
        opened: The opened source.

    Returns:
        The SQL by canonical column, and the faults: ``missing_column``, ``wrong_expression``
        and ``text_in_number``.
    """
    by_lower = {column.lower(): column for column in opened.columns}
    chosen: dict[str, str] = {}
    faults: list[Fault] = []
    used: set[str] = set()
    for column, text in source.columns.items():
        name = column if column in contract.kinds else slug(column)
        if name not in contract.kinds and not contract.extras:
            faults.append(_unknown_canonical(contract, column))
        elif text.lower() in by_lower:
            chosen[name] = quoted(by_lower[text.lower()])
            used.add(by_lower[text.lower()])
        else:
            wrong = _expression_faults(engine, opened, contract, column, text)
            faults += wrong
            if not wrong:
                chosen[name] = plain_sql(text)
    for column in contract.kinds:
        if column not in chosen and column not in source.columns and column in by_lower:
            chosen[column] = quoted(by_lower[column])
            used.add(by_lower[column])
    missing = [c for c in contract.required if c not in chosen and c not in source.columns]
    faults += [_missing_required(contract, column, opened) for column in missing]
    if contract.extras:
        free = [own for own in opened.columns if own not in used and slug(own) not in chosen]
        chosen |= {slug(own): quoted(own) for own in free}
    return chosen, faults + _unknown_attributes(source, chosen, contract)


def _unknown_canonical(contract: TableContract, column: str) -> Fault:
    close = difflib.get_close_matches(column, contract.kinds, n=1, cutoff=0.5)
    listed = ", ".join(contract.kinds)
    return Fault(
        f"data.{contract.name}.columns.{column}",
        f"the table {contract.name} has no column {column}",
        "only canonical columns can be mapped",
        f"Did you mean {close[0]}?" if close else f"Its columns are: {listed}.",
        "missing_column",
    )


def _missing_required(contract: TableContract, column: str, opened: SourceTable) -> Fault:
    ours = _AS_HANDED_ON.get(column)
    close = difflib.get_close_matches(column, opened.columns, n=1, cutoff=0.5)
    example = close[0] if close else "its name in the source"
    example = ours if ours in opened.columns else example
    return Fault(
        f"{contract.name}.{column}",
        f"{opened.file} has no column {column}",
        "the table needs it",
        f"Say which column or expression gives it: data.{contract.name}.columns: "
        f"{{{column}: {example}}}. The source has: {', '.join(opened.columns)}.",
        "missing_column",
    )


def _unknown_attributes(
    source: TableSource, chosen: dict[str, str], contract: TableContract
) -> list[Fault]:
    if not isinstance(source, CustomerSource):
        return []
    named = [("types", column) for column in source.types]
    named += [("ranges", column) for column in source.ranges]
    named += [("identity", column) for column in source.identity]
    named += [("contacts", column) for column in source.contacts]
    return [
        missing_column(f"data.{contract.name}.{key}", column, chosen)
        for key, column in named
        if slug(column) not in chosen
    ]


def _expression_faults(
    engine: Engine, opened: SourceTable, contract: TableContract, column: str, text: str
) -> list[Fault]:
    where = f"data.{contract.name}.columns.{column}"
    faults = check_expression(engine, opened.table, text, where=where, alias=SOURCE)
    is_number = contract.kinds.get(column) in ("money", "number")
    if not is_number or not any(fault.code == "wrong_expression" for fault in faults):
        return faults
    texts = _text_columns_named(opened, text)
    return [_text_among_numbers(f"{contract.name}.{column}", text, texts)] if texts else faults


def _text_columns_named(opened: SourceTable, sql: str) -> list[str]:
    """Return the columns of text that an expression names: why a product may not be computed."""
    try:
        named = {name.lower() for name in columns_named(sql)}
    except ValueError:
        return []
    table = opened.table
    return [c for c in opened.columns if c.lower() in named and table[c].type().is_string()]


def _text_among_numbers(where: str, sql: str, texts: list[str]) -> Fault:
    return Fault(
        where,
        f"`{sql}` cannot be computed, as {', '.join(texts)} holds text",
        "the column must hold a number in every row",
        "Correct the values in the source, or convert them, giving null where there is no "
        f"number: try_cast({texts[0]} as double).",
        "text_in_number",
    )
