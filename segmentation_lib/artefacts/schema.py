"""A table is checked against its artefact's schema when it is written and when it is read."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.artefacts.artefact import Kind
from segmentation_lib.artefacts.register import ARTEFACTS
from segmentation_lib.faults import ContractError, Fault

__all__ = ["check_table"]


def check_table(name: str, table: pd.DataFrame) -> None:
    """Check a table against the schema of the artefact ``name``.

    Args:
        name: Name of the artefact.
        table: The table to be written, or just read.

    Raises:
        ContractError: A column is missing or of another kind, or key values repeat or are null.
    """
    artefact = ARTEFACTS[name]
    faults = [
        _fault(name, f"column {column} is missing", "the schema requires it", "missing_column")
        for column in artefact.columns or {}
        if column not in table.columns
    ]
    for column, kind in (artefact.columns or {}).items():
        if column in table.columns and not _is_kind(table[column], kind):
            found = f"column {column} holds {table[column].dtype}"
            faults.append(_fault(name, found, f"the schema asks for a {kind}", "wrong_type"))
    keys = [column for column in artefact.key if column in table.columns]
    if len(keys) == len(artefact.key) > 0:
        repeated = int(table.duplicated(keys).sum())
        missing = int(table[keys].isna().any(axis=1).sum())
        if repeated or missing:
            found = f"{repeated} repeated and {missing} empty keys ({', '.join(keys)})"
            faults.append(_fault(name, found, "a key identifies one row", "key"))
    if faults:
        raise ContractError(faults)


def _is_kind(column: pd.Series, kind: Kind) -> bool:
    if kind == "any" or not len(column):
        return True
    if kind == "flag":
        return bool(pd.api.types.is_bool_dtype(column))
    if kind == "number":
        return bool(
            pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        )
    return bool(
        pd.api.types.is_string_dtype(column)
        or pd.api.types.is_object_dtype(column)
        or isinstance(column.dtype, pd.CategoricalDtype)
    )


def _fault(name: str, found: str, rule: str, code: str) -> Fault:
    fix = "This is a fault of the template, or the file was changed by hand; run the stage again."
    return Fault(f"artefact {name}", found, rule, fix, code)
