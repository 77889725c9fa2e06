"""Dialects: the customer file as HubSpot, Braze, Salesforce and Klaviyo take it, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags.cells import as_text, csv_text
from segmentation_lib.implement.tags.columns import COLUMNS, NO_SEGMENT, column_of
from segmentation_lib.implement.tags.targets import TARGETS, Target

__all__ = ["checks", "definitions", "dialect_files", "from_dialect", "to_dialect"]

_PICKLIST, _CHECKBOXES = "choice", "choices"
# Values that may come with the next file are options already now.
_ALWAYS = {
    "segment_id": (NO_SEGMENT,),
    "previous_segment_id": (NO_SEGMENT,),
    "second_segment_id": (NO_SEGMENT,),
    "holdout_group": (NO_SEGMENT,),
}


def to_dialect(crm: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return the customer file as a system takes it: other headers and spellings, same data.

    Args:
        crm: From `crm_table`, or `read_csv_text` of its file.
        target: One of `TARGETS`.

    Returns:
        Every cell as text, in the order of the file.

    Raises:
        ContractError: There is no such target.
    """
    dialect = _target(target)
    cells = as_text(crm)
    for column, spelling in dialect.spelling.items():
        cells[column] = cells[column].replace(dict(spelling))
    return cells.rename(columns=dialect.header)


