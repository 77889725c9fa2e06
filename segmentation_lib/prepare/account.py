"""The account of the data, as the quality page gives it: sentences and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.prepare.names import counted
from segmentation_lib.small_cells import HIDDEN, hide_parts, suppress, suppress_parts

__all__ = [
    "coverage_sentence",
    "finding_sentences",
    "missing_table_sentences",
    "source_table",
    "state_table",
    "waterfalls",
]

_STATES = {
    "ACTIVE": "enough history, and activity in the lookback: can be put into a segment",
    "NEW": "first seen too recently to have a history",
    "LAPSED": "known from before, but without activity in the lookback",
    "INACTIVE": "signed up, but never did anything",
}


def coverage_sentence(quality: Mapping[str, Any]) -> str:
    """Say what span the data cover, and how much of the quarter.

    Args:
        quality: The artefact ``quality``.
    """
    cover = quality["coverage"]
    active = quality["states"]["open"]["ACTIVE"]
    if cover["first_day"] is None:
        return (
            "There are no orders or events, so it cannot be checked what of the quarter the data "
            f"cover; {active:,} customers can be put into a segment."
        )
    span = f"The data run from {cover['first_day']} to {cover['last_day']}"
    quarter = f"{cover['quarter_covered_days']} of the {cover['quarter_days']} days of the quarter"
    return (
        f"{span} and cover {quarter}. When it opened, on {cover['open']}, {active:,} customers had "
        f"enough history to be put into a segment."
    )


def source_table(quality: Mapping[str, Any], *, small_cell: int = 10) -> pd.DataFrame:
    """Return a row per table: what is kept of it, and the days it spans.

    Args:
        quality: The artefact ``quality``.
        small_cell: What stands on fewer customers than this is not shown; their count is text
            then.
    """
    columns = ["table", "rows", "customers", "amount", "first_day", "last_day"]
    table = pd.DataFrame(quality["tables"], columns=columns).astype({"amount": "float64"})
    shown = suppress(table, "customers", limit=small_cell, derived=["amount"])
    if shown["customers"].notna().all():
        return table
    few = shown["customers"].isna()
    rows = table["rows"].map("{:,}".format).mask(few, HIDDEN)
    return shown.assign(customers=shown["customers_shown"], rows=rows)[columns]


def waterfalls(
    exclusions: pd.DataFrame, *, small_cell: int = 10
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the rules of each table that lost rows, from the source to what is kept.

    Args:
        exclusions: The artefact ``exclusions``.
        small_cell: A rule that concerned fewer customers, or rows, than this is told without its
            numbers. As rows add up, those of another rule, or of the source, are then hidden too.

    Yields:
        Name of the table, and its rows: rule, reason, rows, customers and amount (missing for a
        table without money). Counts are text where one of them is hidden.
    """
    for name, rows in exclusions.groupby("table", sort=False):
        steps = rows.sort_values("step")[["rule", "reason", "rows", "customers", "amount"]]
        if steps["rows"].iloc[0] > steps["rows"].iloc[-1]:
            told = steps.fillna({"reason": ""}).reset_index(drop=True)
            yield str(name), _without_few(told, small_cell)


def _without_few(steps: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Hide what rules took that concerned a few; the last row, what is kept, stays if it can."""
    # Rows without a customer concern nobody; a few rows are of a few customers at most.
    people = steps[["rows", "customers"]].min(axis=1).to_numpy()[1:]
    last = steps.index[1:] == steps.index[-1]
    choice = hide_parts(people, limit=limit, keep=last)
    if not choice.hidden.any():
        return steps
    # The source is the total: it stands last in the choice and first on the page.
    hidden = pd.Series([choice.hidden[-1], *choice.hidden[:-1]], steps.index)
    result = steps.assign(amount=steps["amount"].mask(hidden))
    for column in ("rows", "customers"):
        few = hidden & (steps[column] > 0) & (steps[column] < limit)
        shown = steps[column].map("{:,}".format).mask(hidden, HIDDEN)
        result[column] = shown.mask(few, f"<{limit}")
    return result


def state_table(quality: Mapping[str, Any], *, small_cell: int = 10) -> pd.DataFrame:
    """Count customers by lifecycle state at the open and at the close.

    Args:
        quality: The artefact ``quality``.
        small_cell: Counts of fewer customers than this are not shown, nor what would give them
            away; a column with such a count is text.
    """
    table = _counted_states(quality)
    for column in ("at_open", "at_close"):
        active = table["state"] == "ACTIVE"
        shown = suppress_parts(table, column, limit=small_cell, keep=active)
        if shown[column].isna().any():
            table[column] = shown[f"{column}_shown"]
    return table


def _counted_states(quality: Mapping[str, Any]) -> pd.DataFrame:
    states = quality["states"]
    return pd.DataFrame(
        [
            {
                "state": state,
                "at_open": states["open"].get(state, 0),
                "at_close": states["close"].get(state, 0),
                "meaning": meaning,
            }
            for state, meaning in _STATES.items()
        ]
    )


def finding_sentences(quality: Mapping[str, Any], *, small_cell: int = 10) -> list[str]:
    """Say what the checks found, and how many customers turned out to be the same person.

    Args:
        quality: The artefact ``quality``.
        small_cell: Fewer rows or customers than this are told as "fewer than".
    """
    found = [check["sentence"] for check in quality["checks"]]
    linked = quality["identities"]["linked"]
    if linked:
        found.append(
            f"{counted(linked, 'customer')} had a second id; the rows of both ids count as one "
            "person's. Counts of customers in the rules above are before this."
        )
    return [_without_small(said, small_cell) for said in found] or ["No check found anything."]


def _without_small(sentence: str, limit: int) -> str:
    """Tell small counts of rows and customers as fewer than the limit."""

    def told(match: re.Match[str]) -> str:
        if not 0 < int(match[1].replace(",", "")) < limit:
            return match[0]
        fewer = "Fewer" if match.start() == 0 else "fewer"
        return f"{fewer} than {limit} {match[2].rstrip('s')}s"

    return re.sub(r"(?<![\w,.])(\d[\d,]*) (rows?|customers?)\b", told, sentence)


def missing_table_sentences(quality: Mapping[str, Any]) -> list[str]:
    """Say, for each table that was not given, what it would add and what it needs.

    Args:
        quality: The artefact ``quality``.
    """
    return [
        f"With {entry['table']} ({', '.join(entry['columns'])}): {entry['needed_for']}."
        for entry in quality["missing_tables"]
    ] or ["Every table of the contract was given."]
