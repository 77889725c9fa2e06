"""Days on which segments were fixed, and what customers had done by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.params.registers.experiments import Experiment

__all__ = ["Start", "latest_start", "quarter_starts", "revenue_before"]


@dataclass(frozen=True)
class Start:
    """Customers on the day on which their segments were fixed: the open of a quarter.

    Attributes:
        day: The day.
        assignments: ``customer_id`` and ``segment_id`` on that day.
        before: ``customer_id`` and measures from before that day; None without.
    """

    day: date
    assignments: pd.DataFrame
    before: pd.DataFrame | None = None


def quarter_starts(
    window: Window,
    assignments_open: pd.DataFrame,
    purchase_days: pd.DataFrame | None,
    *,
    previous_quality: Mapping[str, Any] | None = None,
    previous_open: pd.DataFrame | None = None,
) -> tuple[Start, ...]:
    """Return the open of the quarter and that of the one before, the latest first.

    The measure from before is the revenue of as many days before each as the quarter has.

    Args:
        window: The quarter.
        assignments_open: ``customer_id`` and ``segment_id`` at its open.
        purchase_days: The artefact ``purchase_days``; None without, and then there is no measure.
        previous_quality: The artefact ``quality`` of the quarter before, which knows its open.
        previous_open: Its ``assignments_open``; None in the first quarter.
    """
    days = [(window.start, assignments_open)]
    if previous_quality is not None and previous_open is not None:
        opened = date.fromisoformat(str(previous_quality["coverage"]["open"]))
        days.append((opened, previous_open))
    if purchase_days is None:
        return tuple(Start(day, placed) for day, placed in days)
    return tuple(
        Start(day, placed, revenue_before(purchase_days, day, days=window.days))
        for day, placed in days
    )


def revenue_before(purchase_days: pd.DataFrame, day: date, *, days: int) -> pd.DataFrame:
    """Return what customers spent in the days before a day, which no later treatment can change.

    Args:
        purchase_days: ``customer_id``, ``day`` and ``spend``.
        day: First day that does not count.
        days: Days that do.

    Returns:
        ``customer_id`` and ``revenue``, by customer; who bought nothing has no row.
    """
    past = Window(day - timedelta(days=days), day)
    start, end = pd.Timestamp(past.start), pd.Timestamp(past.end)
    own = purchase_days[(purchase_days["day"] >= start) & (purchase_days["day"] < end)]
    ordered = own.sort_values(["customer_id", "day", "spend"], kind="stable")
    spent = ordered.groupby("customer_id", sort=True)["spend"].sum()
    return spent.rename("revenue").astype("float64").reset_index()


def latest_start(
    experiment: Experiment, arms: pd.DataFrame | None, starts: Sequence[Start]
) -> Start:
    """Return the last start before anybody was assigned; the first of ``starts`` if there is none.

    Segments that are made after the assignment may be the treatment's own doing, so an experiment
    that runs over several quarters is read by those of the quarter in which it began.

    Args:
        experiment: The experiment.
        arms: The artefact ``experiment_arms``; None where there is none.
        starts: Starts, one or more, the latest first.
    """
    rows: Any = () if arms is None else arms[arms["experiment_id"].astype(str) == experiment.id]
    if len(rows) == 0:
        return starts[0]
    assigned = pd.to_datetime(rows["assigned_at"]).min()
    return next((start for start in starts if assigned >= pd.Timestamp(start.day)), starts[0])