def from_dialect(table: pd.DataFrame, target: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return the customer file that a dialect's file was made from.

    Args:
        table: From `to_dialect`, or `read_csv_text` of its file.
        target: One of `TARGETS`.
        columns: The columns of the customer file, from its manifest.

    Returns:
        The customer file, every cell as text.
    """
    dialect = _target(target)
    canonical = table.rename(columns={dialect.header(name): name for name in columns})
    for column, spelling in dialect.spelling.items():
        back = {written: value for value, written in spelling.items()}
        canonical[column] = canonical[column].replace(back)
    return canonical[list(columns)]


def checks(table: pd.DataFrame, target: str) -> list[str]:
    """Say what would go wrong if a table were loaded into a system.

    Args:
        table: From `to_dialect`: text cells under the system's headers.
        target: One of `TARGETS`.

    Returns:
        A sentence for each finding; empty when it can be loaded.
    """
    dialect = _target(target)
    wrong = []
    if dialect.key not in table.columns:
        return [f"The key column {dialect.key} is missing."]
    if (table[dialect.key] == "").any() or table[dialect.key].duplicated().any():
        wrong.append(f"{dialect.key} is empty or occurs twice; it must name one customer.")
    lower = [str(name).lower() for name in table.columns]
    if len(set(lower)) < len(lower):
        wrong.append("Two headers differ only in case; the system takes them for one or for two.")
    wrong += [
        f"The header {name} means something else in {target}; a column of ours must not use it."
        for name in table.columns
        if name in dialect.reserved and name not in _CONTACTS
    ]
    for name in COLUMNS:
        header = dialect.header(name)
        if header not in table.columns:
            wrong.append(f"The header {header} is missing.")
        elif column_of(name).kind != "number" and (table[header] == "").any():
            wrong.append(f"{header} has empty cells; no blank clears a tag, none does.")
    return wrong


# Headers that every system reads as a way to reach the customer: that is what they are added for.
_CONTACTS = ("email", "phone", "phone_number", "first_name", "last_name")


def definitions(crm: pd.DataFrame, target: str, *, segments: Sequence[str] = ()) -> dict[str, Any]:
    """Return the properties to be made in a system before the first import.

    Args:
        crm: The customer file.
        target: One of `TARGETS`.
        segments: IDs of all segments that are in use; those of the file are added.

    Returns:
        ``properties``, each with ``name``, ``label``, ``type``, ``description``, and ``options``
        where it is a list of values; for HubSpot in the words of its properties interface. The
        type is ``choices`` where a cell may hold several of them: no list of single values takes
        a value with ``;`` in it.
    """
    dialect = _target(target)
    entries = [_definition(name, crm[name], dialect, segments) for name in crm.columns]
    if target == "hubspot":
        return {"inputs": [_hubspot(entry) for entry in entries]}
    return {"key": dialect.key, "properties": entries, "notes": list(dialect.notes)}


def dialect_files(
    crm: pd.DataFrame,
    target: str,
    *,
    rows: int | None = None,
    size: int | None = None,
    segments: Sequence[str] = (),
) -> dict[str, str]:
    """Return the files of one dialect by name: the definitions first, then the data in parts.

    Args:
        crm: The customer file, or the columns of the delta's ``upsert`` rows.
        target: One of `TARGETS`.
        rows: Most rows of a part; the system's own limit when None.
        size: Most bytes of a part; the system's own limit when None.
        segments: As in `definitions`.

    Raises:
        ContractError: The system would not take the data (see `checks`), or one row is larger
            than a part may be.
    """
    dialect = _target(target)
    table = to_dialect(crm, target)
    wrong = checks(table, target)
    if wrong:
        raise ContractError([_unfit(target, sentence) for sentence in wrong])
    said = definitions(crm, target, segments=segments)
    parts = _parts(table, rows or dialect.rows, size or dialect.size, target)
    files = {dialect.definitions: json.dumps(said, indent=1, ensure_ascii=False) + "\n"}
    if target == "hubspot":
        files["2_read_me_first.txt"] = "\n".join(dialect.notes) + "\n"
    for number, part in enumerate(parts, start=1):
        place = f"_{number}_of_{len(parts)}" if len(parts) > 1 else ""
        files[f"{dialect.file}{place}.csv"] = part
    return files


def _parts(table: pd.DataFrame, rows: int, size: int, target: str) -> list[str]:
    """Cut a table into CSV files, each within the limits and with the header."""
    text = csv_text(table)
    if len(table) <= rows and len(text.encode("utf-8")) <= size:
        return [text]
    if len(table) <= 1:
        raise ContractError([_unfit(target, f"One row has more than {size:,} bytes.")])
    # Halves until they fit: the parts are alike, and every row is in exactly one.
    half = min(-(-len(table) // 2), rows) if len(table) > rows else len(table) // 2
    return [
        *_parts(table.iloc[:half], rows, size, target),
        *_parts(table.iloc[half:], rows, size, target),
    ]


def _definition(
    name: str, values: pd.Series, dialect: Target, segments: Sequence[str]
) -> dict[str, Any]:
    column = column_of(name)
    entry: dict[str, Any] = {
        "name": dialect.header(name),
        "label": name.replace("_", " ").capitalize(),
        "type": _CHECKBOXES if column.many else column.kind,
        "description": column.meaning,
    }
    if column.kind == _PICKLIST:
        own = set(column.allowed or values.astype("str").unique())
        if column.many:
            own = {one for cell in own for one in cell.split(";")}
        more = segments if name.endswith("segment_id") else ()
        spelling = dialect.spelling.get(name, {})
        options = sorted({*own, *more, *_ALWAYS.get(name, ())})
        entry["options"] = [spelling.get(option, option) for option in options]
    return entry


_HUBSPOT_TYPES: Mapping[str, tuple[str, str]] = {
    "text": ("string", "text"),
    "number": ("number", "number"),
    "date": ("date", "date"),
    _PICKLIST: ("enumeration", "select"),
    _CHECKBOXES: ("enumeration", "checkbox"),
}


def _hubspot(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind, field = _HUBSPOT_TYPES[str(entry["type"])]
    result = {
        "name": entry["name"],
        "label": entry["label"],
        "type": kind,
        "fieldType": field,
        "groupName": "contactinformation",
        "description": entry["description"],
        "hasUniqueValue": entry["name"] == TARGETS["hubspot"].key,
    }
    if "options" in entry:
        result["options"] = [
            {"label": option, "value": option, "displayOrder": place, "hidden": False}
            for place, option in enumerate(entry["options"])
        ]
    return result


def _target(name: str) -> Target:
    if name not in TARGETS:
        raise ContractError(
            [
                Fault(
                    "implement.dialects",
                    f"there is no dialect {name}",
                    f"known are {', '.join(TARGETS)}",
                    "Use one of them, or load exports/crm.csv as it is.",
                    "dialect",
                )
            ]
        )
    return TARGETS[name]


def _unfit(target: str, sentence: str) -> Fault:
    rule = f"{target} would drop or refuse it"
    fix = "Correct the names of contact columns, or make the files smaller."
    return Fault(f"exports/{target}", sentence.rstrip("."), rule, fix, "dialect")
