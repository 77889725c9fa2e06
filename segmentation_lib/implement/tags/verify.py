"""The check that a file for another system is what its manifest says."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.faults import Fault
from segmentation_lib.implement.tags.cells import csv_text, read_csv_text
from segmentation_lib.implement.tags.dialects import from_dialect
from segmentation_lib.implement.tags.targets import TARGETS

__all__ = ["verify", "verify_dialect"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LIKE_ALL = "all cells must be as they were handed on"
_AGAIN = "Take the file from the folder of exports again, and do not save it in a spreadsheet."


def verify(content: bytes, said: Mapping[str, Any]) -> list[Fault]:
    """Check a file against its manifest.

    Args:
        content: The file's bytes.
        said: From `crm_manifest`, or one entry of its ``also``.

    Returns:
        What is wrong; empty when the file is what the manifest says.
    """
    where = str(said["file"])
    faults = _changed(content, said)
    try:
        table = read_csv_text(content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8"))
    except ValueError as error:
        found = f"the file cannot be read ({error})"
        return [*faults, _fault(where, found, "it must be a table of commas in UTF-8")]
    faults += _header(where, list(table.columns), [one["name"] for one in said["columns"]])
    if len(table) != said["rows"]:
        found = f"it has {len(table):,} rows"
        faults.append(_fault(where, found, f"the manifest says {said['rows']:,}"))
    if not table.columns.is_unique:
        return faults
    for entry in said["columns"]:
        if entry["name"] in table.columns:
            faults += _cells(f"{where}: {entry['name']}", table[entry["name"]], entry)
    return faults


def verify_dialect(parts: Mapping[str, bytes], target: str, said: Mapping[str, Any]) -> list[Fault]:
    """Check the files of one system: together they must hold the customer file, cell by cell.

    Args:
        parts: Bytes of all data files of the system, by name.
        target: One of `TARGETS`.
        said: From `crm_manifest`.
    """
    names = [entry["name"] for entry in said["columns"]]
    headers = [TARGETS[target].header(name) for name in names]
    tables, faults = [], []
    for name, content in sorted(parts.items()):
        where = f"dialects/{target}/{name}"
        try:
            tables.append(read_csv_text(content.decode("utf-8")))
        except ValueError as error:
            found = f"the file cannot be read ({error})"
            faults.append(_fault(where, found, "it must be a table of commas in UTF-8"))
            continue
        faults += _header(where, list(tables[-1].columns), headers)
    if faults:
        return faults
    whole = pd.concat([from_dialect(table, target, names) for table in tables])
    whole = whole.sort_values("external_id", kind="stable")
    together = {**said, "file": f"dialects/{target}"}
    return verify(csv_text(whole).encode("utf-8"), together)


def _changed(content: bytes, said: Mapping[str, Any]) -> list[Fault]:
    if _is(content, said):
        return []
    plain = content.removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n")
    found = (
        "only its line ends or its first bytes were changed, not its cells"
        if _is(plain, said)
        else "the file was changed: its SHA-256 is not the one of the manifest"
    )
    return [_fault(str(said["file"]), found, "a file is loaded as it was handed on")]


def _is(content: bytes, said: Mapping[str, Any]) -> bool:
    return hashlib.sha256(content).hexdigest() == str(said["sha256"])


def _header(where: str, found: list[str], wanted: list[str]) -> list[Fault]:
    rule = "a file has the columns of its manifest, in their order"
    wrong = [f"column {name} is missing" for name in wanted if name not in found]
    wrong += [f"column {name} is not in the manifest" for name in found if name not in wanted]
    if not wrong and found != wanted:
        wrong = ["the columns are in another order, or one is there twice"]
    return [_fault(where, one, rule) for one in wrong]


def _cells(where: str, cells: pd.Series, entry: Mapping[str, Any]) -> list[Fault]:
    """Say what is wrong with the cells of one column."""
    faults = []
    empty, told = int((cells == "").sum()), cells[cells != ""]
    if empty and not entry["may_be_empty"]:
        rule = "every row needs a value; no blank clears a tag, none does"
        faults.append(_fault(where, f"{empty:,} cells are empty", rule))
    repeated = int(cells.duplicated().sum())
    if entry["unique"] and repeated:
        rule = "a customer has one row"
        faults.append(_fault(where, f"{repeated:,} rows repeat an ID", rule))
    if entry["kind"] == "choice":
        odd = sorted(set(told.unique()) - set(entry["allowed"]))
        if odd:
            shown = ", ".join(f"“{value}”" for value in odd[:3])
            allowed = ", ".join(entry["allowed"][:20])
            faults.append(_fault(where, f"{shown} is not allowed", f"it must be of: {allowed}"))
    if entry["kind"] == "number":
        bad = sum(not _is_number(cell, entry) for cell in told.unique())
        if bad:
            faults.append(_fault(where, f"{bad:,} values are no number in range", _LIKE_ALL))
    if entry["kind"] == "date":
        bad = sum(not _is_date(cell) for cell in told.unique())
        if bad:
            rule = "a day is written like 2025-12-31"
            faults.append(_fault(where, f"{bad:,} values are no day", rule))
    return faults


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


def _fault(where: str, found: str, rule: str) -> Fault:
    return Fault(where, found, rule, _AGAIN, "not_as_handed_on")
