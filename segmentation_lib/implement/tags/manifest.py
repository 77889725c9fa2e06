"""The manifest beside the customer file, and the check that a file is what its manifest says."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.implement.tags.cells import csv_text, read_csv_text
from segmentation_lib.implement.tags.columns import Column, column_of

__all__ = ["crm_manifest", "verify"]

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
    customers: int,
    file: str = "crm.csv",
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
        file: Name of the file.
        owner: Who answers for the file; None when nobody is named yet.
        approver: Who approved the segments; None when nobody has yet.
        owners: Owners of the segments by ID.
        previous: The manifest of the previous file.
        moves: ``moved`` and ``floor`` of the row ``all`` of ``noise_floor``: share of customers
            who moved, and the share who would have by chance.

    Returns:
        What goes into ``crm.manifest.json``: file, rows, ``sha256``, the hash before it, model,
        owner and approver, each column with kind, meaning and allowed values, segments, rules.
    """
    content = csv_text(crm).encode("utf-8")
    segments = crm[["segment_id", "segment_name"]].drop_duplicates().sort_values("segment_id")
    return {
        "format": FORMAT,
        "project": project,
        "period": period,
        "file": file,
        "rows": len(crm),
        "sha256": hashlib.sha256(content).hexdigest(),
        "previous_sha256": None if previous is None else previous["sha256"],
        "model_hash": _only(crm["model_hash"]),
        "assigned_on": _only(crm["assigned_on"]),
        "valid_until": _only(crm["valid_until"]),
        "owner": owner,
        "approver": approver,
        "left_out": customers - len(crm),
        "columns": [_described(name, crm[name]) for name in crm.columns],
        "segments": [
            {"id": key, "name": name, "owner": (owners or {}).get(key)}
            for key, name in segments.itertuples(index=False)
        ],
        "rules": [*_RULES, *_noise_rule(moves)],
    }


def verify(content: bytes, manifest: Mapping[str, Any]) -> list[str]:
    """Check a customer file against its manifest.

    Args:
        content: The file's bytes.
        manifest: From `crm_manifest`.

    Returns:
        What is wrong, a sentence each; empty when the file is what the manifest says.
    """
    wrong = []
    if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
        wrong.append("The file was changed: its SHA-256 is not the one of the manifest.")
    try:
        table = read_csv_text(content.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        return [*wrong, f"The file cannot be read as CSV in UTF-8: {error}"]
    columns = {entry["name"]: entry for entry in manifest["columns"]}
    wrong += [f"Column {name} is missing." for name in columns if name not in table.columns]
    wrong += [f"Column {name} is not in the manifest." for name in table if name not in columns]
    if set(table.columns) == set(columns) and list(table.columns) != list(columns):
        wrong.append("The columns are not in the order of the manifest.")
    if len(table) != manifest["rows"]:
        wrong.append(f"The file has {len(table)} rows, the manifest says {manifest['rows']}.")
    for name in [name for name in columns if name in table.columns]:
        wrong += _cells(name, table[name], columns[name])
    return wrong


def _described(name: str, values: pd.Series) -> dict[str, Any]:
    column = column_of(name)
    entry: dict[str, Any] = {"name": name, "kind": column.kind, "meaning": column.meaning}
    entry["reach"] = column.reach
    if column.kind == "choice":
        entry["allowed"] = _allowed(column, values)
    if column.low is not None or column.high is not None:
        entry["low"], entry["high"] = column.low, column.high
    entry["may_be_empty"] = column.kind in ("text", "number") and name != "external_id"
    return entry


def _allowed(column: Column, values: pd.Series) -> list[str]:
    return list(column.allowed) if column.allowed else sorted(values.astype("str").unique())


def _cells(name: str, cells: pd.Series, entry: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with the cells of one column."""
    wrong = []
    empty = cells == ""
    if empty.any() and not entry["may_be_empty"]:
        wrong.append(f"Column {name} has {int(empty.sum())} empty cells.")
    if name == "external_id" and cells.duplicated().any():
        wrong.append(f"Column {name} holds {int(cells.duplicated().sum())} IDs twice.")
    told = cells[~empty]
    if entry["kind"] == "choice":
        odd = sorted(set(told.unique()) - set(entry["allowed"]))
        if odd:
            shown = ", ".join(f"“{value}”" for value in odd[:3])
            wrong.append(f"Column {name} holds values that are not allowed: {shown}.")
    if entry["kind"] == "number":
        bad = [cell for cell in told.unique() if not _is_number(cell, entry)]
        if bad:
            wrong.append(f"Column {name} holds {len(bad)} values that are no number in its range.")
    if entry["kind"] == "date" and not all(_is_date(cell) for cell in told.unique()):
        wrong.append(f"Column {name} holds a value that is no date such as 2025-12-31.")
    return wrong


def _is_number(cell: str, entry: Mapping[str, Any]) -> bool:
    try:
        value = float(cell)
    except ValueError:
        return False
    low, high = entry.get("low"), entry.get("high")
    return math.isfinite(value) and not (
        (low is not None and value < low) or (high is not None and value > high)
    )


def _is_date(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


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
