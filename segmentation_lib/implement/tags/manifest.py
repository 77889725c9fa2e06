"""The manifest beside the customer file: what the file is, and what its cells may hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.tags.cells import csv_text
from segmentation_lib.implement.tags.columns import Column, column_of

__all__ = ["FORMAT", "crm_manifest"]

FORMAT = "segmentation-tags/1"

_RULES = (
    "Import every column as text, or IDs lose their leading zeros; IDs are written to the letter.",
    "Only segment_name, holdout_group and contact columns are free text; text that starts like a "
    "formula has an apostrophe in front there, but for plain numbers and telephone numbers.",
    "Only customers who agreed to marketing are in this file, where consent is known. Those who "
    "opted out are in no file, not even by their ID: clear every tag whose valid_until is past.",
    "none is a value: it replaces an old tag. An empty cell means not known and clears nothing.",
)


def crm_manifest(
    crm: pd.DataFrame,
    *,
    project: str,
    period: str,
    customers: int | None = None,
    file: str = "crm.csv",
    also: Mapping[str, pd.DataFrame] | None = None,
    owner: str | None = None,
    approver: str | None = None,
    owners: Mapping[str, str | None] | None = None,
    previous: Mapping[str, Any] | None = None,
    moves: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Describe the customer file, so that whoever loads it can check it first.

    Args:
        crm: From `crm_table`.
        project: The project.
        period: The quarter.
        customers: Customers known at the close; those not in the file are counted as left out.
            None for a file of changes, which leaves nobody out.
        file: Name of the file.
        also: Tables that are handed on beside it, by the name of their file: the delta, what is
            renewed, the ledger.
        owner: Who answers for the file; None when nobody is named yet.
        approver: Who approved the segments; None when nobody has yet.
        owners: Owners of the segments by ID.
        previous: The manifest of the previous file.
        moves: ``moved`` and ``floor`` of the row ``all`` of ``noise_floor``: share of customers
            who moved, and the share who would have by chance.

    Returns:
        What goes into ``crm.manifest.json``: file, rows, ``sha256``, the hash before it, model,
        owner and approver, each column with kind, meaning and allowed values, segments, rules,
        and the files beside it. `verify` checks a file against it.
    """
    segments = crm[["segment_id", "segment_name"]].drop_duplicates().sort_values("segment_id")
    return {
        "format": FORMAT,
        "project": project,
        "period": period,
        **_file(file, crm),
        "previous_sha256": None if previous is None else previous["sha256"],
        "model_hash": _only(crm["model_hash"]),
        "assigned_on": _only(crm["assigned_on"]),
        "valid_until": _only(crm["valid_until"]),
        "owner": owner,
        "approver": approver,
        "left_out": None if customers is None else customers - len(crm),
        "segments": [
            {"id": key, "name": name, "owner": (owners or {}).get(key)}
            for key, name in segments.itertuples(index=False)
        ],
        "rules": [*_RULES, *_noise_rule(moves)],
        "also": [_file(name, table, explained=False) for name, table in (also or {}).items()],
    }


def _file(name: str, table: pd.DataFrame, *, explained: bool = True) -> dict[str, Any]:
    content = csv_text(table).encode("utf-8")
    columns = [_described(str(column), table[column]) for column in table.columns]
    return {
        "file": name,
        "rows": len(table),
        "sha256": hashlib.sha256(content).hexdigest(),
        "columns": [
            {key: value for key, value in column.items() if explained or key != "meaning"}
            for column in columns
        ],
    }


def _described(name: str, values: pd.Series) -> dict[str, Any]:
    column = column_of(name)
    entry: dict[str, Any] = {"name": name, "kind": column.kind, "meaning": column.meaning}
    entry["reach"] = column.reach
    if column.kind == "choice":
        entry["allowed"] = _allowed(column, values)
    if column.low is not None or column.high is not None:
        entry["low"], entry["high"] = column.low, column.high
    entry["may_be_empty"] = column.kind in ("text", "number") and name != "external_id"
    entry["unique"] = name == "external_id" and bool(values.is_unique)
    return entry


def _allowed(column: Column, values: pd.Series) -> list[str]:
    return list(column.allowed) if column.allowed else sorted(values.astype("str").unique())


def _only(values: pd.Series) -> str | None:
    return None if values.empty else str(values.iloc[0])


def _noise_rule(moves: Mapping[str, float] | None) -> list[str]:
    if moves is None or not moves["moved"] > 0:
        return []
    chance = min(moves["floor"] / moves["moved"], 1.0)
    return [
        f"Movement: chance alone explains about {100 * chance:.0f}% of the moves of this quarter; "
        "which customers' moves these are cannot be known. within_noise marks only those at a "
        "border."
    ]
