"""The account of the data, as the quality page gives it: sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.prepare.names import counted

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


def source_table(quality: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row per table: what is kept of it, and the days it spans.

    Args:
        quality: The artefact ``quality``.
    """
    columns = ["table", "rows", "customers", "amount", "first_day", "last_day"]
    table = pd.DataFrame(quality["tables"], columns=columns)
    return table.astype({"amount": "float64"})


def waterfalls(exclusions: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the rules of each table that lost rows, from the source to what is kept.

    Args:
        exclusions: The artefact ``exclusions``.

    Yields:
        Name of the table, and its rows: rule, reason, rows, customers and amount (missing for a
        table without money).
    """
    for name, rows in exclusions.groupby("table", sort=False):
        steps = rows.sort_values("step")[["rule", "reason", "rows", "customers", "amount"]]
        if steps["rows"].iloc[0] > steps["rows"].iloc[-1]:
            yield str(name), steps.fillna({"reason": ""}).reset_index(drop=True)


def state_table(quality: Mapping[str, Any]) -> pd.DataFrame:
    """Count customers by lifecycle state at the open and at the close.

    Args:
        quality: The artefact ``quality``.
    """
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


def finding_sentences(quality: Mapping[str, Any]) -> list[str]:
    """Say what the checks found, and how many customers turned out to be the same person.

    Args:
        quality: The artefact ``quality``.
    """
    found = [check["sentence"] for check in quality["checks"]]
    linked = quality["identities"]["linked"]
    if linked:
        found.append(
            f"{counted(linked, 'customer')} had a second id; the rows of both ids count as one "
            "person's. Counts of customers in the rules above are before this."
        )
    return found or ["No check found anything."]


def missing_table_sentences(quality: Mapping[str, Any]) -> list[str]:
    """Say, for each table that was not given, what it would add and what it needs.

    Args:
        quality: The artefact ``quality``.
    """
    return [
        f"With {entry['table']} ({', '.join(entry['columns'])}): {entry['needed_for']}."
        for entry in quality["missing_tables"]
    ] or ["Every table of the contract was given."]
