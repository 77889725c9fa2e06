"""Who is in an audience, in NumPy: what every other form of the rule has to agree with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.cluster.transforms import as_number, as_text
from segmentation_lib.implement.audiences.fields import check_fields, kinds_of
from segmentation_lib.implement.audiences.rule import Audience, Clause, Conjunction
from segmentation_lib.stats.arrays import BoolArray

__all__ = ["clause_holds", "excluded", "matches", "parts_hold"]


def matches(audience: Audience, table: pd.DataFrame) -> BoolArray:
    """Return who is in an audience, one flag per row of the table.

    Args:
        audience: The audience.
        table: One row per customer, with the fields of the rule.

    Raises:
        ContractError: A field is missing or of another kind.
    """
    check_fields(audience, kinds_of(table))
    return parts_hold(audience.any, table) & ~excluded(audience.exclude, table)


def parts_hold(parts: Sequence[Conjunction], table: pd.DataFrame) -> BoolArray:
    """Return which rows pass all clauses of one part or another."""
    found = np.zeros(len(table), dtype=np.bool_)
    for part in parts:
        passed = np.ones(len(table), dtype=np.bool_)
        for clause in part.all:
            passed &= clause_holds(clause, table[clause.field])
        found |= passed
    return found


def excluded(clauses: Sequence[Clause], table: pd.DataFrame) -> BoolArray:
    """Return which rows pass one of the clauses that exclude."""
    found = np.zeros(len(table), dtype=np.bool_)
    for clause in clauses:
        found |= clause_holds(clause, table[clause.field])
    return found


def clause_holds(clause: Clause, values: pd.Series) -> BoolArray:
    """Return which values pass a clause.

    Args:
        clause: The clause.
        values: A column of numbers or of text, as the clause needs it.
    """
    missing = values.isna().to_numpy(dtype=np.bool_)
    if clause.op == "is_null":
        return np.asarray(missing == clause.value, dtype=np.bool_)
    numbers = clause.kind == "number"
    found = as_number(values) if numbers else as_text(values).to_numpy(dtype=object, na_value="")
    with np.errstate(invalid="ignore"):
        passed = np.asarray(_compared(clause, found), dtype=np.bool_)
    return np.where(missing, clause.passes_null, passed)


def _compared(clause: Clause, found: np.ndarray) -> Any:
    value, op = clause.value, clause.op
    if isinstance(value, tuple):
        if op == "between":
            return (found >= value[0]) & (found <= value[1])
        within = pd.Series(found).isin(value).to_numpy()
        return within if op == "in" else ~within
    if op in ("=", "!="):
        return (found == value) == (op == "=")
    below = found < value if op in ("<", ">=") else found <= value
    return below if op in ("<", "<=") else ~below
