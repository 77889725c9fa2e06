"""Retention: how many of a cohort come back, period by period, and how many of a segment.

Cohorts are followed over the whole history. Segments are followed from the open on only: they hold
customers who were still active at the open, so looking back, each would seem to have lost no one.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.profile.journeys.newcomers import washout
from segmentation_lib.stats import wilson_interval
from segmentation_lib.words import listing

__all__ = [
    "event_days",
    "retention_grid",
    "segment_retention",
]

_FREQUENCY = {"month": "M", "quarter": "Q-DEC"}


def event_days(events: ir.Table) -> ir.Table:
    """Return the days on which each customer did anything; for logs without purchases.

    Args:
        events: ``customer_id`` and ``occurred_at``.

    Returns:
        ``customer_id`` and ``day`` (first instant of the day), each pair once, sorted.
    """
    days = events.select("customer_id", day=events["occurred_at"].truncate("D"))
    return days.distinct().order_by(["customer_id", "day"])


def retention_grid(
    days: pd.DataFrame,
    close: date,
    *,
    every: Literal["month", "quarter"] = "month",
    washout_days: int | None = None,
) -> pd.DataFrame:
    """Count how many of each cohort are active in each calendar period since their first.

    Args:
        days: ``customer_id`` and ``day``, such as purchase days; all history before the close.
        close: The first day that is not seen.
        every: Length of a period; a cohort is who has the first day in one period.
        washout_days: Who is first seen within so many days of the first day of all may be an old
            customer; if not given, see `newcomers.washout`.

    Returns:
        ``cohort`` (such as ``2026-01`` or ``2026Q1``), ``period`` (0 is the cohort's own, where
        all are active), ``customers``, ``active``, ``share`` with Wilson's ``low`` and ``high``,
        ``partial`` (the period was still running at the close: fewer had the time to come back,
        so it is hatched and is no loss), and ``edge`` (the first cohort, and those that begin
        within the washout: they may hold customers who are older than the history). Periods that
        nobody of a cohort was active in count 0.

    Raises:
        ValueError: ``every`` is unknown, the washout negative, or a day is not before the close.
    """
    if washout_days is not None and washout_days < 0:
        raise ValueError(f"washout_days = {washout_days}, must not be negative")
    if every not in _FREQUENCY:
        raise ValueError(f"every = {every!r}, must be one of {listing(sorted(_FREQUENCY))}")
    if len(days) and days["day"].max() >= pd.Timestamp(close):
        raise ValueError(f"day = {days['day'].max():%Y-%m-%d}, must be before the close ({close})")
    period = days["day"].dt.to_period(_FREQUENCY[every])
    number = period.dt.year * (12 if every == "month" else 4)
    number = number + (period.dt.month if every == "month" else period.dt.quarter) - 1
    seen = pd.DataFrame({"customer_id": days["customer_id"], "number": number})
    seen = seen.drop_duplicates(ignore_index=True)
    seen["cohort"] = seen.groupby("customer_id")["number"].transform("min")
    active = seen.groupby(["cohort", "number"]).size()
    last = pd.Period(pd.Timestamp(close) - pd.Timedelta(days=1), freq=_FREQUENCY[every])
    running = last.end_time.date() >= close
    per_year = 12 if every == "month" else 4
    end = last.year * per_year + (last.month if every == "month" else last.quarter) - 1
    cohorts = sorted(seen["cohort"].unique())
    cells = [(cohort, now) for cohort in cohorts for now in range(cohort, end + 1)]
    rows = pd.DataFrame(cells, columns=["cohort", "number"]).astype("int64")
    counts = active.reindex(pd.MultiIndex.from_frame(rows), fill_value=0).to_numpy()
    size = {cohort: int(active[(cohort, cohort)]) for cohort in cohorts}
    table = pd.DataFrame(
        {
            "cohort": [_label(cohort, per_year) for cohort in rows["cohort"]],
            "period": rows["number"] - rows["cohort"],
            "customers": rows["cohort"].map(size).astype("int64"),
            "active": counts.astype("int64"),
        }
    )
    table = _with_interval(table)
    table["partial"] = (rows["number"] == end) & running
    table["edge"] = rows["cohort"] <= _last_edge(days, period, number, close, washout_days)
    return table


def segment_retention(
    days: pd.DataFrame,
    segments: pd.DataFrame,
    window: Window,
    *,
    every: Literal["week", "month"] = "week",
) -> pd.DataFrame:
    """Count how many of each segment are active in each week or month since the open.

    Args:
        days: ``customer_id`` and ``day``; days outside the window are not looked at.
        segments: ``customer_id`` and ``segment_id`` at the open of the window.
        window: The quarter.
        every: Weeks of seven days, or months of 30 days, counted from the open.

    Returns:
        ``segment_id``, ``period`` (from 1), ``start`` and ``last_day`` (dates), ``customers`` (all
        of the segment), ``active``, ``share`` with Wilson's ``low`` and ``high``, and ``partial``
        (the last period, if it is shorter than the others). Sorted by segment and period.

    Raises:
        ValueError: ``every`` is unknown.
    """
    if every not in ("week", "month"):
        raise ValueError(f"every = {every!r}, must be one of month and week")
    length = 7 if every == "week" else 30
    inside = days["day"].between(
        pd.Timestamp(window.start), pd.Timestamp(window.end), inclusive="left"
    )
    seen = days.loc[inside, ["customer_id", "day"]].merge(segments, on="customer_id")
    seen["period"] = (seen["day"] - pd.Timestamp(window.start)).dt.days // length + 1
    active = (
        seen.drop_duplicates(["customer_id", "period"]).groupby(["segment_id", "period"]).size()
    )
    sizes = segments.groupby("segment_id").size().sort_index()
    periods = range(1, -(-window.days // length) + 1)
    table = pd.DataFrame(
        [(segment, period) for segment in sizes.index for period in periods],
        columns=["segment_id", "period"],
    )
    counts = active.reindex(pd.MultiIndex.from_frame(table), fill_value=0).to_numpy()
    starts = pd.Timestamp(window.start) + pd.to_timedelta((table["period"] - 1) * length, unit="D")
    ends = starts + pd.Timedelta(days=length - 1)
    closing = pd.Timestamp(window.last_day)
    table["start"] = starts.dt.date
    table["last_day"] = ends.where(ends < closing, closing).dt.date
    table["customers"] = table["segment_id"].map(sizes).astype("int64")
    table["active"] = counts.astype("int64")
    table = _with_interval(table)
    table["partial"] = ends > closing
    return table


def _last_edge(
    days: pd.DataFrame,
    period: pd.Series,
    number: pd.Series,
    close: date,
    washout_days: int | None,
) -> int:
    """Return the last cohort that may hold customers older than the history."""
    if days.empty:
        return 0
    start = days["day"].min()
    wait = washout_days
    if wait is None:
        wait = washout(days, (pd.Timestamp(close) - start).days)
    inside = period.dt.start_time < start + pd.Timedelta(days=wait)
    return int(max(number.min(), number[inside].max() if inside.any() else number.min()))


def _label(number: int, per_year: int) -> str:
    year, part = divmod(number, per_year)
    return f"{year}-{part + 1:02d}" if per_year == 12 else f"{year}Q{part + 1}"


def _with_interval(table: pd.DataFrame) -> pd.DataFrame:
    pairs = zip(table["active"], table["customers"], strict=True)
    found = [wilson_interval(int(active), int(customers)) for active, customers in pairs]
    return table.assign(
        share=np.array([interval.value for interval in found], dtype=np.float64),
        low=np.array([interval.low for interval in found], dtype=np.float64),
        high=np.array([interval.high for interval in found], dtype=np.float64),
    )
