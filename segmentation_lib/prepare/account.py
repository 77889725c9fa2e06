"""The account of the data, as the quality page gives it: sentences and tables.

Rows and customers lie inside one another from table to table and from rule to rule, so all of them
are rounded alike; see `small_cells.rounded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.prepare.names import counted
from segmentation_lib.small_cells import HIDDEN, hide_parts, rounded, suppress_parts

__all__ = [
    "coverage_sentence",
    "dictionary_table",
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
        small_cell: Rows and customers are rounded to the nearest of these. What stands on fewer
            customers is not shown; the counts are text then.
    """
    columns = ["table", "rows", "customers", "amount", "first_day", "last_day"]
    table = pd.DataFrame(quality["tables"], columns=columns).astype({"amount": "float64"})
    few = table["customers"].between(1, small_cell - 1)
    table["amount"] = table["amount"].mask(few)
    return _rounded(table, few, small_cell)


def waterfalls(
    exclusions: pd.DataFrame, *, small_cell: int = 10
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the rules of each table that lost rows, from the source to what is kept.

    Args:
        exclusions: The artefact ``exclusions``.
        small_cell: Rows and customers are rounded to the nearest of these. A rule that concerned
            fewer is told without its numbers. As amounts add up, that of another rule, or of the
            source, is then hidden too.

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
    """Round what rules took; hide what concerned a few, and the amounts that would tell theirs."""
    # Rows without a customer concern nobody; a few rows are of a few customers at most.
    people = steps[["rows", "customers"]].min(axis=1).to_numpy()[1:]
    last = steps.index[1:] == steps.index[-1]
    choice = hide_parts(people, limit=limit, keep=last)
    # The source is the total: it stands last in the choice and first on the page.
    hidden = pd.Series([choice.hidden[-1], *choice.hidden[:-1]], steps.index)
    few = pd.Series([False, *((people > 0) & (people < limit))], steps.index)
    return _rounded(steps.assign(amount=steps["amount"].mask(hidden)), few, limit)


def _rounded(table: pd.DataFrame, few: pd.Series, limit: int) -> pd.DataFrame:
    """Round rows and customers; both are text if a row concerns a few."""
    result = table.copy()
    for column in ("rows", "customers"):
        near = rounded(table[column], limit=limit)
        if not few.any() and near.notna().all():
            result[column] = near.astype("int64")
            continue
        # A few rows are of no more customers, so their mark tells nothing more.
        told = near.map("{:,}".format, na_action="ignore").astype("object").mask(few, HIDDEN)
        small = table[column].between(1, limit - 1)
        result[column] = told.mask(small, f"<{limit}").where(table[column] > 0, "0")
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
        small_cell: Rows and customers are told rounded to the nearest of these, as in the tables;
            fewer as "fewer than".
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
    """Tell counts of rows and customers rounded, and small ones as fewer than the limit."""

    def told(match: re.Match[str]) -> str:
        number = int(match[1].replace(",", ""))
        if not 0 < number < limit:
            near = rounded(pd.Series([number]), limit=limit).iloc[0]
            return f"{near:,} {match[2]}"
        fewer = "Fewer" if match.start() == 0 else "fewer"
        return f"{fewer} than {limit} {match[2].rstrip('s')}s"

    return re.sub(r"(?<![\w,.])(\d[\d,]*) (rows?|customers?)\b", told, sentence)


def dictionary_table(
    dictionary: pd.DataFrame, quality: Mapping[str, Any], *, small_cell: int = 10
) -> pd.DataFrame:
    """Return the data dictionary with the share of active customers of whom a value is missing.

    Args:
        dictionary: The artefact ``data_dictionary``.
        quality: The artefact ``quality``.
        small_cell: Shares follow from counts rounded to the nearest of these; a share of fewer
            customers is told as "under".

    Returns:
        ``name``, ``role``, ``unit``, ``definition`` and ``missing_share``, the last as text.
    """
    active = pd.Series(int(quality["states"]["open"]["ACTIVE"]), dictionary.index)
    missing = (dictionary["missing_share"].fillna(0.0) * active).round()
    known = rounded(active, limit=small_cell)
    shares = (rounded(missing, limit=small_cell) / known).astype("Float64").clip(upper=1.0)
    told = shares.map("{:.1%}".format, na_action="ignore").astype("object")
    told = told.mask(missing.between(1, small_cell - 1), f"under {small_cell} customers")
    told = told.mask((active - missing).between(1, small_cell - 1), "nearly all")
    told = told.mask(known.isna(), HIDDEN).where(missing > 0, "0%")
    return dictionary[["name", "role", "unit", "definition"]].assign(missing_share=told)


def missing_table_sentences(quality: Mapping[str, Any]) -> list[str]:
    """Say, for each table that was not given, what it would add and what it needs.

    Args:
        quality: The artefact ``quality``.
    """
    return [
        f"With {entry['table']} ({', '.join(entry['columns'])}): {entry['needed_for']}."
        for entry in quality["missing_tables"]
    ] or ["Every table of the contract was given."]
