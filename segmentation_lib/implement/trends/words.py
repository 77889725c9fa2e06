"""The dashboard in words: what changed, what each chart shows, and the segments at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.implement.trends.history import (
    CONVERSION,
    CUSTOMERS,
    RETENTION_GAP,
    published_history,
)
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, percent, plural, quantity, titled
from segmentation_lib.words import capitalised, kpi_words, listing

__all__ = [
    "change_sentence",
    "dashboard_record",
    "figure_words",
    "told_changes",
    "trend_sentences",
    "trend_words",
]

_WORDS = {
    CUSTOMERS: "customers at the close",
    CONVERSION: "share of visitors who ordered",
    RETENTION_GAP: "retention against all customers",
}
_NOTES = {
    CUSTOMERS: "A count, so it has no interval; who moved, and how much of it is chance, is on "
    "the Implement page.",
    CONVERSION: "Of the customers who visited in the quarter, the share who also ordered in it.",
    RETENTION_GAP: "The share of a segment's customers who were active in the quarter, less the "
    "share of all customers in a segment; 0 is as all.",
}
_MIX = " No single segment shows it, so it may be the mix of segments that changed."
_BEGIN = "Trends begin next quarter: this is the first one, so there is nothing to compare with."


def trend_words(measure: str) -> str:
    """Return what a measure of the history is called.

    >>> trend_words("conversion"), trend_words("orders")
    ('share of visitors who ordered', 'orders per customer')
    """
    return _WORDS.get(measure, kpi_words(measure))


def figure_words(value: float, unit: str, currency: str = "") -> str:
    """Return a figure of the history as sentences write it.

    >>> figure_words(0.123, "points"), figure_words(41, "count"), figure_words(0.5, "share")
    ('+12 points', '41', '50%')
    """
    if unit == "points":
        return f"{'+' if value > 0 else ''}{percent(value).rstrip('%')} points"
    if unit == "count":
        return count(value)
    return quantity(value, "" if unit == "number" else unit, currency)


def change_sentence(row: Mapping[Any, Any], *, names: Mapping[str, str], currency: str = "") -> str:
    """Say how one figure changed.

    Args:
        row: A row of what `trend_changes` returned.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
    """
    who = "All customers" if row["segment_id"] == ALL_SEGMENTS else titled(
        str(row["segment_id"]), names
    )  # fmt: skip
    before, value = (figure_words(row[name], row["unit"], currency) for name in ("before", "value"))
    way = "rose" if row["change"] == "up" else "fell"
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    unit = "share" if row["unit"] == "points" else row["unit"]
    by = f"{figure_words(low, unit, currency)} to {figure_words(high, unit, currency)}"
    if row["unit"] in ("share", "points"):
        by = by.replace("%", "") + " points"
    return (
        f"{who}: {trend_words(row['measure'])} {way} from {before} in {row['previous_period']} to "
        f"{value} (95% interval of the change: {by})."
    )


def told_changes(named: pd.DataFrame, *, names: Mapping[str, str], currency: str = "") -> list[str]:
    """Say how each figure changed that is named, in the order given.

    Args:
        named: Rows of what `trend_changes` returned whose ``change`` is not ``none``.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
    """
    inside = set(named.loc[named["segment_id"] != ALL_SEGMENTS, "measure"])
    return [
        change_sentence(row, names=names, currency=currency)
        + ("" if row["segment_id"] != ALL_SEGMENTS or row["measure"] in inside else _MIX)
        for row in named.to_dict("records")
    ]


def trend_sentences(
    changes: pd.DataFrame, *, names: Mapping[str, str], currency: str = "", limit: int = 4
) -> list[str]:
    """Say what changed by more than chance, the surest first.

    Args:
        changes: What `trend_changes` returned.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
        limit: Most changes that are told one by one.
    """
    if changes.empty:
        return [_BEGIN]
    compared = int(changes["compared"].iloc[0])
    against = listing(sorted(set(changes["previous_period"])))
    named = changes[changes["change"] != "none"].sort_values(
        ["p_value", "measure", "segment_id"], kind="stable"
    )
    if named.empty:
        return [
            f"No figure changed by more than chance since {against}: "
            f"{plural(compared, 'comparison')} made."
        ]
    told = told_changes(named, names=names, currency=currency)[:limit]
    more = len(named) - len(told)
    head = (
        f"{count(len(named))} of {count(compared)} figures changed by more than chance since "
        f"{against}{f'; the {count(len(told))} surest are told here' if more else ''}."
    )
    return [head, *told]


def dashboard_record(
    history: pd.DataFrame,
    changes: pd.DataFrame,
    *,
    period: str,
    measures: Sequence[str],
    names: Mapping[str, str],
    currency: str = "",
    small_cell: int = 10,
) -> dict[str, Any]:
    """Return all that the dashboard shows, as plain values.

    Args:
        history: The artefact ``trend_history``.
        changes: What `trend_changes` returned for the same measures.
        period: The quarter.
        measures: What `trend_measures` chose.
        names: Names of the segments, also of retired ones where they are known.
        currency: Three-letter code of the amounts.
        small_cell: Figures of fewer customers are left out.

    Returns:
        The artefact ``dashboard``: ``period``, ``periods``, ``findings`` (sentences), ``glance``
        (a row per segment with its figures as text) and ``panels``, one per measure: ``measure``,
        ``unit``, ``title``, ``caption``, ``alt``, ``note`` and ``rows``.
    """
    shown = published_history(history, limit=small_cell)
    periods = list(dict.fromkeys(history.sort_values("opens", kind="stable")["period"]))
    named = {(row["segment_id"], row["measure"]): row["change"]
             for row in changes.to_dict("records")}  # fmt: skip
    return {
        "period": period,
        "periods": periods,
        "currency": currency,
        "names": dict(names),
        "findings": trend_sentences(changes, names=names, currency=currency),
        "columns": [capitalised(trend_words(measure)) for measure in measures],
        "glance": _glance(shown[shown["period"] == period], measures, named, currency),
        "panels": [_panel(shown, name, changes, periods, names) for name in measures],
    }


def _glance(
    now: pd.DataFrame,
    measures: Sequence[str],
    named: Mapping[tuple[str, str], str],
    currency: str,
) -> list[dict[str, Any]]:
    rows = {(row["segment_id"], row["measure"]): row for row in now.to_dict("records")}
    ids = sorted(set(now["segment_id"]), key=lambda name: (name == ALL_SEGMENTS, name))
    table = []
    for segment in ids:
        cells = []
        for measure in measures:
            row = rows.get((segment, measure))
            figure = "–" if row is None or pd.isna(row["value"]) else figure_words(
                row["value"], row["unit"], currency
            )  # fmt: skip
            cells.append({"figure": figure, "change": named.get((segment, measure), "none")})
        table.append({"segment_id": segment, "cells": cells})
    return table


def _panel(
    shown: pd.DataFrame,
    measure: str,
    changes: pd.DataFrame,
    periods: Sequence[str],
    names: Mapping[str, str],
) -> dict[str, Any]:
    rows = shown[shown["measure"] == measure]
    title = capitalised(trend_words(measure))
    own = changes[(changes["measure"] == measure) & (changes["change"] != "none")]
    told = []
    for way in ("up", "down"):
        ids = list(own.loc[own["change"] == way, "segment_id"])
        who = ["all customers" if one == ALL_SEGMENTS else one for one in ids]
        told += [f"{way} in {listing(who)}"] if who else []
    compared = bool((changes["measure"] == measure).any())
    caption = f"{title}: {'; '.join(told)}" if told else (
        f"{title}: no change beyond chance since the quarter before" if compared else title
    )  # fmt: skip
    if measure == CUSTOMERS:
        caption = _size_caption(rows, title, periods)
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    segments = sorted(set(rows["segment_id"]) - {ALL_SEGMENTS})
    listed = listing([titled(one, names) for one in segments])
    columns = ["period", "segment_id", "value", "low", "high"]
    return {
        "measure": measure,
        "unit": unit,
        "title": title,
        "caption": f"{caption}.",
        "alt": f"{title} by segment and quarter, {span}, for {listed}. {caption}.",
        "note": _NOTES.get(measure, ""),
        "rows": rows[columns].astype(object).where(rows[columns].notna(), None).to_dict("records"),
    }


def _size_caption(rows: pd.DataFrame, title: str, periods: Sequence[str]) -> str:
    """Say how many customers there are in all, and how many there were a quarter before."""
    total = rows[rows["segment_id"] == ALL_SEGMENTS].set_index("period")["value"]
    if periods[-1] not in total.index:
        return title
    now = f"{title}: {count(total[periods[-1]])} in all"
    if len(periods) < 2 or periods[-2] not in total.index:
        return now
    return f"{now}, after {count(total[periods[-2]])} in {periods[-2]}"
