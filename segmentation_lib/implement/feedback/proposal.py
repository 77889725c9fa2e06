"""Suggested changes as a difference to the parameter file, for a person to apply."""

from __future__ import annotations

import difflib
from typing import Any

import pandas as pd

from segmentation_lib.implement.feedback.edits import edited
from segmentation_lib.params.registers.feedback import Feedback
from segmentation_lib.params.registers.register import Register
from segmentation_lib.params.strict_yaml import read_yaml
from segmentation_lib.small_cells import suppress
from segmentation_lib.stats.intervals import wilson_interval

__all__ = ["proposed_diff", "response_table"]

_IN = ("suggested", "accepted")


def proposed_diff(changes: pd.DataFrame, text: str, *, name: str) -> tuple[str, pd.DataFrame]:
    """Return the changes as a unified diff of the parameter file; the file stays as it is.

    Suggested and accepted changes are in it, each under a comment with its evidence; open and
    declined ones are not.

    Args:
        changes: The artefact ``suggested_changes``.
        text: The parameter file (that of the next quarter, or this one's).
        name: Its name as people write it.

    Returns:
        The diff, empty without changes, and the changes with ``outcome``: ``in the proposal``,
        ``not accepted yet``, ``declined``, ``nothing to change`` or why it cannot be made.
    """
    after, outcomes, reasons = text, [], []
    for row in changes.to_dict("records"):
        if row["decision"] not in _IN:
            declined = row["decision"] == "declined"
            outcomes.append("declined" if declined else "not accepted yet")
            continue
        try:
            changed = _applied(after, row)
        except ValueError as error:
            outcomes.append(str(error))
            continue
        outcomes.append("nothing to change" if changed == after else "in the proposal")
        if changed != after:
            reasons.append(f"# {row['parameter']}: {row['action']} {row['item']}. "
                           f"{row['evidence']} [{row['source']}, {row['decision']}]\n")  # fmt: skip
        after = changed
    lines = difflib.unified_diff(
        text.splitlines(keepends=True), after.splitlines(keepends=True), name, f"{name} (proposed)"
    )
    diff = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    return "".join(reasons) + diff, changes.assign(outcome=outcomes)


def response_table(register: Register[Feedback], *, small_cell: int = 10) -> pd.DataFrame:
    """Return the responses to surveys and campaigns, for a page.

    Args:
        register: The register ``feedback``.
        small_cell: Counts from 1 to under this are blanked, with the rates they give away.

    Returns:
        ``id``, ``segment_id``, ``source``, ``finding``, ``asked``, ``responded`` (and
        ``responded_shown`` as text), ``rate`` with its 95 % interval ``low`` to ``high`` (Wilson)
        and ``decision``.
    """
    rows = []
    for item in register:
        if item.asked is not None:
            rate = wilson_interval(item.responded or 0, item.asked)
            rows.append((item.id, item.segment, item.source, item.finding, item.asked,
                         item.responded, rate.value, rate.low, rate.high,
                         item.decision))  # fmt: skip
    columns = ["id", "segment_id", "source", "finding", "asked", "responded", "rate", "low",
               "high", "decision"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype({"asked": "int64", "responded": "int64"})
    return suppress(frame, "responded", limit=small_cell, derived=["rate", "low", "high"])


def _applied(text: str, row: dict[Any, Any]) -> str:
    here = read_yaml(text, "parameters").values["params"]
    for step in str(row["parameter"]).split("."):
        here = here.get(step) if isinstance(here, dict) else None
    item = read_yaml(f"x: {row['item']}", "item").values["x"]
    if row["action"] == "set":
        return text if here == item else edited(text, row["parameter"], item)
    if here is not None and not isinstance(here, list):
        raise ValueError(f"{row['parameter']} is no list")
    if here is None and row["action"] == "remove":
        raise ValueError(f"{row['parameter']} is not in the file; list it to leave something out")
    values = list(here or [])
    if (item in values) == (row["action"] == "add"):
        return text
    changed = [*values, item] if row["action"] == "add" else [x for x in values if x != item]
    if not changed:
        raise ValueError(f"{row['parameter']} would be empty")
    return edited(text, row["parameter"], changed)
