"""Delays from a trigger to a goal, counted in the engine by the hour."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.prepare.windows import rows_in
from segmentation_lib.profile.journeys.sums import with_everyone

__all__ = ["HOURS", "delay_counts", "on_grid"]

# Hours of a day.
HOURS = 24


def delay_counts(
    engine: Engine,
    events: ir.Table,
    segments: ir.Table,
    window: Window,
    pair: tuple[str, str],
    horizon_days: int,
) -> pd.DataFrame:
    """Count customers by whole hours until the goal, or until their watching ended.

    Each customer counts once: from the first trigger in the window to the first goal from then on.

    Args:
        engine: Where the tables are.
        events: ``customer_id``, ``occurred_at``, ``event``.
        segments: ``customer_id`` and ``segment_id``.
        window: The days; its end is where watching ends.
        pair: Trigger and goal.
        horizon_days: Nobody is followed for longer.

    Returns:
        ``segment_id`` (``(all)`` first), ``happened``, ``hour``, ``customers``, and ``followed``:
        those among them whose whole horizon lies in the window.
    """
    rows = rows_in(events, "occurred_at", window).filter(lambda t: t["event"].isin(sorted(pair)))
    rows = rows.inner_join(segments.select("customer_id", "segment_id"), "customer_id")
    at = ibis.window(group_by="customer_id")
    started = (rows["event"] == pair[0]).ifelse(rows["occurred_at"], ibis.null("timestamp"))
    rows = rows.mutate(started=started.min().over(at)).filter(lambda t: t["started"].notnull())
    reached = (rows["event"] == pair[1]) & (rows["occurred_at"] >= rows["started"])
    moment = reached.ifelse(rows["occurred_at"], ibis.null("timestamp"))
    people = rows.group_by(["segment_id", "customer_id"]).agg(
        started=rows["started"].min(), reached=moment.min()
    )
    start = people["started"].epoch_seconds()
    close = datetime(window.end.year, window.end.month, window.end.day)
    watched = (ibis.timestamp(close).epoch_seconds() - start).cast("int64") // 3600
    waited = (people["reached"].epoch_seconds() - start).cast("int64") // 3600
    hours = horizon_days * HOURS
    happened = (waited < hours).fill_null(False)
    people = people.select(
        "segment_id",
        happened=happened,
        hour=happened.ifelse(waited, ibis.least(watched, ibis.literal(hours, "int64"))),
        followed=(watched >= hours).cast("int64"),
    )
    keys = ["happened", "hour"]
    counted = people.group_by(["segment_id", *keys]).agg(
        customers=people.count(), followed=people["followed"].sum()
    )
    frame = engine.frame(counted.order_by(["segment_id", *keys]))
    return with_everyone(frame, keys)


def on_grid(counts: pd.DataFrame, horizon_days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return goals and ends of watching per hour, each of shape (hours of the horizon + 1,).

    The last place holds who still waits at the horizon.

    Args:
        counts: Rows of one segment of `delay_counts`.
        horizon_days: The horizon.
    """
    size = horizon_days * HOURS + 1
    hour, happened = counts["hour"].to_numpy(np.int64), counts["happened"].to_numpy(bool)
    weights = counts["customers"].to_numpy(np.float64)
    return (
        np.bincount(hour[happened], weights[happened], size),
        np.bincount(hour[~happened], weights[~happened], size),
    )
